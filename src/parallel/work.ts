import {
  ACTIVATION_BYTES,
  type ModelArch,
  type Operator,
  type Pass,
  type Routing,
  type ServingFormats,
} from '../model/index.ts'
import { EXPERT_SPREAD, distinctExperts, passOperators, passTokens, splitPass, totalLayers } from '../model/index.ts'
import type { Bytes } from '../units/index.ts'
import { mostDistinct, rankImbalance } from './imbalance.ts'
import type { Mapping } from './mapping.ts'

export type CollectiveKind = 'all-reduce' | 'all-gather' | 'reduce-scatter' | 'all-to-all' | 'send'

/** A transfer that all `ranks` take part in. `bytes` is the size of the full tensor on one rank. */
export interface Collective {
  readonly name: string
  readonly kind: CollectiveKind
  readonly count: number
  readonly ranks: number
  readonly bytes: Bytes
  /** Chips apart that the two ends of a `send` are. */
  readonly span?: number
}

/** What one chip (the slowest one) computes and communicates in one pass. */
export interface ChipWork {
  readonly operators: readonly Operator[]
  readonly collectives: readonly Collective[]
}

/**
 * Work of the busiest chip for `pass` (all sequences of the replica) under `mapping`. Pipeline stages run on
 * micro-batches of 1/pp of the pass; the operators listed are those of all stages in turn, i.e. the latency path.
 */
export function chipWork(arch: ModelArch, pass: Pass, mapping: Mapping, formats: ServingFormats): ChipWork {
  const local = splitPass(splitPass(pass, mapping.pp), mapping.dp)
  const operators = passOperators(arch, local, formats).map((operator) => perChip(operator, mapping))
  const collectives = rankCollectives(arch, local, mapping)
  return { operators: withoutFused(operators, collectives), collectives }
}

/**
 * The operators less the norms that no kernel of their own runs: engines normalise in the kernel that adds up the shares of tensor-parallel
 * ranks (FlashInfer's and TensorRT-LLM's fused all-reduce).
 */
export function withoutFused(operators: Operator[], collectives: readonly Collective[]): Operator[] {
  let fused = 0
  for (const { kind, count } of collectives) if (kind === 'all-reduce') fused += count
  if (fused === 0) return operators
  return operators.flatMap((operator) => {
    if (operator.name !== 'norms') return [operator]
    const count = Math.max(0, operator.count - fused)
    fused -= operator.count - count
    return count === 0 ? [] : [{ ...operator, count }]
  })
}

/** What the busiest chip does of an operator of one attention rank. */
export function perChip(operator: Operator, mapping: Mapping): Operator {
  if (operator.routing !== undefined) return expertShare(operator, operator.routing, mapping)
  if (operator.split === 'none' || mapping.tp === 1) return operator
  const tp = mapping.tp
  // KV heads divide over ranks only as far as there are heads; beyond that ranks hold copies.
  const cacheParts = Math.min(tp, operator.cacheHeads ?? tp)
  return {
    ...operator,
    ...dividedShape(operator, tp, cacheParts),
    flops: operator.flops / tp,
    weightBytes: operator.weightBytes / tp,
    cacheBytes: operator.cacheBytes / cacheParts,
    activationBytes: operator.activationBytes / tp,
  }
}

// What a rank's kernels see of an operator's shape.
function dividedShape(
  { split, inner, columns, heads, cacheHeads }: Operator,
  tp: number,
  cacheParts: number,
): Partial<Operator> {
  if (heads !== undefined) {
    return { heads: { ...heads, query: heads.query / tp }, cacheHeads: (cacheHeads ?? tp) / cacheParts }
  }
  if (split === 'inner') return inner === undefined ? {} : { inner: inner / tp }
  return columns === undefined ? {} : { columns: columns / tp }
}

// Expert ranks see the tokens of all attention ranks; each holds E/ep experts, each expert's width split moeTp ways.
function expertShare(operator: Operator, routing: Routing, mapping: Mapping): Operator {
  const tokens = routing.tokens * mapping.dp
  const { moeEp, moeTp } = mapping
  const imbalance = rankImbalance(routing.experts, moeEp, (tokens * routing.topk) / moeEp, EXPERT_SPREAD)
  const share = (imbalance * mapping.dp) / (moeEp * moeTp)
  const distinct = distinctExperts(routing.experts, routing.topk, tokens, EXPERT_SPREAD)
  const hit = mostDistinct(routing.experts, moeEp, distinct)
  return {
    ...operator,
    rows: tokens,
    flops: operator.flops * share,
    weightBytes: (hit * routing.expertBytes) / moeTp,
    activationBytes: operator.activationBytes * share,
    routing: { ...routing, tokens, ranks: moeEp, width: routing.width / moeTp },
  }
}

/** Collectives of a pass of which each attention rank holds `local`. */
export function rankCollectives(arch: ModelArch, local: Pass, mapping: Mapping): Collective[] {
  const tokens = passTokens(local)
  const bytes = tokens * arch.hidden * ACTIVATION_BYTES
  const result: Collective[] = []
  const layers = totalLayers(arch)
  const mixers = arch.layers.reduce((sum, group) => sum + (group.mixer.kind === 'none' ? 0 : group.count), 0)
  if (mapping.tp > 1) {
    result.push({ name: 'attention-reduce', kind: 'all-reduce', count: mixers, ranks: mapping.tp, bytes })
    const sampled = local.prefillSequences + local.decodeSequences * local.decodeTokens
    const logits = sampled * arch.vocab * ACTIVATION_BYTES
    result.push({ name: 'logits-gather', kind: 'all-gather', count: 1, ranks: mapping.tp, bytes: logits })
  }
  result.push(...ffnCollectives(arch, bytes, mapping))
  if (mapping.pp > 1)
    result.push({
      name: 'stage-send',
      kind: 'send',
      count: Math.min(mapping.pp - 1, layers),
      ranks: 2,
      bytes,
      span: mapping.tp * mapping.dp,
    })
  return result
}

function ffnCollectives(arch: ModelArch, bytes: Bytes, mapping: Mapping): Collective[] {
  const result: Collective[] = []
  const ranks = mapping.tp * mapping.dp
  for (const { ffn, count } of arch.layers) {
    if (ffn.kind === 'none') continue
    if (ffn.kind === 'moe' && mapping.dp > 1) {
      result.push(...dispatch(count, ranks, bytes, mapping, ffn.topk))
    } else if (mapping.tp > 1) {
      result.push({ name: 'ffn-reduce', kind: 'all-reduce', count, ranks: mapping.tp, bytes })
    }
  }
  return result
}

// With attention data parallelism tokens travel to their experts and back. Full expert parallelism sends each token to
// at most k ranks; otherwise everyone gathers everyone's tokens and scatters the sums.
function dispatch(count: number, ranks: number, bytes: Bytes, mapping: Mapping, topk: number): Collective[] {
  if (mapping.moeTp === 1) {
    const copies = Math.min(topk, ranks)
    return [
      { name: 'dispatch', kind: 'all-to-all', count, ranks, bytes: bytes * copies },
      { name: 'combine', kind: 'all-to-all', count, ranks, bytes: bytes * copies },
    ]
  }
  return [
    { name: 'dispatch', kind: 'all-gather', count, ranks, bytes: bytes * mapping.dp },
    { name: 'combine', kind: 'reduce-scatter', count, ranks, bytes: bytes * mapping.dp },
  ]
}
