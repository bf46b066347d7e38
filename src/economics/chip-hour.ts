import { type Figure, isKnown, type Known, type Unknown } from '../catalog/index.ts'
import { HOURS_PER_YEAR, type UsdPerHour } from '../units/index.ts'
import { type ChipHourInput, INPUT_RULES, checkFigure } from './chip-hour-input.ts'
import type { Interval } from './interval.ts'

/** Parts of an owner's chip-hour, in the order they are shown. A quoted price is one part, `quoted`. */
export const CHIP_HOUR_PARTS = [
  'quoted',
  'chip',
  'server',
  'network',
  'spares',
  'building',
  'interest',
  'energy',
  'hosting',
  'maintenance',
  'staff',
  'downtime',
  'idle',
] as const
export type ChipHourPart = (typeof CHIP_HOUR_PARTS)[number]

/** USD for one chip. At each of low, central and high the parts sum to the total. */
export interface ChipHourCost {
  readonly kind: ChipHourInput['kind']
  /** Of a chip-hour in use: idle and broken hours are charged to it. */
  readonly parts: Readonly<Record<ChipHourPart, Interval>>
  readonly total: Interval
  /** Per hour in which the chip could be used: `total` × utilisation. */
  readonly paid: Interval
  /** What one more hour of use costs an owner: electricity above idle. A tenant by the hour pays the whole price. */
  readonly marginal: Interval | Unknown
  /** USD a year. */
  readonly yearly: Interval
  /** USD to put the chip up: hardware and, where owned, the building; unknown for a quoted price. */
  readonly capital: Interval | Unknown
  /** The figures that went in, by field, with their sources and dates. */
  readonly figures: Readonly<Record<string, Figure>>
}

type Values = Readonly<Record<string, number>>
type PartValues = Record<ChipHourPart, number>
type Level = keyof Interval

const HOURS_PER_MONTH = HOURS_PER_YEAR / 12

/**
 * USD per hour in use of one chip. Owned: capital recovery (annuity of price less discounted residual), electricity,
 * hosting, repairs, people; broken and idle hours are charged to the useful ones. An unknown input makes the cost unknown. The
 * interval takes every input at its cheap and at its dear end together (total is monotone in each), so it is an outer bound.
 * @throws PincerError with the field's path for a value outside its range
 */
export function chipHourCost(input: ChipHourInput): ChipHourCost | Unknown {
  const figures = knownFigures(input)
  if ('unknown' in figures) return figures
  const bills = (...turned: readonly string[]): Bills => {
    const bill = (level: Level): Bill => billOf(input.kind, valuesAt(figures.known, level, turned))
    return { low: bill('low'), central: bill('central'), high: bill('high') }
  }
  const at = bills()
  return {
    kind: input.kind,
    parts: Object.fromEntries(
      CHIP_HOUR_PARTS.map((part) => [part, each(at, ({ parts }) => parts[part])]),
    ) as ChipHourCost['parts'],
    total: each(at, ({ parts }) => partSum(parts)),
    // More use makes an hour in use cheaper and an hour paid for, which then has more electricity in it, dearer.
    paid: each(bills('utilisation'), ({ paid }) => paid),
    marginal: marginalCost(input.kind, bills('idlePower')),
    yearly: each(bills('utilisation', 'availability'), ({ yearly }) => yearly),
    capital:
      input.kind === 'owned' ? each(at, ({ capital }) => capital) : { unknown: 'a quoted price does not say it' },
    figures: figures.known,
  }
}

/**
 * `chipHourCost(input).paid.central` without the rest, for those who ask again and again.
 * @throws PincerError with the field's path for a value outside its range
 */
export function paidChipHour(input: ChipHourInput): UsdPerHour | Unknown {
  const figures = knownFigures(input)
  return 'unknown' in figures ? figures : billOf(input.kind, valuesAt(figures.known, 'central', [])).paid
}

/** A chip's bill with all inputs at their cheap end, at their value, and at their dear end. */
type Bills = Readonly<Record<Level, Bill>>

function each(bills: Bills, of: (bill: Bill) => number): Interval {
  return { low: of(bills.low), central: of(bills.central), high: of(bills.high) }
}

function knownFigures(input: ChipHourInput): { known: Record<string, Figure> } | Unknown {
  const known: Record<string, Figure> = {}
  for (const [field, rule] of INPUT_RULES) {
    const figure = (input as unknown as Readonly<Record<string, Known | undefined>>)[field]
    if (figure === undefined || typeof figure !== 'object') continue
    if (!isKnown(figure)) return { unknown: `${field}: ${figure.unknown}` }
    checkFigure([field], figure, rule)
    known[field] = figure
  }
  return { known }
}

/** Each figure at its cheap or its dear end; those named `turned` at the other one. */
function valuesAt(figures: Readonly<Record<string, Figure>>, level: Level, turned: readonly string[]): Values {
  const values: Record<string, number> = {}
  for (const [field, figure] of Object.entries(figures)) {
    const isDearEnd = (level === 'high') !== turned.includes(field)
    const end = isDearEnd === (INPUT_RULES.get(field)?.dearer === 'high') ? figure.high : figure.low
    values[field] = level === 'central' ? figure.value : (end ?? figure.value)
  }
  return values
}

