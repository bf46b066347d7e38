import type { Bytes, Seconds } from '../units/index.ts'
import { allToAllBandwidth, type TrainingChip, type TrainingPrecision } from './chip.ts'
import type { TrainingConstants } from './constant.ts'
import { type TrainingBatch, type TrainingMapping, microbatches, recomputedShare } from './mapping.ts'
import { pipelineTime, overlappedExchange, type PipelineSchedule } from './schedule.ts'
import type { TrainingWork } from './work.ts'

/**
 * Chip-seconds spent per token of a training step, by cause. `ideal` is the model FLOPs at the peak; the other parts
 * are what real chips add to it, so MFU = ideal / total.
 */
export interface TrainingTime {
  readonly ideal: Seconds
  /** Matrix products below the peak. */
  readonly gemm: Seconds
  /** Expert products below a dense product of the same size. */
  readonly groupedGemm: Seconds
  /** Attention below the peak of the matrix products. */
  readonly attention: Seconds
  /** Forward work done a second time. */
  readonly recompute: Seconds
  /** Norms, activations, residuals, routing copies: bound by memory. */
  readonly elementwise: Seconds
  readonly tensorParallel: Seconds
  readonly expertParallel: Seconds
  readonly dataParallel: Seconds
  readonly optimizer: Seconds
  readonly bubble: Seconds
  readonly total: Seconds
}

export interface StepInput {
  readonly chip: TrainingChip
  readonly work: TrainingWork
  readonly mapping: TrainingMapping
  readonly batch: TrainingBatch
  readonly precision: TrainingPrecision
  readonly schedule: PipelineSchedule
  /** Parameters that are trained; absent: all of them. The others are frozen: no gradients of their own, no optimizer state. */
  readonly trained?: number
}

/** Attention kernels in training against large products: FlashAttention-2/3 papers report 0.6–0.75 of their rate. */
const ATTENTION_EFFICIENCY = 0.65
/** Bytes read and written per parameter by Adam: gradient, master, two moments read; master, moments, weights written. */
const ADAM_BYTES = 4 + 12 + 12 + 2
/** Logits written in BF16, raised to FP32, reduced, and their gradient written and read: 2 + 6 + 4 + 4 bytes per vocabulary entry. */
const LOGIT_BYTES = 16
/** A token's copies cross to at most this many nodes (DeepSeek-V3, section 2.1.2: node-limited routing). */
const NODE_LIMIT = 4

/**
 * Chip-seconds per token of one step, by cause. Each collective counts the bytes a chip sends; how much of it shows is the
 * fitted `exposed` share.
 */
export function trainingTime(input: StepInput, constants: TrainingConstants): TrainingTime {
  const compute = computeTime(input, constants)
  const busy = sum(Object.values(compute))
  const tensorParallel = constants.exposed * tensorParallelTime(input)
  const expertParallel = expertExchangeTime(input, busy, constants)
  const working = busy + tensorParallel + expertParallel
  const bubble = pipelineLoss(input, working, constants)
  const dataParallel = constants.exposed * gradientSyncTime(input)
  const optimizer = optimizerTime(input)
  return {
    ...compute,
    tensorParallel,
    expertParallel,
    dataParallel,
    optimizer,
    bubble,
    total: working + bubble + dataParallel + optimizer,
  }
}

type ComputeTime = Pick<TrainingTime, 'ideal' | 'gemm' | 'groupedGemm' | 'attention' | 'recompute' | 'elementwise'>

/** Forward, gradients of inputs, gradients of weights: three passes of equal work, two where weights are frozen. */
export function passCount(trained: number | undefined): 2 | 3 {
  return trained === undefined ? 3 : 2
}

function computeTime(input: StepInput, constants: TrainingConstants): ComputeTime {
  const { chip, work, mapping, precision, trained } = input
  const passes = passCount(trained)
  // Adapters are small products beside the large ones, all three passes of them.
  const adapters = (6 * (trained ?? 0)) / passes
  const bf16 = chip.peak.bf16 ?? Number.NaN
  const peak = chip.peak[precision] ?? Number.NaN
  const sustained = peak * constants.gemm * (precision === 'fp8' ? constants.fp8 : 1)
  const linear = work.denseFlops + work.expertFlops + adapters
  const inter = work.experts?.inter ?? 1
  const expertSlowdown = constants.expertWidth / inter
  // Attention stays in BF16 whatever the products run in.
  const attention = work.attentionFlops / (bf16 * constants.gemm * ATTENTION_EFFICIENCY)
  const forward = linear / sustained + (expertSlowdown * work.expertFlops) / sustained + attention
  // Attention has no weights: its backward pass is twice its forward one in any case.
  const ideal = (passes * linear + 3 * work.attentionFlops) / peak
  return {
    ideal,
    gemm: passes * linear * (1 / sustained - 1 / peak),
    groupedGemm: (passes * expertSlowdown * work.expertFlops) / sustained,
    attention: 3 * (attention - work.attentionFlops / peak),
    recompute: recomputedShare(mapping) * forward,
    elementwise: elementwiseBytes(work, constants) / chip.memoryBandwidth,
  }
}

