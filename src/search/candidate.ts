import { isKnown } from '../catalog/index.ts'
import { possible } from '../issue/index.ts'
import { hasExperts } from '../model/index.ts'
import { type MappingInput, parseMapping } from '../parallel/index.ts'
import { type LoadPrediction, type Prediction, type Scenario, holdsModel, prepareScenario } from '../predict/index.ts'

/** Concurrency is tried in steps of √2; optima are flat, so that the step costs at most a few percent. */
const CONCURRENCY_STEP = Math.SQRT2
const MOST_CLIENTS = 65_536

/** A load that was tried, and its whole prediction, should it win. */
export interface Tried {
  readonly load: LoadPrediction
  readonly whole: () => Prediction
}

/** A deployment that may be the best, with its steady states from one client to a full cache. */
export interface Candidate {
  readonly scenario: Scenario
  readonly points: readonly Tried[]
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
    .filter(holdsModel)
    .map((one) => ({ scenario: one, points: sweep(one) }))
    .filter(({ points }) => points.length > 0)
}

/** Steady states of one deployment by clients, up to what the cache holds; more clients would only wait. */
export function sweep(scenario: Scenario): Tried[] {
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
