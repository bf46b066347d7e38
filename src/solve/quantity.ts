import { isKnown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { type Prediction, type Scenario, predictScenario } from '../predict/index.ts'
import { operatingPoints } from '../search/index.ts'
import type { Quantity, Sample, Target } from './types.ts'

/** A target with the cost of the other deployment worked out. */
export interface Goal {
  readonly target: Target
  /** $ per Mtok of output of the other deployment; 1 where there is none. */
  readonly base: number
}

/** Units of the bounds, and whether the quantity must lie above. */
export const QUANTITIES: Readonly<Record<Quantity, { readonly unit: string; readonly isFloor: boolean }>> = {
  speed: { unit: 'tokens/s per user', isFloor: true },
  cost: { unit: 'USD/Mtok', isFloor: false },
  ttft: { unit: 's', isFloor: false },
  energy: { unit: 'J/token', isFloor: false },
  ratio: { unit: '1', isFloor: false },
}

/**
 * The target made ready to be judged.
 * @throws PincerError `invalid_value` for a bound that no number could meet, and when the other deployment has no cost
 */
export function goalOf(target: Target): Goal {
  const { bound, quantity, against, userSpeed } = target
  checkPositive(quantity, bound)
  if (userSpeed !== undefined) checkPositive('userSpeed', userSpeed)
  if (quantity !== 'ratio') return { target, base: 1 }
  if (against === undefined) throw fault('against', 'is needed by a ratio', 'name the other deployment')
  const base = sampleOf(against, { target: { ...target, quantity: 'cost' }, base: 1 })
  if ('value' in base) return { target, base: base.value }
  throw fault('against', `has no cost: ${base.fault}`, 'give its price or another deployment')
}

function checkPositive(field: string, value: number): void {
  if (value > 0 && value <= 1e12) return
  throw fault(field, `must be a number above 0 and at most 1e12, not ${value}`, 'give a target in reach')
}

function fault(field: string, message: string, suggestion: string): PincerError {
  return new PincerError({ code: 'invalid_value', path: [field], message, suggestion })
}

/** The quantity of a scenario; `at` is filled in by the caller. */
export function sampleOf(
  scenario: Scenario | (() => Scenario),
  goal: Goal,
): { readonly value: number } | { readonly fault: string } {
  const prediction = pointOf(scenario, goal.target)
  return 'fault' in prediction ? prediction : valueIn(prediction, goal)
}

/** The prediction behind a sample. */
export function pointOf(given: Scenario | (() => Scenario), target: Target): Prediction | { readonly fault: string } {
  try {
    const scenario = typeof given === 'function' ? given() : given
    if (target.userSpeed === undefined) return predictScenario(scenario)
    const { fast } = operatingPoints(scenario, target.userSpeed)
    return 'unreachable' in fast ? { fault: fast.unreachable } : fast
  } catch (error) {
    // Too small a machine misses the target; a figure that nobody published is no answer at any value.
    if (error instanceof PincerError && error.issues[0]?.code !== 'unsupported')
      return { fault: error.issues[0]?.message ?? error.message }
    throw error
  }
}

function valueIn(
  prediction: Prediction,
  { target, base }: Goal,
): { readonly value: number } | { readonly fault: string } {
  const { throughput, ttft, cost, energy } = prediction
  switch (target.quantity) {
    case 'speed':
      return { value: throughput.perUser.value }
    case 'ttft':
      return { value: ttft.value }
    case 'energy':
      return isKnown(energy.perOutputToken)
        ? { value: energy.perOutputToken.value }
        : { fault: energy.perOutputToken.unknown }
    case 'cost':
    case 'ratio':
      return isKnown(cost.perMtokOutput)
        ? { value: cost.perMtokOutput.value / base }
        : { fault: cost.perMtokOutput.unknown }
  }
}

/** Whether a sample meets the target. */
export function isReached(
  sample: Sample | { readonly value: number } | { readonly fault: string },
  target: Target,
): boolean {
  if ('fault' in sample) return false
  return QUANTITIES[target.quantity].isFloor ? sample.value >= target.bound : sample.value <= target.bound
}
