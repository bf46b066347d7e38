import { solve } from './solve.ts'

/** What is known of the factors' logarithms beforehand: their mean and the inverse of their covariance. */
export interface Prior {
  readonly mean: readonly number[]
  readonly precision: readonly (readonly number[])[]
}

/** One equation of a fit, at some logarithms `at`: ln(predicted / measured) there, and how each factor moves it. */
export interface Term {
  readonly error: number
  readonly slope: readonly number[]
  /** Standard deviation of the error that is left when the factors are right. */
  readonly noise: number
  /** Share of a whole observation that it counts as. */
  readonly share: number
}

/** Most probable logarithms of the factors, and their standard deviations. */
export interface Posterior {
  readonly logs: readonly number[]
  readonly doubts: readonly number[]
}

/** Longest move of a logarithm in a round. */
const LONGEST = 0.7
const PASSES = 8

/** Factors that are doubted independently, around the shipped constants. */
export function independentPrior(doubts: readonly number[]): Prior {
  return {
    mean: doubts.map(() => 0),
    precision: doubts.map((doubt, a) => doubts.map((_, b) => (a === b ? 1 / doubt ** 2 : 0))),
  }
}

/**
 * Maximum a posteriori along the slopes: a Gaussian prior, errors squared below one standard deviation of noise and linear far above it
 * (an outlier moves little), by reweighted least squares.
 */
export function posterior(terms: readonly Term[], at: readonly number[], prior: Prior): Posterior {
  let logs = [...at]
  let doubts: number[] = []
  for (let pass = 0; pass < PASSES; pass++) {
    const matrix = prior.precision.map((row) => [...row])
    const vector = prior.precision.map((row) => row.reduce((sum, weight, b) => sum + weight * prior.mean[b]!, 0))
    for (const term of terms) addTo(matrix, vector, term, weightOf(term, at, logs), at)
    const { solution, variances } = solve(matrix, vector)
    logs = solution.map((log, k) => Math.max(at[k]! - LONGEST, Math.min(at[k]! + LONGEST, log)))
    doubts = variances.map(Math.sqrt)
  }
  return { logs, doubts }
}

/**
 * Covariance of the factors that terms leave, each counted with its noise whatever its error. It depends on the slopes alone, so that a
 * further term never widens it.
 */
export function covariance(terms: readonly Term[], { mean, precision }: Prior): number[][] {
  const matrix = precision.map((row) => [...row])
  const vector = mean.map(() => 0)
  for (const term of terms) addTo(matrix, vector, term, term.share / term.noise ** 2, mean)
  return solve(matrix, vector).inverse
}

function weightOf({ error, slope, noise, share }: Term, at: readonly number[], logs: readonly number[]): number {
  const now = slope.reduce((sum, s, k) => sum + s * (logs[k]! - at[k]!), error)
  return share / noise ** 2 / Math.hypot(1, now / noise)
}

// One weighted equation slope·logs = slope·at − error.
function addTo(
  matrix: number[][],
  vector: number[],
  { error, slope }: Term,
  weight: number,
  at: readonly number[],
): void {
  const target = slope.reduce((sum, s, k) => sum + s * at[k]!, -error)
  for (const [a, s] of slope.entries()) {
    if (s === 0) continue
    vector[a]! += weight * s * target
    for (const [b, t] of slope.entries()) matrix[a]![b]! += weight * s * t
  }
}
