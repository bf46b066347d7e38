import { type Chip, type Known, isKnown, valueOf } from '../catalog/index.ts'
import { PincerError, nearest } from '../issue/index.ts'
import { type Scenario, chipHour, mappingForChips } from '../predict/index.ts'
import { FORMATS } from '../units/index.ts'
import { type Limits, areaLimits, betweenTiers, catalogLimits, sramCapacityLimits } from './limits.ts'

/** Something of a scenario that may move. */
export interface Parameter {
  readonly path: string
  readonly unit: string
  readonly given: number | undefined
  readonly limits: Limits
  readonly isWhole: boolean
  readonly apply: (scenario: Scenario, value: number) => Scenario
}

/** Every parameter of a scenario, those of its chip first. */
export function parametersOf(scenario: Scenario): Parameter[] {
  return [...memoryParameters(scenario), ...chipParameters(scenario), ...loadParameters(scenario)]
}

/**
 * The parameter of that path; tiers go by number or name ("memory.sram.capacity"), a leading "chip." or "workload." is allowed.
 * @throws PincerError `unknown_field` with the nearest path
 */
export function findParameter(scenario: Scenario, path: string): Parameter {
  const all = parametersOf(scenario)
  const plain = byNumber(path.trim().replace(/^(?:chip|workload)\./, ''), scenario.chip)
  const found = all.find((one) => one.path === plain)
  if (found !== undefined) return found
  const paths = all.map((one) => one.path)
  const near = nearest(plain, paths)
  throw new PincerError({
    code: 'unknown_field',
    path: ['free', path.slice(0, 60)],
    message: 'is no parameter of this scenario',
    suggestion: near === undefined ? `parameters: ${paths.join(', ')}` : `did you mean "${near}"?`,
  })
}

function byNumber(path: string, { memory }: Chip): string {
  const [room, tier, ...rest] = path.split('.')
  const index = memory.findIndex(({ name }) => name === tier)
  return room === 'memory' && index >= 0 ? [room, index, ...rest].join('.') : path
}

type ChipPart = (chip: Chip, figure: Known) => Partial<Chip>

function chipParameter(
  { chip }: Scenario,
  path: string,
  unit: string,
  question: { readonly figure: Known | undefined; readonly limits: Limits; readonly change: ChipPart },
): Parameter {
  const { figure, limits, change } = question
  return {
    path,
    unit,
    given: figure === undefined ? undefined : valueOf(figure),
    limits,
    isWhole: false,
    apply: (scenario, value) => {
      const changed = change(chip, { value, unit, source: 'given', basis: 'estimate' })
      return { ...scenario, chip: { ...scenario.chip, ...changed } }
    },
  }
}

function memoryParameters(scenario: Scenario): Parameter[] {
  const { chip } = scenario
  return chip.memory.flatMap((tier, i) => {
    const set =
      (key: 'bandwidth' | 'capacity'): ChipPart =>
      ({ memory }, figure) => ({ memory: memory.map((one, j) => (j === i ? { ...one, [key]: figure } : one)) })
    const of =
      (key: 'bandwidth' | 'capacity') =>
      (one: Chip): Known | undefined =>
        one.memory.find(({ name }) => name === tier.name)?.[key]
    const isSram = tier.name === 'sram'
    const rate = isSram ? areaLimits(chip, of('bandwidth'), 'B/s') : catalogLimits(of('bandwidth'), 'B/s')
    const room = isSram ? sramCapacityLimits(chip, valueOf(tier.capacity)) : catalogLimits(of('capacity'), 'B')
    return [
      chipParameter(scenario, `memory.${i}.bandwidth`, 'B/s', {
        figure: tier.bandwidth,
        limits: betweenTiers(rate, chip.memory, i),
        change: set('bandwidth'),
      }),
      chipParameter(scenario, `memory.${i}.capacity`, 'B', {
        figure: tier.capacity,
        limits: room,
        change: set('capacity'),
      }),
    ]
  })
}

