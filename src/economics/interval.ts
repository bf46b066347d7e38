/** A value with the range its inputs leave it; low ≤ central ≤ high. */
export interface Interval {
  readonly low: number
  readonly central: number
  readonly high: number
}
