import type { Bytes, Chips } from '../units/index.ts'
import type { TrainingChip } from './chip.ts'
import type { TrainingWork } from './work.ts'

/** What is computed twice to save memory: nothing, the cheap parts (norms, activations, attention scores), or all. */
export type Recompute = 'selective' | 'full'

/** How one training step is spread over the chips; tp · pp · dp = chips. */
export interface TrainingMapping {
  readonly tp: number
  readonly pp: number
  /** Replicas of the dense part. */
  readonly dp: number
  /** Chips that share one set of routed experts (a subset of dp); 1 for a dense model. */
  readonly ep: number
  /** 1: optimizer state is sharded over the replicas (ZeRO-1); 3: weights and gradients too (ZeRO-3, FSDP). */
  readonly zero: 1 | 3
  readonly recompute: Recompute
}

/** Bytes one chip holds, by part; `total` is their sum. */
export interface TrainingMemory {
  readonly weights: Bytes
  readonly gradients: Bytes
  readonly optimizer: Bytes
  readonly activations: Bytes
  readonly total: Bytes
}

/** Batch of one step and its sequence length, in tokens. */
export interface TrainingBatch {
  readonly tokens: number
  readonly sequence: number
}

// Mixed-precision Adam (Rajbhandari et al., ZeRO, section 3.1): BF16 weights, FP32 gradient accumulation,
// FP32 master copy and two moments.
const WEIGHT_BYTES = 2
const GRADIENT_BYTES = 4
const OPTIMIZER_BYTES = 12
/**
 * Activation bytes per layer, token and unit of width: a gated decoder layer keeps norms' inputs, q, k, v, attention
 * output and FFN halves in BF16 when the norms and the activation function are computed again
 * (Korthikanti et al., arXiv 2205.05198, count 34 for a GPT layer with dropout, 2 when all is recomputed).
 */
const ACTIVATION_BYTES: Readonly<Record<Recompute, number>> = { selective: 18, full: 2 }
/** Share of the memory left to the model after runtime, communication buffers and fragmentation. */
export const USABLE_MEMORY = 0.9

/** Sequences one replica works through in a step, at least 1: cutting a sequence over replicas (context parallel) is not modelled. */
export function microbatches(mapping: TrainingMapping, batch: TrainingBatch): number {
  return batch.tokens / (batch.sequence * mapping.dp)
}

/**
 * Bytes on the fullest chip for `mapping`: weights, gradients, Adam state (always sharded over the replicas) and the
 * activations of the microbatches in flight (1F1B: as many as pipeline stages).
 */
export function memoryPerChip(work: TrainingWork, mapping: TrainingMapping, batch: TrainingBatch): TrainingMemory {
  const { tp, pp, dp, ep, zero } = mapping
  const routed = work.experts?.params ?? 0
  const dense = (work.totalParams - routed) / (tp * pp)
  const expert = routed / (ep * pp)
  // ZeRO-3 spreads what ZeRO-1 would replicate: the dense part over dp, experts over the dp / ep copies left.
  const copies = Math.max(1, (dp * tp) / ep)
  const held = zero === 3 ? dense / dp + expert / copies : dense + expert
  const optimizer = OPTIMIZER_BYTES * (dense / dp + expert / copies)
  const perReplica = microbatches(mapping, batch)
  const layers = (work.layers / pp) * Math.min(pp, perReplica)
  const activations = (ACTIVATION_BYTES[mapping.recompute] * work.hidden * batch.sequence * layers) / tp
  const weights = WEIGHT_BYTES * held
  const gradients = GRADIENT_BYTES * held
  return { weights, gradients, optimizer, activations, total: weights + gradients + optimizer + activations }
}

/** `true` when the fullest chip holds its part. */
export function isMappable(
  chip: TrainingChip,
  work: TrainingWork,
  mapping: TrainingMapping,
  batch: TrainingBatch,
): boolean {
  return memoryPerChip(work, mapping, batch).total <= USABLE_MEMORY * chip.memory
}

/**
 * Chips below which not even fully sharded state (18 bytes per parameter, Adam in mixed precision) fits; activations
 * come on top, so a real run needs more.
 */
export function minimumChips(chip: TrainingChip, totalParams: number): number {
  return Math.ceil((totalParams * (WEIGHT_BYTES + GRADIENT_BYTES + OPTIMIZER_BYTES)) / (USABLE_MEMORY * chip.memory))
}

/**
 * Mappings an engineer would try: tp in powers of two inside the domain (at most 8), pp up to 16, whole replicas with a
 * sequence each, both ZeRO stages, both kinds of recomputation unless one is asked for, experts spread over
 * up to 64 chips. Empty when the batch has too few sequences for the chips.
 */
export function mappingCandidates(
  chip: TrainingChip,
  work: TrainingWork,
  chips: Chips,
  batch: TrainingBatch,
  recompute?: Recompute,
): TrainingMapping[] {
  const candidates: TrainingMapping[] = []
  const kinds: readonly Recompute[] = recompute === undefined ? ['selective', 'full'] : [recompute]
  for (const tp of tensorGroups(chip, chips)) {
    for (const pp of divisors(chips / tp, Math.min(DEEPEST_PIPELINE, work.layers))) {
      const dp = chips / (tp * pp)
      if (dp > batch.tokens / batch.sequence) continue
      for (const ep of expertGroups(work, dp * tp)) {
        for (const kind of kinds) {
          candidates.push({ tp, pp, dp, ep, zero: 1, recompute: kind })
          // Fully sharded weights are gathered anew for every microbatch, so they go without a pipeline only.
          if (pp === 1) candidates.push({ tp, pp, dp, ep, zero: 3, recompute: kind })
        }
      }
    }
  }
  return candidates
}

/** Replicas that `chips` make without a pipeline, when each is as wide as a mapping may be. */
export function fewestReplicas(chip: TrainingChip, chips: Chips): number {
  return chips / Math.max(...tensorGroups(chip, chips))
}

// A group that does not divide the chips would leave some of them idle.
function tensorGroups(chip: TrainingChip, chips: Chips): number[] {
  return powersOfTwo(1, Math.min(8, chip.domain, chips)).filter((tp) => chips % tp === 0)
}

// As wide and deep as published runs go: DeepSeek-V3 spreads experts over 64 chips; it and Llama-405B use 16 stages.
const WIDEST_EXPERT_GROUP = 64
const DEEPEST_PIPELINE = 16

// One chip per group (all experts gathered or resident), or groups from a node of eight up.
function expertGroups(work: TrainingWork, replicas: number): number[] {
  if (work.experts === undefined) return [1]
  return [1, ...powersOfTwo(8, Math.min(work.experts.count, replicas, WIDEST_EXPERT_GROUP))]
}

function divisors(of: number, most: number): number[] {
  const all: number[] = []
  for (let divisor = 1; divisor <= most; divisor++) if (of % divisor === 0) all.push(divisor)
  return all
}

function powersOfTwo(from: number, to: number): number[] {
  const powers: number[] = []
  for (let power = from; power <= to; power *= 2) powers.push(power)
  return powers
}
