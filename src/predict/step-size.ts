import type { EngineSettings } from '../serving/index.ts'

/** Tokens of a KV cache block where nobody says: what the engines use. */
export const DEFAULT_BLOCK = 16

/**
 * Tokens that a step can have at most, and one more, up to which step times are tabulated. Policies without a budget put as many
 * prompts into a step as the cache holds.
 */
export function largestStep(settings: EngineSettings): number {
  const { policy, tokenBudget, maxSequences, blocks, blockSize, speculation } = settings
  const prompts = policy === 'static' || policy === 'continuous' ? blocks * blockSize : tokenBudget
  return prompts + (speculation?.width ?? 1) * maxSequences + 1
}
