import type { Quantity, ResidualData } from './residual-data.ts'

/** Errors of a group of rows, as docs/accuracy.md counts them. */
export interface Score {
  readonly rows: number
  /** Median and 90th percentile of |predicted / measured − 1|. */
  readonly median: number
  readonly p90: number
  /** Median of predicted / measured − 1. */
  readonly bias: number
}

/** Our errors on some rows; `rows` are places in the columns. */
export function scoreOf(data: ResidualData, quantity: Quantity, rows: readonly number[]): Score | undefined {
  return errorsOf(rows.map((row) => 1 / data[quantity].ratio[row]!))
}

/** Errors of AIConfigurator, and ours, on those of the rows for which it has both predictions. */
export function beside(
  data: ResidualData,
  quantity: Quantity,
  rows: readonly number[],
): { readonly ours: Score; readonly rival: Score } | undefined {
  const both = rows.filter((row) => data.tpot.rival[row]! > 0 && data.ttft.rival[row]! > 0)
  const ours = scoreOf(data, quantity, both)
  const rival = errorsOf(both.map((row) => data[quantity].rival[row]!))
  return ours === undefined || rival === undefined ? undefined : { ours, rival }
}

function errorsOf(ratios: readonly number[]): Score | undefined {
  if (ratios.length === 0) return undefined
  const errors = ratios.map((ratio) => Math.abs(ratio - 1)).toSorted(ascending)
  return {
    rows: ratios.length,
    median: quantile(errors, 0.5),
    p90: quantile(errors, 0.9),
    bias: quantile(ratios.toSorted(ascending), 0.5) - 1,
  }
}

function ascending(a: number, b: number): number {
  return a - b
}

// Between neighbours by their distance, as the tables of the documentation do.
function quantile(sorted: readonly number[], q: number): number {
  const place = (sorted.length - 1) * q
  const below = sorted[Math.floor(place)]!
  const above = sorted[Math.ceil(place)]!
  return below + (above - below) * (place - Math.floor(place))
}
