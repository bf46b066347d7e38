import { type Bytes, type Format, type Tokens, bytesPerWeight } from '../units/index.ts'
import type { CompressedMixer, GqaMixer, LinearMixer, MlaMixer, Mixer, ModelArch, SparseIndex } from './arch.ts'

/** What a cached byte holds. `state` is the fixed recurrent state of linear layers. */
export type KvKind = 'full' | 'window' | 'latent' | 'compressed' | 'index' | 'state'

/** Cache of the layers of one kind for one sequence. */
export interface KvPart {
  readonly kind: KvKind
  readonly layers: number
  readonly bytes: Bytes
}

/**
 * One kind of cache of one layer: `values` per entry, entries at a context, entries gained per token in the long run.
 */
interface CacheRow {
  readonly kind: KvKind
  readonly valueBytes: number
  readonly values: number
  readonly entries: (context: Tokens) => number
  readonly growth: number
}

/**
 * Bytes one more token adds to the cache of a sequence that is already long: sliding-window layers have stopped growing
 * and linear layers never grow.
 */
export function kvBytesPerToken(arch: ModelArch, format: Format): Bytes {
  let bytes = 0
  for (const group of arch.layers) {
    for (const row of cacheRows(group.mixer, format)) bytes += group.count * row.growth * row.values * row.valueBytes
  }
  return bytes
}

/**
 * Cache bytes of one sequence of `context` tokens, recurrent states excluded (see `stateBytes`). Ideal: sliding layers
 * hold min(window, context) tokens and nothing is rounded up to pages; engines allocate more.
 */
export function kvBytes(arch: ModelArch, context: Tokens, format: Format): Bytes {
  let bytes = 0
  for (const group of arch.layers) {
    if (group.mixer.kind === 'linear') continue
    for (const row of cacheRows(group.mixer, format)) {
      bytes += group.count * row.entries(context) * row.values * row.valueBytes
    }
  }
  return bytes
}

/** Bytes of the recurrent and convolution states of one sequence, whatever its length. */
export function stateBytes(arch: ModelArch): Bytes {
  let bytes = 0
  for (const group of arch.layers) {
    if (group.mixer.kind === 'linear') bytes += group.count * linearStateBytes(group.mixer)
  }
  return bytes
}

/** The cache of one sequence by kind: `kvBytes` is the sum of all but `state`, `stateBytes` is `state`. */
export function kvBreakdown(arch: ModelArch, context: Tokens, format: Format): readonly KvPart[] {
  const parts = new Map<KvKind, { layers: number; bytes: number }>()
  for (const group of arch.layers) {
    for (const row of cacheRows(group.mixer, format)) {
      const part = parts.get(row.kind) ?? { layers: 0, bytes: 0 }
      part.layers += group.count
      part.bytes += group.count * row.entries(context) * row.values * row.valueBytes
      parts.set(row.kind, part)
    }
  }
  return [...parts].map(([kind, part]) => ({ kind, ...part }))
}

/**
 * Bytes of one cached value. FP8 caches carry one scale per tensor, which rounds to nothing; 4-bit ones carry block
 * scales.
 */
export function cacheValueBytes(format: Format): number {
  return format === 'fp8' ? 1 : bytesPerWeight(format)
}

function cacheRows(mixer: Mixer, format: Format): readonly CacheRow[] {
  if (mixer.kind === 'gqa') return gqaRows(mixer, format)
  if (mixer.kind === 'mla') return mlaRows(mixer, format)
  if (mixer.kind === 'compressed') return compressedRows(mixer, format)
  if (mixer.kind === 'linear') return [stateRow(mixer)]
  return []
}

// Values that share the keys' projection are cached too: keys are rotated, values are not.
function gqaRows(mixer: GqaMixer, format: Format): readonly CacheRow[] {
  const values = mixer.kvHeads * (mixer.headDim + mixer.valueDim)
  const { window } = mixer
  const row = window === undefined ? everyToken('full', values, format) : windowRow(window, values, format)
  return [row, ...indexRows(mixer.sparse, format, 1)]
}

// DeepSeek-V2 §2.1.2: the latent and the shared rotary key, one of each per token whatever the number of heads.
function mlaRows(mixer: MlaMixer, format: Format): readonly CacheRow[] {
  return [everyToken('latent', mixer.kvRank + mixer.ropeDim, format), ...indexRows(mixer.sparse, format, 1)]
}

function compressedRows(mixer: CompressedMixer, format: Format): readonly CacheRow[] {
  const window = windowRow(mixer.window, mixer.headDim, format)
  if (mixer.ratio === 0) return [window]
  const { ratio } = mixer
  const entries: CacheRow = {
    kind: 'compressed',
    valueBytes: cacheValueBytes(format),
    values: mixer.headDim,
    entries: (context) => Math.floor(context / ratio),
    growth: 1 / ratio,
  }
  return [window, entries, ...indexRows(mixer.sparse, format, ratio)]
}

function everyToken(kind: KvKind, values: number, format: Format): CacheRow {
  return { kind, valueBytes: cacheValueBytes(format), values, entries: (context) => context, growth: 1 }
}

function windowRow(window: number, values: number, format: Format): CacheRow {
  const valueBytes = cacheValueBytes(format)
  return { kind: 'window', valueBytes, values, entries: (context) => Math.min(window, context), growth: 0 }
}

// FP8 index keys carry one FP32 scale per key (DeepSeek V3.2: 128 values in 132 bytes).
function indexRows(sparse: SparseIndex | undefined, format: Format, ratio: number): readonly CacheRow[] {
  if (sparse === undefined) return []
  const keyFormat = sparse.cacheFormat ?? format
  const scaleBytes = keyFormat === 'fp8' ? 4 / sparse.cachedPerToken : 0
  return [
    {
      kind: 'index',
      valueBytes: cacheValueBytes(keyFormat) + scaleBytes,
      values: sparse.cachedPerToken,
      entries: (context) => Math.floor(context / ratio),
      growth: 1 / ratio,
    },
  ]
}

function stateRow(mixer: LinearMixer): CacheRow {
  return { kind: 'state', valueBytes: 1, values: linearStateBytes(mixer), entries: () => 1, growth: 0 }
}

function linearStateBytes(mixer: LinearMixer): Bytes {
  return mixer.stateValues * bytesPerWeight(mixer.stateFormat ?? 'bf16') + mixer.convValues * bytesPerWeight('bf16')
}
