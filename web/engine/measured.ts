/** Measured serving runs as columns, from the table by which the engine is judged; made while the app is built. */
export interface MeasuredList {
  /** Catalog ids. */
  readonly model: readonly string[]
  readonly chip: readonly string[]
  readonly precision: readonly string[]
  readonly engine: readonly string[]
  /** Speculative decoding: off, on, likely-off, likely-on, unknown. */
  readonly drafts: readonly string[]
  readonly isl: readonly number[]
  readonly osl: readonly number[]
  readonly clients: readonly number[]
  /** Chips of the replica. */
  readonly chips: readonly number[]
  /** Means over the run's requests, milliseconds. */
  readonly tpot: readonly number[]
  readonly ttft: readonly number[]
}
