import { isKnown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { hasExperts } from '../model/index.ts'
import { type MappingInput, parseMapping } from '../parallel/index.ts'
import { type Prediction, type Scenario, predictScenario } from '../predict/index.ts'

/** Concurrency is tried in steps of √2; optima are flat, so that the step costs at most a few percent. */
const CONCURRENCY_STEP = Math.SQRT2
const MOST_CLIENTS = 65_536

/** A deployment that may be the best, with its steady states from one client to a full cache. */
export interface Candidate {
  readonly scenario: Scenario
  readonly points: readonly Prediction[]
}

/**
 * A whole node as one replica, and as smaller replicas; experts split along their width, or whole with attention data
 * parallelism. Pipelines of whole nodes are tried only for a model that one node cannot hold.
 */
export function candidates(scenario: Scenario): Candidate[] {
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
function swept(scenario: Scenario, mappings: readonly MappingInput[]): Candidate[] {
  return mappings
    .flatMap((input) => possible(() => ({ ...scenario, mapping: parseMapping(input, scenario.model) })))
    .map((one) => ({ scenario: one, points: sweep(one) }))
    .filter(({ points }) => points.length > 0)
}

// Concurrency up to what the cache holds; more clients would only wait.
export function sweep(scenario: Scenario): Prediction[] {
  const result: Prediction[] = []
  for (let clients = 1; clients <= MOST_CLIENTS; clients = Math.ceil(clients * CONCURRENCY_STEP)) {
    const workload = { ...scenario.workload, concurrency: clients }
    const [prediction] = possible(() => predictScenario({ ...scenario, workload }))
    if (prediction === undefined) break
    result.push(prediction)
    if (prediction.batch.capacity <= clients) break
  }
  return result
}

// A mapping that does not divide the model or a system too small for it is no candidate; anything else is a bug.
export function possible<T>(build: () => T): T[] {
  try {
    return [build()]
  } catch (error) {
    if (error instanceof PincerError) return []
    throw error
  }
}
