import { type Format, bytesPerWeight } from '../units/index.ts'
import type { Ffn, ModelArch, MoeFfn } from './arch.ts'
import { ACTIVATION_BYTES, type Operator, gemm } from './operator.ts'

/** Operators of the feed-forward part of `count` equal layers on `tokens` tokens. */
export function ffnOperators(arch: ModelArch, ffn: Ffn, count: number, tokens: number, format: Format): Operator[] {
  const hidden = arch.hidden
  if (ffn.kind === 'none') return []
  if (ffn.kind === 'dense')
    return denseFfn('ffn', count, tokens, { hidden, inter: ffn.inter, gated: ffn.gated }, format)
  const shared = ffn.sharedInter + ffn.denseInter
  return [
    gemm('router', count, { rows: tokens, inner: hidden, columns: ffn.experts }, 'bf16', 'none'),
    ...latentProjections(arch, ffn, count, tokens, format),
    expertGemm(ffn, count, tokens, format),
    ...(shared > 0
      ? denseFfn('shared-expert', count, tokens, { hidden, inter: shared, gated: ffn.gated }, format)
      : []),
  ]
}

interface FfnShape {
  readonly hidden: number
  readonly inter: number
  readonly gated: boolean
}

function denseFfn(name: string, count: number, tokens: number, shape: FfnShape, format: Format): Operator[] {
  const up = shape.gated ? 2 : 1
  return [
    gemm(`${name}-up`, count, { rows: tokens, inner: shape.hidden, columns: up * shape.inter }, format),
    gemm(`${name}-down`, count, { rows: tokens, inner: shape.inter, columns: shape.hidden }, format, 'inner'),
  ]
}

function latentProjections(arch: ModelArch, ffn: MoeFfn, count: number, tokens: number, format: Format): Operator[] {
  if (ffn.expertHidden === arch.hidden) return []
  return [gemm('latent-proj', count, { rows: tokens, inner: arch.hidden, columns: 2 * ffn.expertHidden }, format)]
}

function expertGemm(ffn: MoeFfn, count: number, tokens: number, format: Format): Operator {
  const matrices = ffn.gated ? 3 : 2
  const values = matrices * ffn.expertHidden * ffn.inter
  const routed = tokens * ffn.topk
  const expertBytes = values * bytesPerWeight(format)
  return {
    name: 'experts',
    kind: 'expert-gemm',
    split: 'expert',
    count,
    rows: tokens,
    flops: 2 * routed * values,
    weightBytes: distinctExperts(ffn.experts, ffn.topk, tokens, EXPERT_SPREAD) * expertBytes,
    cacheBytes: 0,
    activationBytes: routed * (2 * ffn.expertHidden + matrices * ffn.inter) * ACTIVATION_BYTES,
    format,
    routing: {
      experts: ffn.experts,
      topk: ffn.topk,
      expertBytes,
      hidden: ffn.expertHidden,
      width: ffn.inter,
      ranks: 1,
      tokens,
    },
  }
}

/**
 * Spread of expert popularity (coefficient of variation) assumed when nothing is known about the router. Decode times of
 * measured deployments are fitted best by 0.8 to 1.5.
 */
export const EXPERT_SPREAD = 1

/**
 * Expected number of distinct experts that `tokens` tokens hit when each picks `topk` of `experts`:
 * E·(1 − (1 − k/E)^B) when all are equally popular. With popularity drawn from a gamma distribution of coefficient of
 * variation s, (1 − k/E)^B = e^−λ becomes its Laplace transform (1 + s²λ)^(−1/s²): popular experts are hit again and
 * again, the others later.
 */
export function distinctExperts(experts: number, topk: number, tokens: number, spread = 0): number {
  const mean = -tokens * Math.log1p(-Math.min(topk / experts, 1 - 1e-12))
  if (spread === 0) return experts * -Math.expm1(-mean)
  const variance = spread * spread
  return experts * -Math.expm1(-Math.log1p(variance * mean) / variance)
}
