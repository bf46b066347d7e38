import type { Ratio } from './deployment.ts'
import { quantile } from '../cli/validate/score.ts'

/** Errors of predicted over measured, as shares. */
export interface Residual {
  readonly rows: number
  readonly tpotMedian: number
  readonly tpotP90: number
  readonly tpotBias: number
  readonly ttftMedian: number
  readonly ttftP90: number
  readonly ttftBias: number
}

export function residual(ratios: readonly Ratio[]): Residual {
  const tpot = ratios.map((r) => r.tpot)
  const ttft = ratios.map((r) => r.ttft)
  const errors = (values: readonly number[]): number[] => values.map((value) => Math.abs(value - 1))
  return {
    rows: ratios.length,
    tpotMedian: round(quantile(errors(tpot), 0.5)),
    tpotP90: round(quantile(errors(tpot), 0.9)),
    tpotBias: round(quantile(tpot, 0.5) - 1),
    ttftMedian: round(quantile(errors(ttft), 0.5)),
    ttftP90: round(quantile(errors(ttft), 0.9)),
    ttftBias: round(quantile(ttft, 0.5) - 1),
  }
}

/** Factors on a prediction that hold the measured value in 90 % of `ratios` (predicted over measured). */
export function spread(ratios: readonly number[]): { lo: number; hi: number } {
  const truth = ratios.map((value) => 1 / value)
  return { lo: round(quantile(truth, 0.05)), hi: round(quantile(truth, 0.95)) }
}

/** Four significant digits: enough for any use, and the same bytes on every machine. */
export function round(value: number): number {
  return Number(value.toPrecision(4))
}
