import type { Format } from '../units/index.ts'
import type { CompressedMixer, GqaMixer, LayerGroup, LinearMixer, MlaMixer, ModelArch, SparseIndex } from './arch.ts'
import { cacheValueBytes } from './kv.ts'
import { ACTIVATION_BYTES, type HeadShape, type Operator, type ServingFormats, elementwise, gemm } from './operator.ts'
import { type Pass, passTokens } from './pass.ts'

/** What the operators of one mixer are built from. */
interface Setting {
  readonly count: number
  readonly hidden: number
  readonly pass: Pass
  readonly tokens: number
  /** Format of the projections. */
  readonly weights: Format
  /** Bytes per cached value. */
  readonly cacheBytes: number
}

/** Query rows that share one read of the keys they attend to: the tiles that run side by side find them in cache. */
const QUERY_TILE = 2048
/** Tokens after which a chunked recurrence keeps its state. */
const CHUNK = 128

/** Operators of the sequence mixer of `group`'s layers. */
export function mixerOperators(arch: ModelArch, group: LayerGroup, pass: Pass, formats: ServingFormats): Operator[] {
  const setting: Setting = {
    count: group.count,
    hidden: arch.hidden,
    pass,
    tokens: passTokens(pass),
    weights: formats.weights.attention,
    cacheBytes: cacheValueBytes(formats.cache),
  }
  const mixer = group.mixer
  if (mixer.kind === 'gqa') return gqa(mixer, setting)
  if (mixer.kind === 'mla') return mla(mixer, setting)
  if (mixer.kind === 'compressed') return compressed(mixer, setting)
  if (mixer.kind === 'linear') return linear(mixer, setting)
  return []
}

function gqa(mixer: GqaMixer, at: Setting): Operator[] {
  const { heads, kvHeads, headDim, valueDim } = mixer
  const keyCols = kvHeads * (headDim + (mixer.sharedKv ? 0 : valueDim))
  const columns = heads * headDim + keyCols + (mixer.outputGate ? heads * valueDim : 0)
  const core: AttentionCore = {
    heads,
    flopsPerPair: 2 * heads * (headDim + valueDim),
    // A shared projection still caches two tensors: keys are rotated, values are not.
    cachedValues: kvHeads * (headDim + valueDim),
    cacheHeads: kvHeads,
    queryValues: heads * (headDim + valueDim),
    limit: mixer.sparse?.topk ?? mixer.window ?? Number.POSITIVE_INFINITY,
    dim: headDim,
    latent: false,
  }
  return [
    gemm('qkv-proj', at.count, { rows: at.tokens, inner: at.hidden, columns }, at.weights),
    elementwise('rope', at.count, at.tokens, 2 * (heads + kvHeads) * headDim, 'tensor'),
    ...indexer(mixer.sparse, at),
    ...attention(core, at),
    gemm('o-proj', at.count, { rows: at.tokens, inner: heads * valueDim, columns: at.hidden }, at.weights, 'inner'),
  ]
}

/**
 * MLA (DeepSeek-V2 §2.1). Decode runs absorbed: queries move into the latent space (H·nope·kvRank weights), attention
 * reads kvRank + rope values per token, shared by all heads, and values move back (H·v·kvRank). Prefill runs naive: keys
 * and values are expanded per head. Both read the same up-projection weights once.
 */
function mla(mixer: MlaMixer, at: Setting): Operator[] {
  const { heads, queryRank, kvRank, nopeDim, ropeDim, valueDim } = mixer
  const queryCols = heads * (nopeDim + ropeDim)
  const latent = kvRank + ropeDim
  const limit = mixer.sparse?.topk ?? Number.POSITIVE_INFINITY
  const { pass } = at
  const down = { rows: at.tokens, inner: at.hidden, columns: queryRank > 0 ? queryRank + latent : latent }
  const up = { rows: at.tokens, inner: queryRank > 0 ? queryRank : at.hidden, columns: queryCols }
  const gate = mixer.outputGate
    ? [gemm('attn-gate', at.count, { rows: at.tokens, inner: at.hidden, columns: heads * valueDim }, at.weights)]
    : []
  return [
    gemm('qkv-down', at.count, down, at.weights, 'none'),
    gemm('q-up', at.count, up, at.weights),
    gemm('kv-up', at.count, { rows: at.tokens, inner: kvRank, columns: heads * (nopeDim + valueDim) }, at.weights),
    elementwise('rope', at.count, at.tokens, 2 * (heads + 1) * ropeDim, 'tensor'),
    ...indexer(mixer.sparse, at),
    ...prefillAttention(
      {
        heads,
        flopsPerPair: 2 * heads * (nopeDim + ropeDim + valueDim),
        cachedValues: heads * (nopeDim + ropeDim + valueDim),
        cacheHeads: heads,
        queryValues: heads * (nopeDim + ropeDim + valueDim),
        limit,
        dim: nopeDim + ropeDim,
        latent: true,
      },
      { ...at, cacheBytes: ACTIVATION_BYTES, pass },
    ),
    ...decodeAttention(
      {
        heads,
        flopsPerPair: 2 * heads * (2 * kvRank + ropeDim),
        cachedValues: latent,
        cacheHeads: 1,
        queryValues: heads * (2 * kvRank + ropeDim),
        limit,
        dim: latent,
        latent: true,
      },
      at,
    ),
    ...gate,
    gemm('o-proj', at.count, { rows: at.tokens, inner: heads * valueDim, columns: at.hidden }, at.weights, 'inner'),
  ]
}

