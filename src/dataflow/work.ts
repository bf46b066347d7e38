import {
  type Ffn,
  type LayerGroup,
  type Mixer,
  type ModelArch,
  type WeightFormats,
  distinctExperts,
  groupParams,
  weightBytes,
} from '../model/index.ts'
import { type Bytes, type Flop, type Format, bytesPerWeight } from '../units/index.ts'

/**
 * What one layer asks of a dataflow machine: how many operators must wait for one another, how many bytes must be
 * resident and how many of them a token touches. E experts, k experts per token.
 */
export interface LayerWork {
  /** Layers of this kind. */
  readonly count: number
  /** Operators of one layer that depend on one another, in a row; see `mixerPhases` and `ffnPhases`. */
  readonly phases: number
  /** Parameters every token uses, and their bytes. */
  readonly denseParams: number
  readonly denseBytes: Bytes
  /** One routed expert; 0 in a dense layer. */
  readonly expertParams: number
  readonly expertBytes: Bytes
  readonly experts: number // E
  readonly topk: number // k
  /** Whether the layer keeps a KV cache that grows with the context. */
  readonly caches: boolean
}

/** The model as a dataflow machine sees it. */
export interface ModelWork {
  readonly layers: readonly LayerWork[]
  /** All layers, L. */
  readonly depth: number
  readonly hidden: number // D
  readonly headParams: number
  readonly headBytes: Bytes
  /** Parameters that only have to be resident: the embedding table is looked up, not multiplied. */
  readonly restingBytes: Bytes
  /** All weights. */
  readonly totalBytes: Bytes
  /** FLOPs of one token in all weights. */
  readonly tokenFlops: Flop
  /** Format whose matrix rate applies to the FFN, where most of the work is. */
  readonly format: Format
}

/** Final norm, output head, sampling, embedding lookup: operators a token waits for outside the layers. */
export const HEAD_PHASES = 4

/** Depends on nothing but the architecture: the work of `arch` with weights stored in `formats`. */
export function modelWork(arch: ModelArch, formats: WeightFormats): ModelWork {
  const layers = arch.layers.map((group) => layerWork(arch, group, formats))
  const totalBytes = weightBytes(arch, formats)
  const headParams = arch.vocab * arch.hidden
  const headBytes = headParams * bytesPerWeight(formats.embedding)
  const inLayers = layers.reduce((sum, layer) => sum + layer.count * layerBytes(layer), 0)
  return {
    layers,
    depth: layers.reduce((sum, layer) => sum + layer.count, 0),
    hidden: arch.hidden,
    headParams,
    headBytes,
    // Routers, biases and norms that stay in 16 bits are what is left beside the embedding; below 0 is rounding.
    restingBytes: Math.max(0, totalBytes - inLayers - headBytes),
    totalBytes,
    tokenFlops: layers.reduce((sum, layer) => sum + layer.count * layerFlops(layer), 2 * headParams),
    format: formats.ffn,
  }
}

/** Resident bytes of one layer. */
export function layerBytes(layer: LayerWork): Bytes {
  return layer.denseBytes + layer.experts * layer.expertBytes
}

/** Bytes of one layer that a micro-batch of `tokens` reads. */
export function activeBytes(layer: LayerWork, tokens: number): Bytes {
  if (layer.experts === 0) return layer.denseBytes
  return layer.denseBytes + distinctExperts(layer.experts, layer.topk, tokens) * layer.expertBytes
}

/** Multiply-accumulate FLOPs of one token in one layer's weights. */
export function layerFlops(layer: LayerWork): Flop {
  return 2 * (layer.denseParams + layer.topk * layer.expertParams)
}

/**
 * Operators of a mixer that wait for one another, the norm before it included (a reduction over D). Elementwise work
 * fuses into its neighbours on every machine of this room and is not counted.
 */
export function mixerPhases(mixer: Mixer): number {
  const sparse = 'sparse' in mixer && mixer.sparse !== undefined ? 2 : 0 // index scores, top-k
  switch (mixer.kind) {
    case 'none':
      return 0
    case 'gqa':
      return 5 + sparse // norm, QKV, scores + softmax, values, output
    case 'mla': // norm, (query down,) query up, key absorption, scores, values, value absorption, output
      return (mixer.queryRank > 0 ? 8 : 7) + sparse
    case 'compressed':
      return 7 + sparse // norm, query down, query up, scores, values, grouped output, output
    case 'linear':
      return 5 // norm, input, convolution, recurrence, output
  }
}

/** Operators of an FFN that wait for one another, norm included; the shared expert runs beside the routed ones. */
export function ffnPhases(ffn: Ffn, hidden: number): number {
  switch (ffn.kind) {
    case 'none':
      return 0
    case 'dense':
      return 3 // norm, up, down
    case 'moe': // norm, router, top-k, up, down, weighted sum; two more projections with a latent space
      return 6 + (ffn.expertHidden === hidden ? 0 : 2)
  }
}

function layerWork(arch: ModelArch, group: LayerGroup, formats: WeightFormats): LayerWork {
  const params = groupParams(arch, group)
  const { experts, topk } = routedExperts(group.ffn)
  const expertParams = experts > topk ? (params.ffnTotal - params.ffnActive) / (experts - topk) : 0
  // With every expert active (E = k) there is nothing to route: the layer is dense.
  const routed = expertParams > 0 ? { experts, topk } : { experts: 0, topk: 0 }
  const ffnDense = params.ffnTotal - routed.experts * expertParams
  return {
    count: group.count,
    phases: mixerPhases(group.mixer) + ffnPhases(group.ffn, arch.hidden) + outputNorms(params.norms, arch.hidden),
    denseParams: params.mixer + params.norms + ffnDense,
    denseBytes:
      params.mixer * bytesPerWeight(formats.attention) +
      params.norms * bytesPerWeight('bf16') +
      ffnDense * bytesPerWeight(formats.ffn),
    expertParams,
    expertBytes: expertParams * bytesPerWeight(formats.ffn),
    ...routed,
    caches: group.mixer.kind !== 'none' && group.mixer.kind !== 'linear',
  }
}

// Gemma normalises what mixer and FFN give back as well: two more reductions over D than the two that are counted.
function outputNorms(normParams: number, hidden: number): number {
  return Math.max(0, Math.round(normParams / hidden) - 2)
}

function routedExperts(ffn: Ffn): { readonly experts: number; readonly topk: number } {
  return ffn.kind === 'moe' ? { experts: ffn.experts, topk: ffn.topk } : { experts: 0, topk: 0 }
}
