/** Predictions beside measurements by columns, as the build makes them of the committed residuals. */
export interface ResidualData {
  readonly labels: Readonly<Record<LabelName, { readonly names: readonly string[]; readonly of: readonly number[] }>>
  readonly isl: readonly number[]
  readonly osl: readonly number[]
  readonly clients: readonly number[]
  /** 1: the row is in the fit. */
  readonly fitted: readonly number[]
  readonly tpot: RatioColumns
  readonly ttft: RatioColumns
  readonly coverage: readonly Coverage[]
}

export type LabelName = 'model' | 'chip' | 'engine' | 'precision' | 'mode'
export type Quantity = 'tpot' | 'ttft'

interface RatioColumns {
  /** Milliseconds. */
  readonly measured: readonly number[]
  /** Measured over predicted, by constants fitted without the deployment of the row. */
  readonly ratio: readonly number[]
  /** Prediction of AIConfigurator over measured; 0 where it has none. */
  readonly rival: readonly number[]
}

/** How often bands held the measurements that they had not seen: shares of the 80 % and of the 90 % band. */
export interface Coverage {
  readonly tier: 'measured-like' | 'interpolated' | 'transferred'
  readonly name: string
  readonly rows: number
  readonly tpot: readonly [number, number]
  readonly ttft: readonly [number, number]
}