// DeepSeek V4: window tokens plus compressed entries, one shared KV head, grouped low-rank output projection.
function compressed(mixer: CompressedMixer, at: Setting): Operator[] {
  const { heads, headDim, queryRank, outputGroups, outputRank } = mixer
  const entries = (context: number): number => {
    const far = mixer.ratio > 0 ? context / mixer.ratio : 0
    return Math.min(context, mixer.window) + Math.min(far, mixer.sparse?.topk ?? Number.POSITIVE_INFINITY)
  }
  const core: AttentionCore = {
    heads,
    flopsPerPair: 4 * heads * headDim,
    cachedValues: headDim,
    cacheHeads: 1,
    queryValues: 2 * heads * headDim,
    limit: Number.POSITIVE_INFINITY,
    dim: headDim,
    latent: false,
  }
  const pass = {
    ...at.pass,
    prefillContext: entries(at.pass.prefillContext),
    decodeContext: entries(at.pass.decodeContext),
  }
  const compressor =
    mixer.ratio > 0
      ? [
          gemm(
            'compressor',
            at.count,
            { rows: at.tokens, inner: at.hidden, columns: compressorColumns(mixer) },
            at.weights,
            'none',
          ),
        ]
      : []
  return [
    gemm('qkv-down', at.count, { rows: at.tokens, inner: at.hidden, columns: queryRank + headDim }, at.weights, 'none'),
    gemm('q-up', at.count, { rows: at.tokens, inner: queryRank, columns: heads * headDim }, at.weights),
    ...compressor,
    ...indexer(mixer.sparse, at, mixer.ratio),
    ...attention(core, { ...at, pass }),
    gemm(
      'o-down',
      at.count,
      { rows: at.tokens, inner: (heads * headDim) / outputGroups, columns: outputGroups * outputRank },
      at.weights,
    ),
    gemm(
      'o-up',
      at.count,
      { rows: at.tokens, inner: outputGroups * outputRank, columns: at.hidden },
      at.weights,
      'none',
    ),
  ]
}

// Overlapping windows (ratio 4) project keys and gates twice (DeepSeek V4).
function compressorColumns({ ratio, headDim }: CompressedMixer): number {
  return (ratio <= 4 ? 4 : 2) * headDim
}

// Index scores: every query against every cached index key, in 8 bits (DeepSeek V3.2 "lightning indexer").
function indexer(sparse: SparseIndex | undefined, at: Setting, tokensPerEntry = 1): Operator[] {
  if (sparse === undefined || tokensPerEntry === 0) return []
  const columns = sparse.indexHeads * sparse.indexDim
  const decoded = at.pass.decodeSequences * at.pass.decodeTokens
  const pairs = (at.pass.prefillTokens * at.pass.prefillContext + decoded * at.pass.decodeContext) / tokensPerEntry
  const keys =
    (at.pass.decodeSequences * at.pass.decodeContext + (at.pass.prefillTokens * at.pass.prefillContext) / QUERY_TILE) /
    tokensPerEntry
  return [
    gemm('index-proj', at.count, { rows: at.tokens, inner: sparse.queryInput, columns }, at.weights, 'none'),
    {
      name: 'index-scores',
      kind: 'decode-attention',
      split: 'none',
      count: at.count,
      rows: at.tokens,
      flops: 2 * pairs * columns,
      weightBytes: 0,
      cacheBytes: keys * sparse.cachedPerToken,
      activationBytes: at.tokens * columns * ACTIVATION_BYTES,
      format: 'fp8',
    },
  ]
}

