import { type Chip, type Known, isKnown, valueOf } from '../catalog/index.ts'
import { type Constant, DATAFLOW_MACHINES, machineConstants, machineFor } from '../dataflow/index.ts'
import { PincerError, nearest } from '../issue/index.ts'
import { type Scenario, chipHour, mappingForChips } from '../predict/index.ts'
import { FORMATS, formatSi } from '../units/index.ts'
import { type Limits, areaLimits, betweenTiers, catalogLimits, sramCapacityLimits } from './limits.ts'

/** Something of a scenario that may move. */
export interface Parameter {
  readonly path: string
  readonly unit: string
  readonly given: number | undefined
  readonly limits: Limits
  readonly isWhole: boolean
  /** @throws PincerError for a value that the rest of the scenario has no room for */
  readonly apply: (scenario: Scenario, value: number) => Scenario
}

/** Every parameter of a scenario, those of its chip first. */
export function parametersOf(scenario: Scenario): Parameter[] {
  return [
    ...memoryParameters(scenario),
    ...chipParameters(scenario),
    ...latencyParameters(scenario),
    ...loadParameters(scenario),
  ]
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
      // Of the chip as it is by now: a parameter that moved before may lie in the same part.
      const changed = change(scenario.chip, { value, unit, source: 'given', basis: 'estimate' })
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
      chipParameter(`memory.${i}.bandwidth`, 'B/s', {
        figure: tier.bandwidth,
        limits: betweenTiers(rate, chip.memory, i),
        change: set('bandwidth'),
      }),
      chipParameter(`memory.${i}.capacity`, 'B', {
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
    return chipParameter(`peak.${format}`, 'FLOP/s', {
      figure: chip.peak[format],
      limits: areaLimits(chip, known, 'FLOP/s'),
      change: ({ peak }, figure) => ({ peak: { ...peak, [format]: figure } }),
    })
  })
  const links = (['scaleUp', 'scaleOut'] as const).map((link) =>
    chipParameter(`${link}.bandwidth`, 'B/s', {
      figure: chip[link].bandwidth,
      limits: catalogLimits((one) => one[link].bandwidth, 'B/s'),
      change: (one, figure) => ({ [link]: { ...one[link], bandwidth: figure } }),
    }),
  )
  const powers = (['tdp', 'allIn'] as const).map((name) =>
    chipParameter(`power.${name}`, 'W', {
      figure: chip.power[name],
      limits: catalogLimits((one) => one.power[name], 'W'),
      change: ({ power }, figure) => ({ power: { ...power, [name]: figure } }),
    }),
  )
  return [...peaks, ...links, ...powers]
}

/** Operators and hops are searched down to this share of the least that is known, and up to ten times the most. */
const QUICKEST = 1 / 100

/** SRAM machines: what limits one user there is latency, of operators that wait for each other and of link hops. */
function latencyParameters(scenario: Scenario): Parameter[] {
  const { chip } = scenario
  if (chip.kind !== 'sram') return []
  const of = (key: 'operator' | 'hop', constant: Constant | undefined, all: readonly number[]): Parameter[] => {
    if (constant === undefined) return []
    const figure: Known = { value: constant.value, unit: 's', source: constant.source, basis: 'estimate' }
    const limits: Limits = {
      from: QUICKEST * Math.min(...all),
      to: 10 * Math.max(...all),
      reason: `a hundredth of the least of any machine, ${formatSi(Math.min(...all), 's')}, to ten times the most`,
    }
    const change: ChipPart = ({ latency }, value) => ({ latency: { ...latency, [key]: value } })
    return [chipParameter(`latency.${key}`, 's', { figure, limits, change })]
  }
  const machines = DATAFLOW_MACHINES.map(machineConstants)
  const { phaseSeconds, hopSeconds } = machineFor(chip)
  return [
    ...of(
      'operator',
      phaseSeconds,
      machines.map(({ phaseSeconds: one }) => one.value),
    ),
    ...of(
      'hop',
      hopSeconds,
      machines.flatMap(({ hopSeconds: one }) => one?.value ?? []),
    ),
  ]
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
  return [...moneyParameters(scenario), ...countParameters(scenario), ...draftParameters(scenario)]
}

function moneyParameters(scenario: Scenario): Parameter[] {
  const hour = chipHour(scenario)
  const given = isKnown(hour) ? hour.value : undefined
  return [
    {
      path: 'price',
      unit: 'USD/h',
      given,
      limits: priceLimits(given ?? 1),
      isWhole: false,
      apply: (one, value) => ({ ...one, chipHour: value }),
    },
    {
      path: 'utilisation',
      unit: '1',
      given: scenario.utilisation,
      limits: { from: 0.001, to: 1, reason: 'all of the time' },
      isWhole: false,
      apply: (one, value) => ({ ...one, utilisation: value }),
    },
  ]
}

function countParameters({ workload, chip }: Scenario): Parameter[] {
  const whole = (path: string, unit: string, given: number | undefined, range: Omit<Limits, 'reason'>): Whole => {
    return { path, unit, given, limits: { ...range, reason: 'the most that is searched' }, isWhole: true }
  }
  const onLoad =
    (change: (load: Scenario['workload'], value: number) => Partial<Scenario['workload']>): Parameter['apply'] =>
    (one, value) => ({ ...one, workload: { ...one.workload, ...change(one.workload, value) } })
  return [
    {
      ...whole('concurrency', 'clients', workload.concurrency, { from: 1, to: MOST_CLIENTS }),
      apply: onLoad((_, concurrency) => ({ concurrency })),
    },
    { ...whole('isl', 'tokens', workload.isl, { from: 1, to: LONGEST }), apply: onLoad((_, isl) => ({ isl })) },
    { ...whole('osl', 'tokens', workload.osl, { from: 1, to: LONGEST }), apply: onLoad((_, osl) => ({ osl })) },
    {
      ...whole('context', 'tokens', workload.isl + workload.osl, { from: workload.osl + 1, to: LONGEST }),
      apply: onLoad(({ osl }, value) => ({ isl: promptOf(value, osl) })),
    },
    {
      ...whole('chips', 'chips', undefined, { from: 1, to: MOST_CHIPS }),
      apply: (one, value) =>
        chip.kind === 'sram' ? { ...one, machines: value } : { ...one, mapping: mappingForChips(value, one) },
    },
  ]
}

function promptOf(context: number, osl: number): number {
  if (context > osl) return context - osl
  const message = `a context of ${context} tokens leaves no prompt before an answer of ${osl}`
  throw new PincerError({ code: 'invalid_value', path: ['context'], message })
}

type Whole = Omit<Parameter, 'apply'>

function draftParameters({ speculation }: Scenario): Parameter[] {
  if (speculation === undefined) return []
  return [
    {
      path: 'acceptance',
      unit: '1',
      given: speculation.acceptance,
      limits: { from: 0, to: 1, reason: 'every draft accepted' },
      isWhole: false,
      apply: (one, value) => ({ ...one, speculation: { ...speculation, acceptance: value } }),
    },
  ]
}
