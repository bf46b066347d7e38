import type { Mixer, MlaMixer, SparseIndex } from '../arch.ts'
import type { ConfigFields } from '../config-fields.ts'
import type { Layer } from '../layer.ts'
import { type FamilyReader, assemble, hiddenSize, layerCount } from '../skeleton.ts'
import { denseFfn, moeFfn, readExperts, readInter } from './ffn.ts'

/** Multi-head latent attention with shared and fine-grained experts: DeepSeek V2, V3 and their descendants. */
export const deepseekFamilies: ReadonlyMap<string, FamilyReader> = new Map([
  // V2 balances its experts by a loss; V3 and later keep one correction per expert.
  ['deepseek_v2', (source) => latentArch(source, { isCorrected: false, isSparse: false })],
  ['deepseek_v3', (source) => latentArch(source, { isCorrected: true, isSparse: false })],
  ['kimi_k2', (source) => latentArch(source, { isCorrected: true, isSparse: false })],
  ['deepseek_v32', (source) => latentArch(source, { isCorrected: true, isSparse: true })],
  ['glm_moe_dsa', (source) => latentArch(source, { isCorrected: true, isSparse: true })],
] satisfies readonly (readonly [string, FamilyReader])[])

interface LatentTraits extends ExpertTraits {
  readonly isSparse: boolean
}

function latentArch(source: Parameters<FamilyReader>[0], traits: LatentTraits): ReturnType<FamilyReader> {
  const config = source.text
  const hidden = hiddenSize(config)
  const shape = readLatentShape(config)
  const mixer = mlaMixer(shape, traits.isSparse ? { sparse: readIndex(config, hidden, shape.queryRank) } : {})
  return assemble(source, { hidden, layers: latentLayers(config, hidden, () => mixer, traits), tiedByDefault: false })
}

/** How the experts of a descendant differ. */
export interface ExpertTraits {
  /** One balancing correction per expert. */
  readonly isCorrected: boolean
  /** Width of the latent space the routed experts work in, D when absent. */
  readonly expertHidden?: number
  readonly expertNormParams?: number
}

/** Dense layers first, experts after, each behind `mixerAt(index)`. */
export function latentLayers(
  config: ConfigFields,
  hidden: number,
  mixerAt: (index: number) => Mixer,
  traits: ExpertTraits,
): readonly Layer[] {
  const { experts, topk } = readExperts(config)
  const inter = readInter(config, 'moe_intermediate_size')
  const shared = config.countOr(['n_shared_experts', 'num_shared_experts'], 0, { min: 0 })
  const smallParams = (traits.isCorrected ? experts : 0) + (traits.expertNormParams ?? 0)
  const expertHidden = traits.expertHidden ?? hidden
  const moe = moeFfn(hidden, { experts, topk, inter, sharedInter: shared * inter, expertHidden, smallParams })
  const first = config.countOr('first_k_dense_replace', 0, { min: 0 })
  const step = config.countOr('moe_layer_freq', 1)
  const dense = denseFfn(first > 0 || step > 1 ? readInter(config) : inter)
  return Array.from({ length: layerCount(config) }, (_, index) => ({
    mixer: mixerAt(index),
    ffn: index < first || index % step !== 0 ? dense : moe,
    normParams: 2 * hidden,
  }))
}

/** Sizes of multi-head latent attention. */
export interface LatentShape {
  readonly heads: number
  readonly queryRank: number
  readonly kvRank: number
  readonly nopeDim: number
  readonly ropeDim: number
  readonly valueDim: number
}

export function readLatentShape(config: ConfigFields): LatentShape {
  return {
    heads: config.count('num_attention_heads', { max: 65_536 }),
    // null in V2-Lite: queries are projected directly.
    queryRank: config.countOr('q_lora_rank', 0),
    kvRank: config.count('kv_lora_rank'),
    nopeDim: config.count('qk_nope_head_dim'),
    ropeDim: config.count('qk_rope_head_dim'),
    valueDim: config.count('v_head_dim'),
  }
}

/** MLA of `shape`; the norms of both latents are its small parameters. */
export function mlaMixer(
  shape: LatentShape,
  traits: { readonly sparse?: SparseIndex; readonly outputGate?: boolean } = {},
): MlaMixer {
  return {
    kind: 'mla',
    ...shape,
    outputGate: traits.outputGate ?? false,
    ...(traits.sparse === undefined ? {} : { sparse: traits.sparse }),
    smallParams: shape.queryRank + shape.kvRank,
  }
}

/**
 * Lightning indexer of DeepSeek V3.2: queries from the query latent, one key of `index_head_dim` per token behind a
 * layer norm, one weight per head from the hidden state. Its keys are cached in FP8 with one FP32 scale each.
 */
function readIndex(config: ConfigFields, hidden: number, queryRank: number): SparseIndex {
  const indexHeads = config.count('index_n_heads')
  const indexDim = config.count('index_head_dim')
  const queryInput = queryRank > 0 ? queryRank : hidden
  return {
    topk: config.count('index_topk'),
    indexHeads,
    indexDim,
    queryInput,
    cachedPerToken: indexDim,
    cacheFormat: 'fp8',
    params: queryInput * indexHeads * indexDim + hidden * (indexDim + indexHeads) + 2 * indexDim,
  }
}