function chipParameters(scenario: Scenario): Parameter[] {
  const { chip } = scenario
  const peaks = FORMATS.filter((format) => chip.peak[format] !== undefined).map((format) => {
    const known = (one: Chip): Known | undefined => one.peak[format]
    return chipParameter(scenario, `peak.${format}`, 'FLOP/s', {
      figure: chip.peak[format],
      limits: areaLimits(chip, known, 'FLOP/s'),
      change: ({ peak }, figure) => ({ peak: { ...peak, [format]: figure } }),
    })
  })
  const links = (['scaleUp', 'scaleOut'] as const).map((link) =>
    chipParameter(scenario, `${link}.bandwidth`, 'B/s', {
      figure: chip[link].bandwidth,
      limits: catalogLimits((one) => one[link].bandwidth, 'B/s'),
      change: (one, figure) => ({ [link]: { ...one[link], bandwidth: figure } }),
    }),
  )
  const powers = (['tdp', 'allIn'] as const).map((name) =>
    chipParameter(scenario, `power.${name}`, 'W', {
      figure: chip.power[name],
      limits: catalogLimits((one) => one.power[name], 'W'),
      change: ({ power }, figure) => ({ power: { ...power, [name]: figure } }),
    }),
  )
  return [...peaks, ...links, ...powers]
}

/** Prices have no bound; what is searched is said. */
const PRICE_FACTOR = 100

function priceLimits(given: number): Limits {
  return { from: given / PRICE_FACTOR, to: given * PRICE_FACTOR, reason: 'a hundred times today’s price' }
}

const MOST_CLIENTS = 65_536
const LONGEST = 1e6
const MOST_CHIPS = 4096

function loadParameters(scenario: Scenario): Parameter[] {
  const { workload, speculation, utilisation, chip } = scenario
  const hour = chipHour(scenario)
  const whole = (path: string, unit: string, given: number | undefined, limits: Limits): Omit<Parameter, 'apply'> => {
    return { path, unit, given, limits, isWhole: true }
  }
  const share = (reason: string, from = 0): Limits => ({ from, to: 1, reason })
  const long: Limits = { from: 1, to: LONGEST, reason: 'the longest that is searched' }
  return [
    {
      path: 'price',
      unit: 'USD/h',
      given: isKnown(hour) ? hour.value : undefined,
      limits: priceLimits(isKnown(hour) ? hour.value : 1),
      isWhole: false,
      apply: (one, value) => ({ ...one, chipHour: value }),
    },
    {
      path: 'utilisation',
      unit: '1',
      given: utilisation,
      limits: share('all of the time', 0.001),
      isWhole: false,
      apply: (one, value) => ({ ...one, utilisation: value }),
    },
    {
      ...whole('concurrency', 'clients', workload.concurrency, {
        from: 1,
        to: MOST_CLIENTS,
        reason: 'the most that are searched',
      }),
      apply: (one, value) => ({ ...one, workload: { ...one.workload, concurrency: value } }),
    },
    ...(['isl', 'osl'] as const).map((name): Parameter => {
      return {
        ...whole(name, 'tokens', workload[name], long),
        apply: (one, value) => ({ ...one, workload: { ...one.workload, [name]: value } }),
      }
    }),
    {
      ...whole('context', 'tokens', workload.isl + workload.osl, { ...long, from: workload.osl + 1 }),
      apply: (one, value) => ({ ...one, workload: { ...one.workload, isl: value - one.workload.osl } }),
    },
    ...(speculation === undefined
      ? []
      : [
          {
            path: 'acceptance',
            unit: '1',
            given: speculation.acceptance,
            limits: share('every draft accepted'),
            isWhole: false,
            apply: (one: Scenario, value: number) => ({ ...one, speculation: { ...speculation, acceptance: value } }),
          },
        ]),
    {
      ...whole('chips', 'chips', undefined, { from: 1, to: MOST_CHIPS, reason: 'the most that are searched' }),
      apply: (one, value) =>
        chip.kind === 'sram' ? { ...one, machines: value } : { ...one, mapping: mappingForChips(value, one) },
    },
  ]
}
