import { prepareScenario } from './prepare.ts'
import { parseScenario } from './scenario.ts'
import type { Prediction, Scenario } from './types.ts'

/**
 * The one answer to one question: what a deployment of a model on a machine does under a workload and what it costs.
 * @throws PincerError for bad input, and `does_not_fit` when the model does not fit the machines given
 */
export function predict(input: unknown): Prediction {
  return predictScenario(parseScenario(input))
}

/** `predict` for a scenario that is resolved already. */
export function predictScenario(scenario: Scenario): Prediction {
  return prepareScenario(scenario).predict(scenario.workload.concurrency)
}
