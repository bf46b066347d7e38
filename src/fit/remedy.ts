import { formatsFor } from '../model/index.ts'
import type { Scenario } from '../predict/index.ts'
import { type Format, bytesPerWeight } from '../units/index.ts'
import { type Load, smallestSystem } from './hold.ts'
import type { Remedy, ScalingLimit } from './types.ts'

/** Narrower formats in the order in which they are tried. */
const NARROWER: readonly Format[] = ['fp8', 'fp4']
/** A prompt token and an answer token. */
export const LEAST_CONTEXT = 2

/** Single changes that would bring the model within the limit: the widest narrower format, and the longest context. */
export function remedies(scenario: Scenario, load: Load, limit: ScalingLimit): Remedy[] {
  return [...precisionRemedy(scenario, load, limit), ...contextRemedy(scenario, load, limit)]
}

function precisionRemedy(scenario: Scenario, load: Load, limit: ScalingLimit): Remedy[] {
  for (const precision of NARROWER) {
    if (bytesPerWeight(precision) >= bytesPerWeight(scenario.precision)) continue
    const narrow = { ...scenario, precision, weights: formatsFor(scenario.model, precision) }
    const system = smallestSystem(narrow, load, limit.chips)
    if (system !== undefined) return [{ change: 'precision', value: precision, chips: system.chips }]
  }
  return []
}

// A longer context never needs less room, so that the longest that fits can be bisected.
function contextRemedy(scenario: Scenario, { context, users }: Load, limit: ScalingLimit): Remedy[] {
  const chipsAt = (tokens: number): number | undefined =>
    smallestSystem(scenario, { context: tokens, users }, limit.chips)?.chips
  let [low, high] = [LEAST_CONTEXT, context]
  let chips = chipsAt(low)
  if (chips === undefined) return []
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    const found = chipsAt(middle)
    if (found === undefined) high = middle
    else [low, chips] = [middle, found]
  }
  return [{ change: 'context', value: low, chips }]
}
