/** The inputs of an owner's chip-hour: what each means, its unit, its range, and which way it moves the cost. */
export interface TcoField {
  readonly name: TcoName
  readonly meaning: string
  /** Unit that figures are kept in. */
  readonly unit: string
  /** Other units a file may use, with what they count in `unit`. */
  readonly units: Readonly<Record<string, number>>
  readonly min: number
  readonly max: number
  /** Whether `min` itself is refused. */
  readonly minOpen: boolean
  /** The end of the range at which a chip-hour is dearer; `neither`: money does not depend on it. */
  readonly dearer: 'high' | 'low' | 'neither'
}

/** Names of the inputs, in the order in which they are shown. */
export const TCO_NAMES = [
  'chipPrice',
  'server',
  'network',
  'spares',
  'life',
  'residual',
  'interest',
  'maintenance',
  'power',
  'idlePower',
  'pue',
  'powerPrice',
  'provisioned',
  'building',
  'buildingLife',
  'hosting',
  'staff',
  'availability',
  'utilisation',
  'grid',
  'cacheLink',
] as const
export type TcoName = (typeof TCO_NAMES)[number]

type Rule = Omit<TcoField, 'name'>

const USD_UNITS = { kUSD: 1e3, 'USD/chip': 1 }
const WATT_UNITS = { kW: 1e3 }
const PERCENT = { '%': 0.01 }

function amount(meaning: string, unit: string, units: Readonly<Record<string, number>>): Rule {
  return { meaning, unit, units, min: 0, max: 1e12, minOpen: false, dearer: 'high' }
}

function share(meaning: string, dearer: Rule['dearer']): Rule {
  return { meaning, unit: 'ratio', units: PERCENT, min: 0, max: 1, minOpen: false, dearer }
}

function years(meaning: string): Rule {
  return { meaning, unit: 'years', units: { months: 1 / 12 }, min: 0.01, max: 100, minOpen: false, dearer: 'low' }
}

function perYear(meaning: string): Rule {
  const units = { ...PERCENT, '%/year': 0.01 }
  return { meaning, unit: '1/year', units, min: 0, max: 1, minOpen: false, dearer: 'high' }
}

/** Less use than this costs more than a number holds. */
const LEAST_USE = 1e-9

const RULES: Readonly<Record<TcoName, Rule>> = {
  chipPrice: amount('price of one chip', 'USD', USD_UNITS),
  server: amount('its share of the server: processors, memory, chassis', 'USD', USD_UNITS),
  network: amount('its share of the fabric between servers', 'USD', USD_UNITS),
  spares: share('hardware bought on top of what works', 'high'),
  life: years('years in which the hardware is paid off'),
  residual: share('part of the hardware price recovered at the end', 'low'),
  interest: perYear('cost of capital'),
  maintenance: perYear('repairs a year, part of the hardware price'),
  power: amount('drawn at the server by a chip with its share of the host, at full load', 'W', WATT_UNITS),
  idlePower: share('part of that drawn when idle', 'high'),
  pue: { ...amount('power at the meter over power at the servers', 'ratio', {}), min: 1, max: 10 },
  powerPrice: amount('price of electricity at the meter', 'USD/kWh', { 'USD/MWh': 1e-3 }),
  provisioned: amount('power at the meter that hall and grid are sized for', 'W', WATT_UNITS),
  building: amount('own building, cooling and power plant', 'USD/MW', { 'USD/kW': 1e3, 'USD/W': 1e6, 'MUSD/MW': 1e6 }),
  buildingLife: years('years in which the building is paid off'),
  hosting: amount('rent of a hall, operations in it, electricity not', 'USD/kW/month', { 'USD/kW/year': 1 / 12 }),
  staff: amount('people, a chip and year', 'USD/year', { 'USD/chip/year': 1 }),
  availability: { ...share('part of the hours in which the chip is not broken', 'low'), min: LEAST_USE },
  utilisation: { ...share('part of those hours in which it is in use', 'low'), min: LEAST_USE },
  grid: { ...amount('carbon of the electricity', 'gCO2/kWh', { 'kgCO2/kWh': 1e3 }), max: 5000, dearer: 'neither' },
  cacheLink: {
    ...amount('link over which a chip reads cached prompts', 'B/s', { 'GB/s': 1e9 }),
    max: 1e15,
    minOpen: true,
    dearer: 'neither',
  },
}

/** Every input by name. */
export const TCO_FIELDS: ReadonlyMap<TcoName, TcoField> = new Map(
  TCO_NAMES.map((name) => [name, { name, ...RULES[name] }]),
)

/** `power-price` for `powerPrice`: the name on a command line. */
export function tcoFlag(name: TcoName): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
