/** Requests as columns of `count` rows, in arrival order. */
export interface TraceTable {
  readonly count: number
  /** Ticks, not decreasing; the first request of a trace comes at 0. All 0 where `timed` is false. */
  readonly arrival: Float64Array
  readonly prompt: Int32Array
  readonly output: Int32Array
  /** False for a list of lengths without times: give it arrivals of a process. */
  readonly timed: boolean
  /** Blocks of equal content have equal ids, for prefix caches; absent where the trace has none. */
  readonly prefix?: PrefixBlocks
}

/** Ids of the consecutive token blocks of each request, from its first token on. */
export interface PrefixBlocks {
  /** Tokens per block. */
  readonly blockTokens: number
  /** Request i has the ids from start[i] up to start[i + 1]; one entry more than requests. */
  readonly start: Float64Array
  /** 0 … 2^31 − 1. The last block of a request may be partly filled, and ids may go on into its output. */
  readonly ids: Int32Array
}
