import type { Tokens } from '../../units/index.ts'

/** Longest prompt or output that a request may have: lengths are kept in 32 bits. */
export const LONGEST: number = 2 ** 31 - 1

/** How long prompts or outputs are, in whole tokens ≥ 1. */
export type LengthDistribution =
  | { readonly kind: 'fixed'; readonly tokens: Tokens }
  /** Whole numbers from low to high, both included. */
  | { readonly kind: 'uniform'; readonly low: Tokens; readonly high: Tokens }
  /**
   * Lognormal of this mean and coefficient of variation, rounded; lengths below 1 or above `max` are drawn again, so that a
   * `max` lowers the mean (`meanLength` says to what).
   */
  | { readonly kind: 'lognormal'; readonly mean: number; readonly cv: number; readonly max?: Tokens }
  /** Lengths seen, drawn with replacement. */
  | { readonly kind: 'samples'; readonly samples: ArrayLike<number> }
  /**
   * Quantiles: a share `shares[i]` of lengths is at most `values[i]`; shares go from 0 to 1. `mean`, where known, shapes
   * the interval below the largest value. Values below 1 count as 1.
   */
  | {
      readonly kind: 'quantiles'
      readonly shares: readonly number[]
      readonly values: readonly number[]
      readonly mean?: number
    }
