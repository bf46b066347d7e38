import { mean } from './gain.ts'
import type { KernelError, SiteError } from './types.ts'

/** Errors of one quantity from ln(predicted / measured); null where nothing was measured. */
export function siteError(values: readonly (number | undefined)[]): SiteError | null {
  const logs = values.filter((value) => value !== undefined)
  if (logs.length === 0) return null
  const sizes = logs.map(Math.abs)
  return {
    n: logs.length,
    median: rounded(Math.expm1(quantile(sizes, 0.5))),
    mean: rounded(Math.expm1(mean(sizes))),
    bias: rounded(Math.expm1(quantile(logs, 0.5))),
  }
}

/** Errors of kernels from ln(expected / measured), of which there is at least one. */
export function kernelError(logs: readonly number[]): KernelError {
  const sizes = logs.map(Math.abs)
  return {
    median: rounded(Math.expm1(quantile(sizes, 0.5))),
    p90: rounded(Math.expm1(quantile(sizes, 0.9))),
    bias: rounded(Math.expm1(quantile(logs, 0.5))),
  }
}

/** The q-quantile of at least one value, linear between order statistics. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * q
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
  return below + (above - below) * (place - Math.floor(place))
}

/** Different texts, in order. */
export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted()
}

/** A figure as files hold it. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
