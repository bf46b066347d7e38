import { isKnown } from '../catalog/index.ts'
import { hasExperts } from '../model/index.ts'
import { PincerError } from '../issue/index.ts'
import { type MappingInput, parseMapping } from '../parallel/index.ts'
import {
  type LoadPrediction,
  type Prediction,
  type Scenario,
  holdsModel,
  predictScenario,
  prepareScenario,
} from '../predict/index.ts'
import type { OperatingPoint, PointRates } from './types.ts'

/** The two points at which machines are compared: cheapest per token, and cheapest that is fast for each user. */
export interface OperatingPoints {
  readonly cheapest: OperatingPoint
  readonly fast: OperatingPoint
  readonly rate: PointRates
}

/** Concurrency is tried in steps of √2; optima are flat, so that the step costs at most a few percent. */
const CONCURRENCY_STEP = Math.SQRT2
const MOST_CLIENTS = 65_536

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

/** A load that was tried, and its whole prediction, should it win. */
interface Tried {
  readonly load: LoadPrediction
  readonly whole: () => Prediction
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
  return scenario.chip.kind === 'sram' ? systems(scenario).flatMap(sweep) : replicas(scenario)
}

/**
 * A whole node as one replica, and as smaller replicas; experts split along their width, or whole with attention data
 * parallelism. Pipelines of whole nodes are tried only for a model that one node cannot hold.
 */
function replicas(scenario: Scenario): Tried[] {
  const { chip, model } = scenario
  const node = isKnown(chip.node.chips) ? chip.node.chips.value : 8
  const degrees = [1, 2, 4, 8, 16].filter((degree) => degree <= node)
  const isMoe = hasExperts(model)
  const experts = isMoe
    ? degrees.slice(1).flatMap((n) => [
        { tp: n, moeEp: n },
        { dp: n, moeEp: n },
      ])
    : []
  const inNode = swept(scenario, [...degrees.map((tp) => ({ tp })), ...experts])
  return inNode.length > 0
    ? inNode
    : swept(
        scenario,
        [2, 4, 8, 16, 32].map((pp) => ({ tp: node, pp })),
      )
}

// Nothing of mappings that do not divide the model or leave no room for one sequence.
function swept(scenario: Scenario, mappings: readonly MappingInput[]): Tried[] {
  return mappings
    .flatMap((input) => possible(() => ({ ...scenario, mapping: parseMapping(input, scenario.model) })))
    .filter(holdsModel)
    .flatMap(sweep)
}

/** Systems of the fewest machines that hold the weights, and of more, whose spare memory holds more users. */
function systems(scenario: Scenario): Scenario[] {
  const first = possible(() => predictScenario({ ...scenario, workload: { ...scenario.workload, concurrency: 1 } }))[0]
  if (first === undefined) return []
  return [1, 1.25, 1.5, 2, 3, 4].map((factor) => ({ ...scenario, machines: Math.ceil(first.chips * factor) }))
}

// Concurrency up to what the cache holds; more clients would only wait.
function sweep(scenario: Scenario): Tried[] {
  const [prepared] = possible(() => prepareScenario(scenario))
  if (prepared === undefined) return []
  const result: Tried[] = []
  for (let clients = 1; clients <= MOST_CLIENTS; clients = Math.ceil(clients * CONCURRENCY_STEP)) {
    const at = clients
    const [load] = possible(() => prepared.load(at))
    if (load === undefined) break
    result.push({ load, whole: () => prepared.predict(at) })
    if (load.batch.capacity <= clients) break
  }
  return result
}

// A mapping that does not divide the model or a system too small for it is no candidate; anything else is a bug.
function possible<T>(build: () => T): T[] {
  try {
    return [build()]
  } catch (error) {
    if (error instanceof PincerError) return []
    throw error
  }
}
