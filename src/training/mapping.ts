import type { Bytes, Chips } from '../units/index.ts'
import type { TrainingChip } from './chip.ts'
import type { PipelineSchedule } from './schedule.ts'
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
  /** Share of the layers that `full` recomputation is for, the others selectively; absent: all. */
  readonly recomputeShare?: number
}

/** Degrees of a mapping that are given; the others are searched. */
export type TrainingPlan = Partial<Omit<TrainingMapping, 'dp'>>

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

/** What else the memory of a chip follows from. */
export interface HeldBy {
  readonly schedule?: PipelineSchedule | undefined
  /** Parameters that are trained, spread like the others; absent: all. */
  readonly trained?: number | undefined
}

/**
 * Bytes on the fullest chip for `mapping`: weights, gradients, Adam state (always sharded over the replicas) and the
 * activations of the microbatches in flight (1F1B: as many as pipeline stages). DualPipe holds the layers of two stages and one
 * microbatch more (DeepSeek-V3, table 2).
 */
export function memoryPerChip(
  work: TrainingWork,
  mapping: TrainingMapping,
  batch: TrainingBatch,
  { schedule = 'interleaved', trained }: HeldBy = {},
): TrainingMemory {
  const { tp, pp, dp, ep, zero } = mapping
  const routed = work.experts?.params ?? 0
  const dense = (work.totalParams - routed) / (tp * pp)
  const expert = routed / (ep * pp)
  // ZeRO-3 spreads what ZeRO-1 would replicate: the dense part over dp, experts over the dp / ep copies left.
  const copies = Math.max(1, (dp * tp) / ep)
  const isDual = schedule === 'dualpipe'
  const stages = isDual ? 2 : 1
  const held = stages * (zero === 3 ? dense / dp + expert / copies : dense + expert)
  const share = trained === undefined ? 1 : trained / work.totalParams
  const optimizer = OPTIMIZER_BYTES * share * (dense / dp + expert / copies)
  const perReplica = microbatches(mapping, batch)
  const layers = (work.layers / pp) * Math.min(isDual ? pp + 1 : pp, perReplica)
  const kept =
    ACTIVATION_BYTES.selective + recomputedShare(mapping) * (ACTIVATION_BYTES.full - ACTIVATION_BYTES.selective)
  const activations = (kept * work.hidden * batch.sequence * layers) / tp
  const weights = WEIGHT_BYTES * held
  const gradients = GRADIENT_BYTES * share * held
  return { weights, gradients, optimizer, activations, total: weights + gradients + optimizer + activations }
}

/** Share of the layers computed twice. */
export function recomputedShare({ recompute, recomputeShare = 1 }: TrainingMapping): number {
  return recompute === 'full' ? recomputeShare : 0
}

/**
 * `mapping` with full recomputation in the fewest layers of a stage that let it fit the memory; undefined when not even all of them do.
 */
export function leastRecompute(
  chip: TrainingChip,
  work: TrainingWork,
  mapping: TrainingMapping,
  batch: TrainingBatch,
  by?: HeldBy,
): TrainingMapping | undefined {
  const at = (recomputeShare: number): TrainingMapping => ({ ...mapping, recompute: 'full', recomputeShare })
  const [none, all] = [0, 1].map((share) => memoryPerChip(work, at(share), batch, by).total) as [number, number]
  const usable = USABLE_MEMORY * chip.memory
  if (all > usable) return undefined
  // Memory falls in proportion to the layers.
  const layers = Math.max(1, Math.round(work.layers / mapping.pp))
  const share = none === all ? 1 : Math.min(1, Math.ceil((layers * (none - usable)) / (none - all)) / layers)
  return share === 1 ? { ...mapping, recompute: 'full' } : at(Math.max(0, share))
}

/** `true` when the fullest chip holds its part. */
export function isMappable(
  chip: TrainingChip,
  work: TrainingWork,
  mapping: TrainingMapping,
  batch: TrainingBatch,
  by?: HeldBy,
): boolean {
  return memoryPerChip(work, mapping, batch, by).total <= USABLE_MEMORY * chip.memory
}

/**
 * Chips below which not even fully sharded state (18 bytes per trained parameter, Adam in mixed precision; 2 per frozen one) fits; activations
 * come on top, so a real run needs more.
 */
export function minimumChips(chip: TrainingChip, totalParams: number, trained: number = totalParams): number {
  return Math.ceil(
    (totalParams * WEIGHT_BYTES + trained * (GRADIENT_BYTES + OPTIMIZER_BYTES)) / (USABLE_MEMORY * chip.memory),
  )
}

/**
 * Mappings an engineer would try: tp in powers of two inside the domain (at most 8), pp up to 16, whole replicas with a
 * sequence each, both ZeRO stages, both kinds of recomputation, experts spread over up to 64 chips; what `plan` says is fixed. Empty when the batch has too few sequences for the chips.
 */
export function mappingCandidates(
  chip: TrainingChip,
  work: TrainingWork,
  chips: Chips,
  batch: TrainingBatch,
  plan: TrainingPlan = {},
): TrainingMapping[] {
  const candidates: TrainingMapping[] = []
  const kinds: readonly Recompute[] = plan.recompute === undefined ? ['selective', 'full'] : [plan.recompute]
  for (const tp of plan.tp === undefined ? tensorGroups(chip, chips) : [plan.tp]) {
    for (const pp of plan.pp === undefined ? pipelineDepths(chip, work, chips / tp, batch) : [plan.pp]) {
      const dp = chips / (tp * pp)
      if (!Number.isInteger(dp) || dp > batch.tokens / batch.sequence) continue
      for (const ep of plan.ep === undefined ? expertGroups(work, dp * tp) : [plan.ep]) {
        for (const kind of kinds) {
          const rest = { recompute: kind, ...shareOf(plan) }
          if (plan.zero !== 3) candidates.push({ tp, pp, dp, ep, zero: 1, ...rest })
          // Fully sharded weights are gathered anew for every microbatch, so they go without a pipeline only.
          if (plan.zero !== 1 && pp === 1) candidates.push({ tp, pp, dp, ep, zero: 3, ...rest })
        }
      }
    }
  }
  return candidates
}

function shareOf({ recomputeShare }: TrainingPlan): Pick<TrainingPlan, 'recomputeShare'> {
  return recomputeShare === undefined ? {} : { recomputeShare }
}

/**
 * Inside a torus all chips are one domain that compilers shard over: such runs do without a pipeline (PaLM, arXiv 2204.02311, section 4),
 * unless the batch has too few sequences for so many replicas.
 */
function pipelineDepths(chip: TrainingChip, work: TrainingWork, groups: number, batch: TrainingBatch): number[] {
  if (chip.network !== 'switched' && groups <= batch.tokens / batch.sequence) return [1]
  return divisors(groups, Math.min(DEEPEST_PIPELINE, work.layers))
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
