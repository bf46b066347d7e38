import type { ResidualQuantiles } from './constant.ts'

/** A prediction with the range that measured runs leave it: 80 % and 90 % bands, multiplicative. */
export interface Estimate {
  readonly value: number
  readonly band80: readonly [number, number]
  readonly band90: readonly [number, number]
}

// Shapes guessed from parameter counts add their own error.
const INFERRED_WIDENING = 1.15

/** `value` with bands from leave-one-out residuals in log space, wider when the architecture is inferred. */
export function estimate(value: number, residuals: ResidualQuantiles, inferred: boolean): Estimate {
  const scale = inferred ? INFERRED_WIDENING : 1
  const wide = Math.exp(residuals.q80 * scale)
  const widest = Math.exp(residuals.q90 * scale)
  return { value, band80: [value / wide, value * wide], band90: [value / widest, value * widest] }
}

/** An estimate times an exact factor. */
export function scaled(base: Estimate, factor: number): Estimate {
  return {
    value: base.value * factor,
    band80: [base.band80[0] * factor, base.band80[1] * factor],
    band90: [base.band90[0] * factor, base.band90[1] * factor],
  }
}
