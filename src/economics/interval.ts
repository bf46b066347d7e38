/** A value with the range its inputs leave it; low ≤ central ≤ high. */
export interface Interval {
  readonly low: number
  readonly central: number
  readonly high: number
}

/** `interval` times a factor of at least 0. */
export function scaledInterval(interval: Interval, factor: number): Interval {
  return { low: interval.low * factor, central: interval.central * factor, high: interval.high * factor }
}