interface Bill {
  readonly parts: PartValues
  readonly paid: number
  readonly yearly: number
  readonly capital: number
  /** What a chip and its share of the host draw more in use than idle, USD/h. */
  readonly busyEnergy: number
}

const NOTHING = Object.fromEntries(CHIP_HOUR_PARTS.map((part) => [part, 0])) as PartValues

function billOf(kind: ChipHourInput['kind'], values: Values): Bill {
  return kind === 'owned' ? ownedBill(values) : quotedBill(values)
}

function quotedBill(values: Values): Bill {
  const quoted = values['perHour']!
  const idle = quoted * (1 / (values['utilisation'] ?? 1) - 1)
  return {
    parts: { ...NOTHING, quoted, idle },
    paid: quoted,
    yearly: quoted * HOURS_PER_YEAR,
    capital: 0,
    busyEnergy: 0,
  }
}

function ownedBill(values: Values): Bill {
  const fixed = fixedParts(values)
  const fixedHour = partSum(fixed)
  const energy = (values['power']! / 1000) * values['pue']! * values['powerPrice']!
  const { idlePower, availability, utilisation } = values as Record<
    'idlePower' | 'availability' | 'utilisation',
    number
  >
  const downtime = fixedHour * (1 / availability - 1)
  // An idle hour costs all that stands there and the electricity drawn idle, (1/u − 1) times per hour in use.
  const idle = (fixedHour + downtime + energy * idlePower) * (1 / utilisation - 1)
  const drawn = energy * (idlePower + (1 - idlePower) * utilisation)
  return {
    parts: { ...fixed, energy, downtime, idle },
    paid: fixedHour + downtime + drawn,
    yearly: (fixedHour + drawn * availability) * HOURS_PER_YEAR,
    capital: capitalOf(values).hardware + capitalOf(values).building,
    busyEnergy: energy * (1 - idlePower),
  }
}

function capitalOf(values: Values): { hardware: number; building: number } {
  const working = values['chipPrice']! + values['server']! + values['network']!
  return {
    hardware: working * (1 + values['spares']!),
    building: (values['building']! * values['provisioned']!) / 1e6,
  }
}

/** What is paid for every hour of the year, whether the chip works or not; USD/h. */
function fixedParts(values: Values): PartValues {
  const { hardware, building } = capitalOf(values)
  const rate = values['interest']!
  const kept = 1 - values['residual']!
  const perHour = (price: number): number => (price * kept) / values['life']! / HOURS_PER_YEAR
  const yearlyHardware = annuity(hardware, hardware * values['residual']!, rate, values['life']!)
  const yearlyBuilding = annuity(building, 0, rate, values['buildingLife']!)
  const buildingHour = building / values['buildingLife']! / HOURS_PER_YEAR
  const working = hardware / (1 + values['spares']!)
  return {
    ...NOTHING,
    chip: perHour(values['chipPrice']!),
    server: perHour(values['server']!),
    network: perHour(values['network']!),
    spares: perHour(hardware - working),
    building: buildingHour,
    interest: (yearlyHardware + yearlyBuilding) / HOURS_PER_YEAR - perHour(hardware) - buildingHour,
    hosting: ((values['provisioned']! / 1000) * values['hosting']!) / HOURS_PER_MONTH,
    maintenance: (working * values['maintenance']!) / HOURS_PER_YEAR,
    staff: values['staff']! / HOURS_PER_YEAR,
  }
}

/** Yearly payment that pays `price` off over `years`, when `residual` comes back at their end. */
function annuity(price: number, residual: number, rate: number, years: number): number {
  return (price - residual / (1 + rate) ** years) * capitalRecoveryFactor(rate, years)
}

/** Yearly payment per dollar lent over `years` at `rate`: i / (1 − (1 + i)^−n); 1 / n without interest. */
export function capitalRecoveryFactor(rate: number, years: number): number {
  // expm1 and log1p keep the digits that 1 − (1 + i)^−n loses at small rates; below, the limit is right to the last digit shown.
  return rate < 1e-15 ? 1 / years : rate / -Math.expm1(-years * Math.log1p(rate))
}

// Idle power makes an hour dearer and one more hour of use cheaper, so its ends are turned.
function marginalCost(kind: ChipHourInput['kind'], bills: Bills): Interval | Unknown {
  if (kind === 'tco') return { unknown: 'an analyst’s figure does not say its parts' }
  return each(bills, kind === 'rental' ? ({ parts }) => parts.quoted : ({ busyEnergy }) => busyEnergy)
}

function partSum(parts: PartValues): number {
  return CHIP_HOUR_PARTS.reduce((sum, part) => sum + parts[part], 0)
}

/** An interval with the same function on its low, central and high value. */
export function mapInterval(interval: Interval, of: (value: number) => number): Interval {
  return { low: of(interval.low), central: of(interval.central), high: of(interval.high) }
}
