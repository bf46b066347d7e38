import { PincerError } from '../issue/index.ts'
import { flopsPerToken, paramCounts, totalLayers, type ModelArch } from '../model/index.ts'
import type { Flop } from '../units/index.ts'

/** What one token costs to compute, forward pass, and the shapes that communication depends on. */
export interface TrainingWork {
  readonly name: string
  readonly totalParams: number
  readonly activeParams: number
  /** FLOPs of all projections outside routed experts, head included. */
  readonly denseFlops: Flop
  /** FLOPs of the routed experts. */
  readonly expertFlops: Flop
  /** FLOPs of the sequence-quadratic part at the mean causal context (half the sequence). */
  readonly attentionFlops: Flop
  readonly hidden: number // D
  readonly layers: number // L
  readonly vocab: number // V
  /** Undefined for a dense model. */
  readonly experts?: RoutedExperts
  /** `true` when the shapes are inferred from parameter counts. */
  readonly inferred: boolean
}

/** The routed experts of a model; averages over its expert layers. */
export interface RoutedExperts {
  readonly layers: number
  readonly count: number // E
  readonly topk: number // k
  readonly inter: number // F of one expert
  /** Width of what travels to an expert. */
  readonly width: number
  readonly params: number
}

/** A model known by its counts only. */
export interface DeclaredModel {
  readonly name: string
  readonly totalParams: number
  readonly activeParams: number
}

// Width over depth of published dense decoders: LLaMA-7B 128, GPT-3 128, Llama-405B 130, 70B 102, BLOOM 205, PaLM 156.
const DENSE_ASPECT = 128
/** Share of a mixture's active parameters in routed experts: DeepSeek-V2 0.40, V3 0.55, Qwen3-235B 0.65, gpt-oss 0.70. */
const ROUTED_SHARE = 0.55
/** Experts per token when nothing is published: between GLaM's and Mixtral's 2 and DeepSeek's 8. */
const DECLARED_TOPK = 4
/** Between the 32,000 of Llama 2 and the 128,256 of Llama 3. */
const DECLARED_VOCAB = 64_000
// A mixture is narrower than the dense model of its active size (V3 0.98, V2 0.84, gpt-oss 0.76, Qwen3-235B 0.66).
const MIXTURE_NARROWING = 0.8

/** Work of one token of `arch` at sequence length `sequence`, counted operator by operator. */
export function archWork(arch: ModelArch, sequence: number): TrainingWork {
  const declared = arch.declared
  if (declared !== undefined) return declaredWork({ name: arch.name, ...declared }, sequence)
  const counts = paramCounts(arch)
  const flops = flopsPerToken(arch, sequence / 2)
  const experts = routedExperts(arch, counts.routedExperts)
  const expertFlops = experts === undefined ? 0 : expertForward(arch)
  return {
    name: arch.name,
    totalParams: counts.total,
    activeParams: counts.active,
    denseFlops: flops.linear - expertFlops,
    expertFlops,
    attentionFlops: flops.attention,
    hidden: arch.hidden,
    layers: totalLayers(arch),
    vocab: arch.vocab,
    ...(experts === undefined ? {} : { experts }),
    inferred: false,
  }
}

function expertForward(arch: ModelArch): Flop {
  let flops = 0
  for (const { count, ffn } of arch.layers) {
    if (ffn.kind === 'moe') flops += count * 2 * ffn.topk * (ffn.gated ? 3 : 2) * ffn.expertHidden * ffn.inter
  }
  return flops
}

function routedExperts(arch: ModelArch, params: number): RoutedExperts | undefined {
  let layers = 0
  let count = 0
  let topk = 0
  let inter = 0
  let width = 0
  for (const { count: deep, ffn } of arch.layers) {
    if (ffn.kind !== 'moe') continue
    layers += deep
    count = Math.max(count, ffn.experts)
    topk += deep * ffn.topk
    inter += deep * ffn.inter
    width += deep * ffn.expertHidden
  }
  if (layers === 0) return undefined
  return { layers, count, topk: topk / layers, inter: inter / layers, width: width / layers, params }
}

/**
 * Work of a model of which only the counts are public. Shapes follow N = 12·L·D² with the customary aspect D = 128·L
 * (dense), or a narrower body with k = 4 experts per token (mixture). The projections' FLOPs are 2 per active
 * parameter exactly; the inferred shapes move the quadratic, elementwise and communication terms by about ±30 %.
 * @throws PincerError when a count is not positive or more parameters are active than there are
 */
export function declaredWork(model: DeclaredModel, sequence: number): TrainingWork {
  const { name, totalParams, activeParams } = model
  requirePositive(totalParams, 'totalParams')
  requirePositive(activeParams, 'activeParams')
  if (activeParams > totalParams) {
    throw new PincerError({
      code: 'invalid_value',
      path: ['activeParams'],
      message: `${activeParams} active parameters exceed the total of ${totalParams}`,
    })
  }
  // Up to 2 % apart is a rounding of the two figures, not a mixture.
  const isMixture = activeParams < 0.98 * totalParams
  const cube = Math.cbrt((activeParams * DENSE_ASPECT) / 12)
  const hidden = isMixture ? cube * MIXTURE_NARROWING : cube
  const layers = activeParams / (12 * cube ** 2)
  const expertFlops = isMixture ? 2 * ROUTED_SHARE * activeParams : 0
  const experts = isMixture ? declaredExperts(model, hidden, layers) : undefined
  return {
    name,
    totalParams,
    activeParams,
    denseFlops: 2 * activeParams - expertFlops,
    expertFlops,
    // Scores and values over half the sequence, 2 FLOPs each, model width of heads.
    attentionFlops: 2 * sequence * hidden * layers,
    hidden,
    layers,
    vocab: DECLARED_VOCAB,
    ...(experts === undefined ? {} : { experts }),
    inferred: true,
  }
}

function declaredExperts(model: DeclaredModel, hidden: number, layers: number): RoutedExperts {
  const active = ROUTED_SHARE * model.activeParams
  const params = model.totalParams - (model.activeParams - active)
  return {
    layers,
    count: (DECLARED_TOPK * params) / active,
    topk: DECLARED_TOPK,
    inter: active / (layers * DECLARED_TOPK * 3 * hidden),
    width: hidden,
    params,
  }
}

function requirePositive(value: number, field: string): void {
  if (value > 0 && Number.isFinite(value)) return
  throw new PincerError({ code: 'invalid_value', path: [field], message: `must be a positive number, got ${value}` })
}

/**
 * Model FLOPs of training on one token: forward plus a backward pass of twice the size, recomputation excluded. With `trained`
 * adapters beside frozen weights those weights have no gradients, so that theirs is a backward pass of once the size.
 */
export function trainingFlopsPerToken(work: TrainingWork, trained?: number): Flop {
  const linear = work.denseFlops + work.expertFlops
  return (trained === undefined ? 3 * linear : 2 * linear + 6 * trained) + 3 * work.attentionFlops
}
