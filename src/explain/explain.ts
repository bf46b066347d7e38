import { type Prediction, type Scenario, predictScenario } from '../predict/index.ts'
import { tokensPerStep } from '../step/index.ts'
import { gpuAccount } from './gpu.ts'
import { leversOf } from './lever.ts'
import { sramAccount } from './sram.ts'
import type { Explained, ExplainedStep, Lever, Stretch } from './types.ts'

/**
 * Why a deployment is as fast as it is: the roofline of its decode step operator by operator, where the time of a step goes, how far
 * that is from the speed of light, and which input changed by a factor of two would change it most.
 * @throws PincerError as `predictScenario` does
 */
export function explainScenario(scenario: Scenario): Explained {
  const prediction = predictScenario(scenario)
  return {
    schema: 'pincer.explain.v1',
    ...explainStep(scenario, prediction),
    levers: explainLevers(scenario, prediction),
  }
}

/** All but the levers, which cost a dozen predictions, of a prediction that is made already. */
export function explainStep(scenario: Scenario, prediction: Prediction): ExplainedStep {
  const account = scenario.chip.kind === 'sram' ? sramAccount(scenario, prediction) : gpuAccount(scenario, prediction)
  const gained = tokensPerStep(scenario.speculation)
  const stepSeconds = prediction.tpot.value * gained
  const light = account.operators.reduce((sum, row) => sum + row.light, 0)
  return {
    prediction,
    tokensPerStep: gained,
    stepSeconds,
    ...account,
    waterfall: completed(account.waterfall, stepSeconds, prediction),
    light: { seconds: light, share: light / stepSeconds },
  }
}

/** Which input changed by a factor of two would change a prediction most. */
export function explainLevers(scenario: Scenario, prediction: Prediction): readonly Lever[] {
  return leversOf(onSameMachines(scenario, prediction), prediction.tpot.value)
}

// A lever changes one input, so that a smaller model must not move to a smaller system.
function onSameMachines(scenario: Scenario, { chips }: Prediction): Scenario {
  return scenario.chip.kind === 'sram' ? { ...scenario, machines: chips } : scenario
}

/** Below this share a stretch is rounding. */
const ROUNDING = 1e-9

/**
 * What no part of the step accounts for: on machines with main memory the prompts of other clients that a step also carries,
 * less what the mean of steps differs from a step of the mean batch.
 */
function completed(parts: readonly Stretch[], whole: number, { workload }: Prediction): Stretch[] {
  const known = parts.filter(({ seconds }) => seconds > ROUNDING * whole)
  const rest = whole - known.reduce((sum, { seconds }) => sum + seconds, 0)
  if (Math.abs(rest) <= ROUNDING * whole) return known
  const name = workload.rounds === undefined ? 'prompts of others' : 'prompts of others, ramp-up and drain'
  return [...known, { name: rest > 0 ? name : 'less than a step of the mean batch', cause: 'queue', seconds: rest }]
}
