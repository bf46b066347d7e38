import type { Tokens } from '../../units/index.ts'
import { fault } from './arrival-field.ts'
import type { LengthDistribution } from './length-distribution.ts'

/** Lengths at evenly spread quantiles: enough that their mean is that of the distribution to a token. */
const POINTS = 4000
/** Halvings of the exponent: to 1e-12 of its range. */
const HALVINGS = 60

/**
 * Lengths of 1 … `max` tokens of which only the mean is known: the distribution of most entropy, an exponential cut at `max` (rising
 * where the mean lies in the upper half). Short ones are common, unlike in a lognormal of the same mean and spread.
 * @throws PincerError `invalid_value` unless 1 ≤ mean ≤ max
 */
export function lengthsOfMean(mean: number, max: Tokens): LengthDistribution {
  if (!(mean >= 1 && mean <= max && Number.isInteger(max))) {
    throw fault(
      'invalid_value',
      ['mean'],
      `is ${mean} with a most of ${max}`,
      'give 1 ≤ mean ≤ max, max in whole tokens',
    )
  }
  if (mean > max - 1 || mean < 2) return { kind: 'fixed', tokens: Math.round(mean) }
  // The mean falls as the exponent, counted over the whole range, rises.
  let [low, high] = [-max, max]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if (meanOf(quantiles(middle, max)) > mean) low = middle
    else high = middle
  }
  return { kind: 'samples', samples: quantiles(high, max) }
}

// Density ∝ e^(−k·(x − 1)/(max − 1)).
function quantiles(k: number, max: Tokens): Int32Array {
  return Int32Array.from({ length: POINTS }, (_, i) => {
    const share = (i + 0.5) / POINTS
    const place = Math.abs(k) < 1e-9 ? share : -Math.log1p(share * Math.expm1(-k)) / k
    return Math.round(1 + (max - 1) * Math.min(1, place))
  })
}

function meanOf(lengths: Int32Array): number {
  return lengths.reduce((sum, length) => sum + length, 0) / lengths.length
}
