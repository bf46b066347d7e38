import { type Prediction, type Scenario, predictScenario } from '../predict/index.ts'
import { candidates, possible, sweep } from './candidate.ts'
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
  const fast = tried.filter((prediction) => prediction.throughput.perUser.value >= userSpeed)
  const top = quickest(tried)?.throughput.perUser.value ?? 0
  const [cheapest, best] = [least(tried), least(fast)]
  return {
    cheapest: cheapest ?? { unreachable: `${scenario.model.id} does not fit ${scenario.chip.id}` },
    fast: best ?? {
      unreachable: `no deployment reaches ${userSpeed} tokens/s per user; the fastest gives ${top.toPrecision(3)}`,
    },
    rate: pointRates(tried, userSpeed, cheapest, best),
  }
}

function pointRates(
  tried: readonly Prediction[],
  userSpeed: number,
  cheapest: Prediction | undefined,
  fast: Prediction | undefined,
): PointRates {
  const steady = cheapest === undefined ? {} : { cheapest: cheapest.throughput.outputPerChip }
  if (fast === undefined) return { ...steady, isFastCertain: false }
  const certain = least(tried.filter(({ throughput }) => throughput.perUser.lo >= userSpeed))
  const hopeful = least(tried.filter(({ throughput }) => throughput.perUser.hi >= userSpeed)) ?? fast
  const { value, lo, level } = fast.throughput.outputPerChip
  const low = (certain ?? quickest(tried) ?? fast).throughput.outputPerChip.lo
  const high = hopeful.throughput.outputPerChip.hi
  return {
    ...steady,
    fast: { value, lo: Math.min(lo, low), hi: Math.max(value, high), level },
    isFastCertain: certain !== undefined,
  }
}

function quickest(predictions: readonly Prediction[]): Prediction | undefined {
  return predictions.reduce<Prediction | undefined>(
    (best, one) => (best === undefined || one.tpot.value < best.tpot.value ? one : best),
    undefined,
  )
}

function least(predictions: readonly Prediction[]): Prediction | undefined {
  let best: Prediction | undefined
  for (const prediction of predictions) {
    if (best === undefined || prediction.throughput.outputPerChip.value > best.throughput.outputPerChip.value)
      best = prediction
  }
  return best
}

function allPoints(scenario: Scenario): Prediction[] {
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
