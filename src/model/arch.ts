import type { Format } from '../units/index.ts'

/**
 * What a transformer computes, independent of any machine. Symbols used across this room: D hidden width, V vocabulary,
 * L layers, H query heads, G KV heads, h head dimension, F FFN width, E experts, k experts per token.
 */
export interface ModelArch {
  readonly id: string
  readonly name: string
  /** Hugging Face `model_type` (of the text part), e.g. `deepseek_v3`. */
  readonly family: string
  readonly hidden: number // D
  readonly vocab: number // V
  readonly tiedEmbeddings: boolean
  readonly maxContext: number
  /** Equal layers counted together, in order of first appearance; the counts sum to L. */
  readonly layers: readonly LayerGroup[]
  /** Layers of the multi-token-prediction head shipped with the checkpoint; not part of L. */
  readonly mtpLayers: number
  /** Formats the checkpoint stores its weights in. */
  readonly checkpoint: WeightFormats
  /** Parameters that no described operator holds (learned positions, bias of the head …), each with its reason. */
  readonly extraParams: readonly ExtraParams[]
  /** Parameters of the norm before the output head; D when absent. */
  readonly finalNormParams?: number
  /**
   * Set when the model is known by its totals only (no public architecture): counts come from here and
   * predictions carry a wider band.
   */
  readonly declared?: { readonly totalParams: number; readonly activeParams: number }
}

/** Parameters outside the described operators; `active` ones are used for every token. */
export interface ExtraParams {
  readonly name: string
  readonly params: number
  readonly active: boolean
}

/** Which format each part of the network is stored in. */
export interface WeightFormats {
  /** Routed experts and, in a dense model, the FFN. */
  readonly ffn: Format
  /** Attention and mixer projections. */
  readonly attention: Format
  /** Embedding and output head. */
  readonly embedding: Format
}

export interface LayerGroup {
  readonly count: number
  readonly mixer: Mixer
  readonly ffn: Ffn
  /** Parameters of the layer's norms around mixer and FFN; 2·D when absent. */
  readonly normParams?: number
}

/** What mixes information along the sequence. */
export type Mixer = GqaMixer | MlaMixer | CompressedMixer | LinearMixer | { readonly kind: 'none' }

/** Grouped-query attention; multi-head when `kvHeads` = `heads`, multi-query when it is 1. */
export interface GqaMixer {
  readonly kind: 'gqa'
  readonly heads: number // H
  readonly kvHeads: number // G
  readonly headDim: number // h of queries and keys
  readonly valueDim: number // h of values
  /** Sliding or chunked window in tokens; undefined is full attention. */
  readonly window?: number
  /** One projection makes keys and values (Gemma 4 global layers); keys are then rotated, so both are cached. */
  readonly sharedKv: boolean
  /** The output is gated by a projection as wide as the queries' output (Qwen3.5). */
  readonly outputGate: boolean
  readonly bias: boolean
  readonly qkNorm: boolean
  /** Block-sparse selection (MiniMax M3): each query attends to `topk` tokens found by an indexer. */
  readonly sparse?: SparseIndex
  /** Biases, sinks, norms of queries and keys, per-head gates: counted and resident, too small to time. */
  readonly smallParams?: number
}

/** A light indexer that picks which cached tokens a query attends to (DeepSeek V3.2 sparse attention and kin). */
export interface SparseIndex {
  readonly topk: number // tokens attended to
  readonly indexHeads: number
  readonly indexDim: number
  /** Width the index queries are projected from (q_lora_rank in DeepSeek V3.2, D otherwise). */
  readonly queryInput: number
  /** Index key cached per token (per compressed entry in DeepSeek V4), in values. */
  readonly cachedPerToken: number
  /** Format of the cached index keys where the model fixes it; the format of the KV cache otherwise. */
  readonly cacheFormat?: Format
  /** All parameters of the indexer: projections, norms, its own compressor. */
  readonly params: number
}

/** Multi-head latent attention (DeepSeek V2 §2.1): KV cache is `kvRank + ropeDim` values per token and layer. */
export interface MlaMixer {
  readonly kind: 'mla'
  readonly heads: number
  /** Rank of the query compression; 0 = queries are projected directly. */
  readonly queryRank: number
  readonly kvRank: number
  readonly nopeDim: number
  readonly ropeDim: number
  readonly valueDim: number
  readonly outputGate: boolean
  readonly sparse?: SparseIndex
  readonly smallParams?: number
}

/**
 * Compressed attention of DeepSeek V4: one shared KV head of `headDim`; a sliding window of raw tokens plus, when
 * `ratio` > 0, one compressed entry per `ratio` tokens, of which `sparse.topk` are attended to (all, when absent).
 */
export interface CompressedMixer {
  readonly kind: 'compressed'
  readonly heads: number
  readonly headDim: number
  readonly ropeDim: number
  readonly queryRank: number
  readonly outputGroups: number
  readonly outputRank: number
  readonly window: number
  /** Tokens per compressed entry; 0 = window only. */
  readonly ratio: number
  readonly sparse?: SparseIndex
  readonly smallParams?: number
}

/** Linear attention and state-space layers: a state of fixed size per sequence instead of a KV cache. */
export interface LinearMixer {
  readonly kind: 'linear'
  readonly variant: 'gated-delta-net' | 'kimi-delta' | 'mamba2'
  readonly heads: number
  /** Recurrent state in values per sequence and layer. */
  readonly stateValues: number
  /** Convolution state in values per sequence and layer. */
  readonly convValues: number
  /** Format the recurrent state is kept in (bf16 when absent); the convolution state is bf16. */
  readonly stateFormat?: Format
  /** Columns of the projections from D (summed) and rows of the projection back to D. */
  readonly inputCols: number
  readonly outputRows: number
  /** All parameters of the mixer, norms and decay vectors included. */
  readonly params: number
  /** FLOPs per token of the recurrence itself, projections excluded. */
  readonly recurrenceFlops: number
}

/** What follows the mixer. `both` layers (Gemma 4) run a dense FFN beside the experts. */
export type Ffn = DenseFfn | MoeFfn | { readonly kind: 'none' }

export interface DenseFfn {
  readonly kind: 'dense'
  readonly inter: number // F
  /** SwiGLU-like: three matrices; otherwise two. */
  readonly gated: boolean
  /** Both projections have a bias. */
  readonly bias: boolean
}

export interface MoeFfn {
  readonly kind: 'moe'
  readonly experts: number // E routed
  readonly topk: number // k routed per token
  readonly inter: number // F of one routed expert
  readonly gated: boolean
  /** The expert projections have a bias. */
  readonly bias: boolean
  /** Width of the always-active shared expert(s) together; 0 = none. */
  readonly sharedInter: number
  /** Width of a dense FFN that runs beside the experts in the same layer (Gemma 4, Arctic); 0 = none. */
  readonly denseInter: number
  /** Experts work in a narrower latent space of this width (Kimi K3); equals D otherwise. */
  readonly expertHidden: number
  /** The shared expert has its own sigmoid gate (Qwen): D parameters. */
  readonly sharedGate: boolean
  /** Router bias or balancing correction, router scales, latent norms: counted, too small to time. */
  readonly smallParams?: number
}
