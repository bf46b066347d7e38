import type { GqaMixer, SparseIndex } from '../arch.ts'
import type { ConfigFields } from '../config-fields.ts'

/** Heads of grouped-query attention. */
export interface Heads {
  readonly heads: number // H
  readonly kvHeads: number // G
  readonly headDim: number // h
}

/** What sets the attention of one family apart; everything defaults to plain llama attention. */
export interface AttentionTraits {
  readonly valueDim?: number
  readonly window?: number | undefined
  readonly sharedKv?: boolean
  readonly outputGate?: boolean
  readonly qkvBias?: boolean
  readonly outputBias?: boolean
  /** One learned sink logit per head (gpt-oss). */
  readonly sinks?: boolean
  /** Norm of queries and keys: `head` has one weight per head dimension, `full` one per projected column. */
  readonly qkNorm?: 'none' | 'head' | 'full'
  readonly sparse?: SparseIndex
  /** Further parameters outside the four projections. */
  readonly otherParams?: number
}

/**
 * H, G and h. As transformers does: G = H when `num_key_value_heads` is absent, h = D / H when `head_dim` is absent
 * (unless the class has a default of its own).
 */
export function readHeads(config: ConfigFields, hidden: number, headDimDefault?: number): Heads {
  const heads = config.count(['num_attention_heads', 'n_head', 'n_heads'], { max: 65_536 })
  const kvHeads = config.countOr('num_key_value_heads', heads, { max: 65_536 })
  const headDim =
    config.optionalCount('head_dim', { max: 65_536 }) ?? headDimDefault ?? evenHeadDim(config, hidden, heads)
  return checkedHeads(config, { heads, kvHeads, headDim })
}

/** Throws unless the query heads share the KV heads evenly. */
export function checkedHeads(config: ConfigFields, shape: Heads, field = 'num_key_value_heads'): Heads {
  if (shape.heads % shape.kvHeads === 0) return shape
  throw config.invalid(field, `${shape.heads} query heads cannot share ${shape.kvHeads} KV heads evenly`)
}

function evenHeadDim(config: ConfigFields, hidden: number, heads: number): number {
  if (hidden % heads === 0) return hidden / heads
  throw config.invalid('num_attention_heads', `hidden size ${hidden} does not divide into ${heads} heads`)
}

/** Grouped-query attention of `shape` with its small parameters counted. */
export function gqaMixer(hidden: number, shape: Heads, traits: AttentionTraits = {}): GqaMixer {
  const { heads, kvHeads, headDim } = shape
  const valueDim = traits.valueDim ?? headDim
  const sharedKv = traits.sharedKv ?? false
  const qkvBias = traits.qkvBias ?? false
  const outputBias = traits.outputBias ?? false
  const keyValueCols = kvHeads * (headDim + (sharedKv ? 0 : valueDim))
  const biasParams = (qkvBias ? heads * headDim + keyValueCols : 0) + (outputBias ? hidden : 0)
  const sinkParams = traits.sinks === true ? heads : 0
  return {
    kind: 'gqa',
    heads,
    kvHeads,
    headDim,
    valueDim,
    ...(traits.window === undefined ? {} : { window: traits.window }),
    sharedKv,
    outputGate: traits.outputGate ?? false,
    bias: qkvBias || outputBias,
    qkNorm: (traits.qkNorm ?? 'none') !== 'none',
    ...(traits.sparse === undefined ? {} : { sparse: traits.sparse }),
    smallParams: biasParams + sinkParams + qkNormParams(shape, traits.qkNorm) + (traits.otherParams ?? 0),
  }
}

function qkNormParams({ heads, kvHeads, headDim }: Heads, kind: AttentionTraits['qkNorm']): number {
  if (kind === 'head') return 2 * headDim
  return kind === 'full' ? (heads + kvHeads) * headDim : 0
}

const LAYER_TYPES = ['full_attention', 'sliding_attention', 'chunked_attention', 'linear_attention']

/** The config's `layer_types`, one per layer; undefined when absent. */
export function layerTypes(config: ConfigFields, layers: number): readonly string[] | undefined {
  return config.optionalTexts('layer_types', layers, LAYER_TYPES)
}