/** The score-and-mix core of attention, whatever the projections around it. */
interface AttentionCore {
  readonly heads: number
  /** FLOPs per (query token, key) pair over all heads: scores and mixing. */
  readonly flopsPerPair: number
  /** Values read per attended token. */
  readonly cachedValues: number
  readonly cacheHeads: number
  /** Values of queries read and outputs written per query token. */
  readonly queryValues: number
  /** Most keys one query attends to. */
  readonly limit: number
  /** Values of one head's query and key. */
  readonly dim: number
  readonly latent: boolean
}

function attention(core: AttentionCore, at: Setting): Operator[] {
  return [...prefillAttention(core, at), ...decodeAttention(core, at)]
}

function prefillAttention(core: AttentionCore, at: Setting): Operator[] {
  const { prefillTokens, prefillContext } = at.pass
  if (prefillTokens === 0) return []
  const keys = Math.min(prefillContext, core.limit)
  const pairs = prefillTokens * keys
  return [
    {
      name: 'prefill-attention',
      kind: 'prefill-attention',
      split: 'tensor',
      count: at.count,
      rows: prefillTokens,
      flops: pairs * core.flopsPerPair,
      weightBytes: 0,
      cacheBytes: (pairs / QUERY_TILE) * core.cachedValues * at.cacheBytes,
      activationBytes: prefillTokens * (core.queryValues + core.cachedValues) * ACTIVATION_BYTES,
      format: 'bf16',
      cacheHeads: core.cacheHeads,
      keys,
      heads: headShape(core, at, at.pass.prefillSequences),
    },
  ]
}

function decodeAttention(core: AttentionCore, at: Setting): Operator[] {
  const { decodeSequences, decodeTokens, decodeContext } = at.pass
  if (decodeSequences === 0) return []
  const attended = Math.min(decodeContext, core.limit)
  const rows = decodeSequences * decodeTokens
  return [
    {
      name: 'decode-attention',
      kind: 'decode-attention',
      split: 'tensor',
      count: at.count,
      rows,
      flops: rows * attended * core.flopsPerPair,
      weightBytes: 0,
      cacheBytes: decodeSequences * attended * core.cachedValues * at.cacheBytes,
      activationBytes: rows * core.queryValues * ACTIVATION_BYTES,
      format: 'bf16',
      cacheHeads: core.cacheHeads,
      keys: attended,
      heads: headShape(core, at, decodeSequences),
    },
  ]
}

function headShape({ heads, dim, latent }: AttentionCore, at: Setting, sequences: number): HeadShape {
  return { query: heads, dim, sequences, cacheBits: at.cacheBytes > 1.5 ? 16 : 8, latent }
}

// The recurrence reads and writes its state once per decoded token; prefill works in chunks and keeps it on chip. Delta rules
// correct the state by what it says of each key, so that chunks of one sequence can only run one after the other.
function linear(mixer: LinearMixer, at: Setting): Operator[] {
  const { pass, weights, hidden, count, tokens } = at
  const decoded = pass.decodeSequences * pass.decodeTokens
  const chain = mixer.variant === 'mamba2' ? undefined : pass.prefillTokens / pass.prefillSequences
  return [
    gemm('mixer-in', count, { rows: tokens, inner: hidden, columns: mixer.inputCols }, weights),
    ...recurrence('prefill-recurrence', mixer, at, pass.prefillTokens, pass.prefillTokens / CHUNK, chain),
    ...recurrence('recurrence', mixer, at, decoded, decoded),
    gemm('mixer-out', count, { rows: tokens, inner: mixer.outputRows, columns: hidden }, weights, 'inner'),
  ]
}

function recurrence(
  name: string,
  mixer: LinearMixer,
  at: Setting,
  rows: number,
  statesTouched: number,
  chain?: number,
): Operator[] {
  if (rows === 0) return []
  const stateBytes =
    (mixer.stateValues * cacheValueBytes(mixer.stateFormat ?? 'fp32') + mixer.convValues * ACTIVATION_BYTES) * 2
  return [
    {
      name,
      kind: 'recurrence',
      split: 'tensor',
      count: at.count,
      rows,
      flops: rows * mixer.recurrenceFlops,
      weightBytes: 0,
      cacheBytes: statesTouched * stateBytes,
      activationBytes: rows * mixer.inputCols * ACTIVATION_BYTES,
      format: 'bf16',
      cacheHeads: mixer.heads,
      ...(chain === undefined ? {} : { chain }),
    },
  ]
}