function elementwiseBytes(work: TrainingWork, constants: TrainingConstants): Bytes {
  const residual = work.layers * work.hidden
  // Routed copies are written and read as the residual stream is, k times over.
  const routed = work.experts === undefined ? 0 : work.experts.layers * work.experts.topk * work.experts.width
  return constants.elementwise * (residual + routed / 4) + LOGIT_BYTES * work.vocab
}

/**
 * Four all-reduces of the residual per layer (two forward, two backward), each 2·(t−1)/t of D values in BF16 sent by
 * t chips (Shoeybi et al., Megatron-LM, section 3).
 */
function tensorParallelTime({ chip, work, mapping }: StepInput): Seconds {
  const { tp } = mapping
  const sent = 4 * 2 * (tp - 1) * 2 * work.hidden * work.layers
  return sent / chip.scaleUp
}

/**
 * What expert exchange adds to the compute of one token: all of it that the fit says shows, or what an overlapping schedule leaves.
 */
function expertExchangeTime(input: StepInput, compute: Seconds, constants: TrainingConstants): Seconds {
  const exchange = constants.exposedExpert * allToAllTime(input)
  if (input.schedule === 'dualpipe') return overlappedExchange(compute, exchange)
  return exchange
}

/**
 * Dispatch and combine of k copies of a token per expert layer, forward and backward, BF16. Inside a domain at its all-to-all
 * rate; across domains each copy crosses once per node that it has experts on.
 */
function allToAllTime({ chip, work, mapping }: StepInput): Seconds {
  const { experts } = work
  if (experts === undefined || mapping.ep <= 1) return 0
  const copyBytes = 4 * 2 * experts.width * experts.layers
  const group = Math.min(mapping.ep, chip.domain)
  const inside = (experts.topk * copyBytes * (1 - 1 / group)) / allToAllBandwidth(chip, group)
  if (mapping.ep <= chip.domain) return inside
  const nodes = mapping.ep / chip.domain
  const reached = Math.min(nodes * (1 - (1 - 1 / nodes) ** experts.topk), NODE_LIMIT)
  const outside = (reached * (1 - 1 / nodes) * copyBytes) / chip.scaleOut
  return Math.max(inside, outside)
}

/**
 * Per step: gradients reduced and weights gathered (ZeRO-1, 2 + 2 bytes per parameter), or weights gathered twice and
 * gradients reduced (ZeRO-3, 6 bytes). Hierarchical: chips of one domain share the traffic that leaves it.
 */
function gradientSyncTime({ chip, work, mapping, batch, trained }: StepInput): Seconds {
  // Gradients of adapters only; fully sharded frozen weights are still gathered twice.
  if (trained !== undefined && mapping.zero === 1) return adapterSyncTime(trained, { chip, mapping, batch })
  const { tp, pp, dp, ep, zero } = mapping
  const chips = tp * pp * dp
  const routed = work.experts?.params ?? 0
  const bytes = zero === 1 || trained !== undefined ? 4 : 6
  const dense = (bytes * (work.totalParams - routed)) / (tp * pp)
  const expert = chips / pp > ep ? (bytes * routed) / (ep * pp) : 0
  const inDomain = Math.min(chip.domain, chips / pp)
  const up = dense > 0 && dp > 1 ? (dense + (ep < inDomain ? expert : 0)) / chip.scaleUp : 0
  const leaves = chips / pp > chip.domain
  const sharing = Math.max(1, inDomain / tp)
  const expertSharing = Math.max(1, inDomain / ep)
  const out = leaves ? (dense / sharing + expert / expertSharing) / chip.scaleOut : 0
  return (Math.max(up, out) * chips) / batch.tokens
}

function adapterSyncTime(
  trained: number,
  { chip, mapping, batch }: Pick<StepInput, 'chip' | 'mapping' | 'batch'>,
): Seconds {
  const { tp, pp, dp } = mapping
  if (dp === 1) return 0
  const link = tp * dp > chip.domain ? chip.scaleOut : chip.scaleUp
  return ((4 * trained) / link / (tp * pp)) * ((tp * pp * dp) / batch.tokens)
}

function optimizerTime({ chip, work, batch, trained = work.totalParams }: StepInput): Seconds {
  // Sharded over all chips: chip-seconds per step do not depend on their number.
  return (ADAM_BYTES * trained) / chip.memoryBandwidth / batch.tokens
}

/** Hops between stages leave the scale-up domain unless all stages lie inside one. */
function pipelineLoss(input: StepInput, work: Seconds, constants: TrainingConstants): Seconds {
  const { chip, mapping, batch, schedule } = input
  const link = mapping.pp * mapping.tp <= chip.domain ? chip.scaleUp : chip.scaleOut
  // A token's residual in BF16, forward, and its gradient, back.
  const hop = (constants.exposed * 2 * 2 * input.work.hidden) / link
  const { layers } = input.work
  return pipelineTime(schedule, { stages: mapping.pp, layers, microbatches: microbatches(mapping, batch), work, hop })
}

function sum(parts: readonly number[]): number {
  return parts.reduce((total, part) => total + part, 0)
}
