import type { Ffn, GqaMixer, SparseIndex } from '../arch.ts'
import type { ConfigFields } from '../config-fields.ts'
import { type FamilyReader, assemble, hiddenSize, layerCount } from '../skeleton.ts'
import { type Heads, checkedHeads, gqaMixer, layerTypes, readHeads } from './attention.ts'
import { denseFfn, moeFfn, readExperts, readInter } from './ffn.ts'

/** Sparse models whose layers mix full attention with another kind, each in its own config dialect. */
export const mixedWindowFamilies: ReadonlyMap<string, FamilyReader> = new Map([
  ['mimo_v2_flash', mimoArch],
  ['step3p5', stepArch],
  ['minimax_m3', minimaxM3Arch],
] satisfies readonly (readonly [string, FamilyReader])[])

type Source = Parameters<FamilyReader>[0]
type Arch = ReturnType<FamilyReader>

// MiMo-V2-Flash: sliding layers have their own head counts and one sink per head; keys and values differ in width.
function mimoArch(source: Source): Arch {
  const config = source.text
  const hidden = hiddenSize(config)
  const count = layerCount(config)
  const bias = config.flagOr('attention_bias', false)
  const valueDim = config.countOr('v_head_dim', 128)
  const shape = readHeads(config, hidden, 192)
  const full = gqaMixer(hidden, shape, { valueDim, qkvBias: bias })
  const slidingShape: Heads = {
    heads: config.countOr('swa_num_attention_heads', shape.heads),
    kvHeads: config.countOr('swa_num_key_value_heads', shape.kvHeads),
    headDim: config.countOr('swa_head_dim', shape.headDim),
  }
  const sliding = gqaMixer(hidden, checkedHeads(config, slidingShape, 'swa_num_key_value_heads'), {
    valueDim: config.countOr('swa_v_head_dim', valueDim),
    qkvBias: bias,
    sinks: config.flagOr('add_swa_attention_sink_bias', true),
    window: config.countOr(['sliding_window', 'sliding_window_size'], 128),
  })
  const isSliding = config.optionalCounts('hybrid_layer_pattern', count, { min: 0, max: 1 })
  const isMoe = config.optionalCounts('moe_layer_freq', count, { min: 0, max: 1 })
  const moe = correctedExperts(config, hidden, 0)
  const dense = denseFfn(readInter(config))
  // Class defaults: full attention in the first and every sixth layer, experts everywhere but in the first.
  const layers = Array.from({ length: count }, (_, index) => ({
    mixer: (isSliding === undefined ? index !== 0 && (index + 1) % 6 !== 0 : isSliding[index] === 1) ? sliding : full,
    ffn: (isMoe === undefined ? index > 0 : isMoe[index] === 1) ? moe : dense,
    normParams: 2 * hidden,
  }))
  return assemble(source, { hidden, layers, tiedByDefault: false })
}

// Step 3.5 and 3.7 Flash: one gate per head (D × H), more heads in sliding layers where the config says so.
function stepArch(source: Source): Arch {
  const config = source.text
  const hidden = hiddenSize(config)
  const count = layerCount(config)
  const base = {
    heads: config.count('num_attention_heads', { max: 65_536 }),
    kvHeads: config.count(['num_key_value_heads', 'num_attention_groups'], { max: 65_536 }),
    headDim: config.countOr('head_dim', 128),
  }
  const other = config.section('attention_other_setting')
  const slidingHeads =
    config.optionalCount('num_sliding_attention_heads') ?? other?.optionalCount('num_attention_heads') ?? base.heads
  const mixer = (heads: number, window?: number): GqaMixer =>
    gqaMixer(hidden, checkedHeads(config, { ...base, heads }), { qkNorm: 'head', window, otherParams: hidden * heads })
  const types = layerTypes(config, count)
  const full = mixer(base.heads)
  const sliding =
    types?.includes('sliding_attention') === true ? mixer(slidingHeads, config.count('sliding_window')) : full
  const moe = correctedExperts(
    config,
    hidden,
    config.countOr(['share_expert_dim', 'share_expert_dims'], 1280, { min: 0 }),
  )
  const firstMoe = config.countOr('first_k_dense_replace', 3, { min: 0 })
  const dense = denseFfn(readInter(config))
  const layers = Array.from({ length: count }, (_, index) => ({
    mixer: types?.[index] === 'sliding_attention' ? sliding : full,
    ffn: index < firstMoe ? dense : moe,
    normParams: 2 * hidden,
  }))
  return assemble(source, { hidden, layers, tiedByDefault: false })
}

// MiniMax M3: block-sparse attention in most layers, found by a small indexer over single tokens.
function minimaxM3Arch(source: Source): Arch {
  const config = source.text
  const hidden = hiddenSize(config)
  const count = layerCount(config)
  const shape = readHeads(config, hidden, 128)
  const outputGate = config.flagOr('attention_output_gate', false)
  const full = gqaMixer(hidden, shape, { qkNorm: 'head', outputGate })
  const sparseConfig = config.section('sparse_attention_config')
  const frequency = sparseConfig?.optionalCounts('sparse_attention_freq', count, { min: 0, max: 1 })
  const sparse =
    sparseConfig === undefined
      ? full
      : gqaMixer(hidden, shape, { qkNorm: 'head', outputGate, sparse: blockIndex(sparseConfig, hidden) })
  const isMoe = config.optionalCounts('moe_layer_freq', count, { min: 0, max: 1 })
  const sharedInter = config.countOr('n_shared_experts', 1, { min: 0 }) * readInter(config, 'shared_intermediate_size')
  const moe = correctedExperts(config, hidden, sharedInter, ['moe_intermediate_size', 'intermediate_size'])
  const dense = denseFfn(readInter(config, 'dense_intermediate_size'))
  const layers = Array.from({ length: count }, (_, index) => ({
    mixer: frequency?.[index] === 1 ? sparse : full,
    ffn: isMoe === undefined || isMoe[index] === 1 ? moe : dense,
    normParams: 2 * hidden,
  }))
  return assemble(source, { hidden, layers, tiedByDefault: false })
}

// Index queries and one index key per token from D, each behind a norm.
function blockIndex(config: ConfigFields, hidden: number): SparseIndex {
  const indexHeads = config.count('sparse_num_index_heads')
  const indexDim = config.count('sparse_index_dim')
  return {
    topk: config.count('sparse_topk_blocks') * config.count('sparse_block_size'),
    indexHeads,
    indexDim,
    queryInput: hidden,
    cachedPerToken: indexDim,
    params: hidden * (indexHeads + 1) * indexDim + 2 * indexDim,
  }
}

function correctedExperts(
  config: ConfigFields,
  hidden: number,
  sharedInter: number,
  interField: string | readonly string[] = 'moe_intermediate_size',
): Ffn {
  const sizes = readExperts(config)
  return moeFfn(hidden, { ...sizes, inter: readInter(config, interField), sharedInter, smallParams: sizes.experts })
}
