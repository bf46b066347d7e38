import { type Bytes, type Flop, type Format, bytesPerWeight } from '../units/index.ts'
import type { WeightFormats } from './arch.ts'

/** Bytes of one activation value: engines keep activations in 16 bits between operators. */
export const ACTIVATION_BYTES = 2

/**
 * Classes of work that kernels are written for. They differ in what limits them: `gemm` streams one weight matrix,
 * `expert-gemm` streams the experts that were hit, `attention` reads the KV cache, `recurrence` the linear state.
 */
export type OperatorKind =
  | 'gemm'
  | 'expert-gemm'
  | 'prefill-attention'
  | 'decode-attention'
  | 'recurrence'
  | 'elementwise'

/**
 * How tensor parallelism divides an operator: by columns or heads (`tensor`), along the dimension that is summed over
 * (`inner`), by experts, or not at all.
 */
export type Split = 'tensor' | 'inner' | 'expert' | 'none'

/** One operator of one layer: how much work it is, wherever it runs. No machine, no time. */
export interface Operator {
  readonly name: string
  readonly kind: OperatorKind
  readonly split: Split
  /** Times it runs in one pass (layers). */
  readonly count: number
  /** Rows of the activation matrix (tokens). */
  readonly rows: number
  /** Matrix products: length of the dimension that is summed over. */
  readonly inner?: number
  /** Matrix products: columns of the result. */
  readonly columns?: number
  /** 8-bit weights whose scales go by blocks of 128 × 128 instead of by tensor. */
  readonly blockScaled?: true
  readonly flops: Flop
  /** Weights read from memory. */
  readonly weightBytes: Bytes
  /** KV cache or recurrent state read and written. */
  readonly cacheBytes: Bytes
  /** Activations read and written. */
  readonly activationBytes: Bytes
  /** Format whose matrix rate applies. */
  readonly format: Format
  /** KV heads that bound how far the cache divides over tensor-parallel ranks (1 = replicated: MLA, MQA). */
  readonly cacheHeads?: number
  /** Attention: keys a query attends to, on average. */
  readonly keys?: number
  /** Delta rules on prompts: tokens of one sequence, whose chunks run one after the other. */
  readonly chain?: number
  /** Attention: what its kernels are chosen by, beside the keys. */
  readonly heads?: HeadShape
  /** Set for expert GEMMs: what the distinct-experts formula needs. */
  readonly routing?: Routing
}

/** Heads of an attention operator. */
export interface HeadShape {
  /** Query heads. */
  readonly query: number
  /** Values of one head's query and key. */
  readonly dim: number
  /** Sequences attended in. */
  readonly sequences: number
  /** Bits of a cached value. */
  readonly cacheBits: number
  /** Multi-head latent attention: absorbed when decoding, expanded for prompts. */
  readonly latent: boolean
}

/** Expert weights actually read depend on how many distinct experts a batch hits. */
export interface Routing {
  readonly experts: number // E
  readonly topk: number // k
  /** Weight bytes of one routed expert. */
  readonly expertBytes: Bytes
  /** Width of the activations that experts read and write. */
  readonly hidden: number
  /** Hidden width of one expert on one chip. */
  readonly width: number
  /** Ranks that the experts are dealt out to. */
  readonly ranks: number
  /** Tokens routed, over all ranks. */
  readonly tokens: number
}

/** How many values each cached element takes and in which formats the weights are served. */
export interface ServingFormats {
  readonly weights: WeightFormats
  readonly cache: Format
}

/** `[rows, inner] × [inner, columns]` */
export interface MatrixShape {
  readonly rows: number
  readonly inner: number
  readonly columns: number
}

/** A dense matrix product `[rows, inner] × [inner, columns]`. */
export function gemm(
  name: string,
  count: number,
  shape: MatrixShape,
  format: Format,
  split: Split = 'tensor',
): Operator {
  const { rows, inner, columns } = shape
  return {
    name,
    kind: 'gemm',
    split,
    count,
    rows,
    inner,
    columns,
    flops: 2 * rows * inner * columns,
    weightBytes: inner * columns * bytesPerWeight(format),
    cacheBytes: 0,
    activationBytes: rows * (inner + columns) * ACTIVATION_BYTES,
    format,
  }
}

/** Memory-bound glue (norms, activation functions): only activations move. */
export function elementwise(
  name: string,
  count: number,
  rows: number,
  valuesPerRow: number,
  split: Split = 'none',
): Operator {
  return {
    name,
    kind: 'elementwise',
    split,
    count,
    rows,
    flops: 0,
    weightBytes: 0,
    cacheBytes: 0,
    activationBytes: rows * valuesPerRow * ACTIVATION_BYTES,
    format: 'bf16',
  }
}
