import type { CompressedMixer, SparseIndex } from '../arch.ts'
import type { ConfigFields } from '../config-fields.ts'
import { type FamilyReader, assemble, hiddenSize, layerCount } from '../skeleton.ts'
import { moeFfn, readExperts, readInter } from './ffn.ts'

/** DeepSeek V4: compressed sparse attention, hyper-connections, experts in every layer. */
export const deepseekV4Families: ReadonlyMap<string, FamilyReader> = new Map([
  ['deepseek_v4', v4Arch],
] satisfies readonly (readonly [string, FamilyReader])[])

function v4Arch(source: Parameters<FamilyReader>[0]): ReturnType<FamilyReader> {
  const config = source.text
  const hidden = hiddenSize(config)
  const ratios = compressRatios(config, layerCount(config))
  const mixers = new Map([...new Set(ratios)].map((ratio) => [ratio, compressedMixer(config, hidden, ratio)] as const))
  const { experts, topk } = readExperts(config)
  const inter = readInter(config, 'moe_intermediate_size')
  const sharedInter = config.countOr('n_shared_experts', 1, { min: 0 }) * inter
  // Hash-routed layers have no correction, which is 768 parameters fewer than counted here.
  const ffn = moeFfn(hidden, { experts, topk, inter, sharedInter, smallParams: experts })
  const streams = config.countOr('hc_mult', 4)
  const normParams = 2 * hidden + 2 * hyperConnectionParams(hidden, streams)
  const layers = ratios.map((ratio) => ({
    mixer: mixers.get(ratio) ?? compressedMixer(config, hidden, ratio),
    ffn,
    normParams,
  }))
  // The streams are merged by a small projection before the last norm.
  const finalNormParams = hidden + streams * streams * hidden + streams + 1
  return assemble(source, { hidden, layers, tiedByDefault: false, finalNormParams })
}

/** Tokens per compressed entry that have an implementation: window only, with an index, heavily compressed. */
const RATIOS: ReadonlyMap<string, number> = new Map([
  ['sliding_attention', 0],
  ['compressed_sparse_attention', 4],
  ['heavily_compressed_attention', 128],
])

function compressRatios(config: ConfigFields, count: number): readonly number[] {
  const types = config.optionalTexts('layer_types', count, [...RATIOS.keys()])
  if (types !== undefined) return types.map((type) => RATIOS.get(type) ?? 0)
  const ratios = config.optionalCounts('compress_ratios', count, { min: 0 })
  if (ratios === undefined) throw config.missing(['compress_ratios', 'layer_types'])
  const known = [...RATIOS.values()]
  const wrong = ratios.findIndex((ratio) => !known.includes(ratio))
  if (wrong >= 0)
    throw config.invalid(['compress_ratios', wrong], `expected one of ${known.join(', ')}, got ${ratios[wrong]}`)
  return ratios
}

// DeepSeek-V4 report §2.3: layers with ratio 4 pool overlapping windows (two series of keys and gates) behind an
// indexer; layers with ratio 128 pool disjoint windows and attend to every entry.
function compressedMixer(config: ConfigFields, hidden: number, ratio: number): CompressedMixer {
  const heads = config.count('num_attention_heads', { max: 65_536 })
  const headDim = config.count('head_dim')
  const queryRank = config.count('q_lora_rank')
  const outputGroups = config.count('o_groups')
  if ((heads * headDim) % outputGroups !== 0)
    throw config.invalid('o_groups', `${heads} heads of ${headDim} do not divide into ${outputGroups} groups`)
  const isIndexed = ratio === RATIOS.get('compressed_sparse_attention')
  const series = isIndexed ? 2 : 1
  const compressorSmall = ratio === 0 ? 0 : ratio * series * headDim + headDim
  return {
    kind: 'compressed',
    heads,
    headDim,
    ropeDim: config.count('qk_rope_head_dim'),
    queryRank,
    outputGroups,
    outputRank: config.count('o_lora_rank'),
    window: config.count('sliding_window'),
    ratio,
    ...(isIndexed ? { sparse: compressedIndex(config, hidden, queryRank, ratio) } : {}),
    // Norms of query latent and key, one sink per head, the compressor's position bias and norm.
    smallParams: queryRank + headDim + heads + compressorSmall,
  }
}

// The indexer has a compressor of its own: one key per compressed entry, kept in FP8 like that of DeepSeek V3.2.
function compressedIndex(config: ConfigFields, hidden: number, queryRank: number, ratio: number): SparseIndex {
  const indexHeads = config.count('index_n_heads')
  const indexDim = config.count('index_head_dim')
  const compressor = 4 * hidden * indexDim + 2 * ratio * indexDim + indexDim
  return {
    topk: config.count('index_topk'),
    indexHeads,
    indexDim,
    queryInput: queryRank,
    cachedPerToken: indexDim,
    cacheFormat: 'fp8',
    params: queryRank * indexHeads * indexDim + hidden * indexHeads + compressor,
  }
}

// Manifold-constrained hyper-connections (§2.2): n streams are mixed by (2 + n)·n weights computed from all of them.
function hyperConnectionParams(hidden: number, streams: number): number {
  const weights = (2 + streams) * streams
  return weights * streams * hidden + weights + 3
}
