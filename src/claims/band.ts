import { isKnown } from '../catalog/index.ts'
import type { Prediction } from '../predict/index.ts'
import type { Estimate } from '../training/index.ts'

/** A central value with the ends of its 90 % band. */
export interface Span {
  readonly value: number
  readonly lo: number
  readonly hi: number
}

/**
 * a / b when both err independently: half-widths on a log scale add in quadrature. Independence is the cautious
 * reading for two models on one machine, whose errors are partly shared.
 */
export function quotient(a: Span, b: Span): Span {
  const value = a.value / b.value
  const down = Math.hypot(Math.log(a.lo / a.value), Math.log(b.hi / b.value))
  const up = Math.hypot(Math.log(a.hi / a.value), Math.log(b.lo / b.value))
  return { value, lo: value * Math.exp(-down), hi: value * Math.exp(up) }
}

export function trainingSpan({ value, band90 }: Estimate): Span {
  return { value, lo: band90[0], hi: band90[1] }
}

/** Chip-hours per output token from tokens per second and chip, a price of 1 $ per chip-hour so to say: dear where it is slow. */
export function chipTimeSpan({ value, lo, hi }: Span): Span {
  return { value: 1 / value, lo: 1 / hi, hi: 1 / lo }
}

/** $ per chip-hour with the range of published prices; undefined when it is unknown. */
export function priceSpan({ cost }: Prediction): Span | undefined {
  const { chipHour } = cost
  if (!isKnown(chipHour)) return undefined
  const { value, low = value, high = value } = chipHour
  return { value, lo: low, hi: high }
}

/** a · b when both err independently. */
export function product(a: Span, b: Span): Span {
  return quotient(a, { value: 1 / b.value, lo: 1 / b.hi, hi: 1 / b.lo })
}
