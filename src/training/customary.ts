import type { Chips, Flop } from '../units/index.ts'
import type { TrainingChip } from './chip.ts'

/**
 * Tokens per step when nobody says: 8 M at 1e24 FLOP, growing with the cube root of compute. The exponent is DeepSeek LLM's
 * (arXiv 2401.02954, section 3.1: 0.3271); the level is the middle of published runs, which scatter by a factor of 2.5 about
 * it (GPT-3 3.2 M, BLOOM and LLaMA 4 M, DeepSeek-67B 19 M, Llama-405B 16 M, DeepSeek-V3 63 M).
 */
export function customaryBatch(flops: Flop): number {
  return 8e6 * Math.cbrt(flops / 1e24)
}

/** Days a published run lasts: MPT 10, GPT-3 15, LLaMA-65B 21, GLaM 24, Gopher 38, DeepSeek-V3 54, Llama-405B 78; their middle. */
const CUSTOMARY_DAYS = 30
const PLANNED_MFU = 0.4
/** Chips of a published throughput recipe, when neither tokens nor chips are stated. */
const RECIPE_CHIPS = 256

/**
 * Chips that finish `flops` in a customary month, or a recipe's 256 when the run length is unknown; at least twice the
 * `minimum` that holds the sharded state. In nodes of eight, many nodes in groups of two, four … sixteen, as clusters are
 * built and mappings divide them.
 */
export function customaryChips(chip: TrainingChip, flops: Flop | undefined, minimum: Chips): Chips {
  const peak = chip.peak.bf16 ?? Number.NaN
  const wanted = flops === undefined ? RECIPE_CHIPS : flops / (PLANNED_MFU * peak * CUSTOMARY_DAYS * 86_400)
  const least = Math.max(8, wanted, 2 * minimum)
  const group = 2 ** Math.min(7, Math.max(3, Math.floor(Math.log2(least / 8))))
  return group * Math.ceil(least / group)
}

/** Tokens assumed for the batch of a run of unknown length: 20 per active parameter (Hoffmann et al., arXiv 2203.15556). */
export function customaryTokens(activeParams: number): number {
  return 20 * activeParams
}

/** Sequence length of pre-training: 4,096 in most published runs since 2023. */
export const CUSTOMARY_SEQUENCE = 4096
