import { possible } from '../issue/index.ts'
import { type Scenario, predictScenario } from '../predict/index.ts'
import { type Tried, candidates, sweep } from './candidate.ts'
import type { OperatingPoint, PointRates } from './types.ts'

/** The two points at which machines are compared: cheapest per token, and cheapest that is fast for each user. */
export interface OperatingPoints {
  readonly cheapest: OperatingPoint
  readonly fast: OperatingPoint
  readonly rate: PointRates
}

/**
 * Tries mappings (or numbers of machines) and concurrency for `scenario` and returns the cheapest deployment per token, and
 * the cheapest one that gives every user `userSpeed` tokens per second. Cost is compared by chip-seconds per token, so
 * the choice needs no price.
 */
export function operatingPoints(scenario: Scenario, userSpeed: number): OperatingPoints {
  const tried = allPoints(scenario)
  const fast = tried.filter(({ load }) => load.throughput.perUser.value >= userSpeed)
  const top = quickest(tried)?.load.throughput.perUser.value ?? 0
  const [cheapest, best] = [least(tried), least(fast)]
  return {
    cheapest: cheapest?.whole() ?? { unreachable: `${scenario.model.id} does not fit ${scenario.chip.id}` },
    fast: best?.whole() ?? {
      unreachable: `no deployment reaches ${userSpeed} tokens/s per user; the fastest gives ${top.toPrecision(3)}`,
    },
    rate: pointRates(tried, userSpeed, cheapest, best),
  }
}

function pointRates(
  tried: readonly Tried[],
  userSpeed: number,
  cheapest: Tried | undefined,
  fast: Tried | undefined,
): PointRates {
  const steady = cheapest === undefined ? {} : { cheapest: cheapest.load.throughput.outputPerChip }
  if (fast === undefined) return { ...steady, isFastCertain: false }
  const certain = least(tried.filter(({ load }) => load.throughput.perUser.lo >= userSpeed))
  const hopeful = least(tried.filter(({ load }) => load.throughput.perUser.hi >= userSpeed)) ?? fast
  const { value, lo, level } = fast.load.throughput.outputPerChip
  const low = (certain ?? quickest(tried) ?? fast).load.throughput.outputPerChip.lo
  const high = hopeful.load.throughput.outputPerChip.hi
  return {
    ...steady,
    fast: { value, lo: Math.min(lo, low), hi: Math.max(value, high), level },
    isFastCertain: certain !== undefined,
  }
}

function quickest(tried: readonly Tried[]): Tried | undefined {
  return tried.reduce<Tried | undefined>(
    (best, one) => (best === undefined || one.load.tpot.value < best.load.tpot.value ? one : best),
    undefined,
  )
}

function least(tried: readonly Tried[]): Tried | undefined {
  const rate = ({ load }: Tried): number => load.throughput.outputPerChip.value
  let best: Tried | undefined
  for (const one of tried) {
    if (best === undefined || rate(one) > rate(best)) best = one
  }
  return best
}

function allPoints(scenario: Scenario): Tried[] {
  return scenario.chip.kind === 'sram'
    ? systems(scenario).flatMap(sweep)
    : candidates(scenario).flatMap(({ points }) => points)
}

/** Systems of the fewest machines that hold the weights, and of more, whose spare memory holds more users. */
function systems(scenario: Scenario): Scenario[] {
  const first = possible(() => predictScenario({ ...scenario, workload: { ...scenario.workload, concurrency: 1 } }))[0]
  if (first === undefined) return []
  return [1, 1.25, 1.5, 2, 3, 4].map((factor) => ({ ...scenario, machines: Math.ceil(first.chips * factor) }))
}
