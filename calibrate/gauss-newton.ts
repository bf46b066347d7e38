import type { Free } from './constants.ts'

/** One measured quantity: ln(predicted/measured), how it moves with the logarithm of each constant, and what it counts. */
export interface Residue {
  readonly error: number
  readonly slopes: Float64Array
  readonly weight: number
  /** Errors well below this count squared, well above it by their size. */
  readonly scale: number
  /** Errors whose loss passes this are taken for mislabelled rows and left out. */
  readonly cap: number
}

/** Longest step of a constant's logarithm. */
const LONGEST = 0.5
/** Share of the loss at which the prior keeps a constant one standard deviation from its start. */
const PRIOR_WEIGHT = 1e-3

/** Pseudo-Huber loss √(s² + e²) − s, capped. */
export function loss({ error, scale, cap }: Pick<Residue, 'error' | 'scale' | 'cap'>): number {
  return Math.min(Math.hypot(scale, error) - scale, cap)
}

/** Loss of a set of constants having moved from where they were expected. */
export function priorLoss(free: readonly Free[], values: readonly number[]): number {
  return (
    free.reduce((sum, { start, doubt }, i) => sum + (Math.log(values[i]! / start) / doubt) ** 2, 0) * (PRIOR_WEIGHT / 2)
  )
}

/**
 * Constants after one damped Gauss–Newton step on the weighted mean of the losses and the prior: (JᵀWJ + λ·diag + P)·Δ = −(JᵀWe + p),
 * on the logarithms of the constants.
 */
export function step(
  free: readonly Free[],
  values: readonly number[],
  residues: readonly Residue[],
  damping: number,
): number[] {
  const n = free.length
  const matrix = Array.from({ length: n }, () => new Float64Array(n))
  const vector = new Float64Array(n)
  const total = residues.reduce((sum, { weight }) => sum + weight, 0)
  for (const residue of residues) {
    const { error, slopes, weight, scale, cap } = residue
    if (loss(residue) >= cap) continue
    const w = weight / total / Math.hypot(scale, error)
    for (let i = 0; i < n; i++) {
      const slope = slopes[i]!
      if (slope === 0) continue
      vector[i]! -= w * slope * error
      for (let j = 0; j < n; j++) matrix[i]![j]! += w * slope * slopes[j]!
    }
  }
  for (const [i, { start, doubt }] of free.entries()) {
    const prior = PRIOR_WEIGHT / doubt ** 2
    matrix[i]![i]! += prior + damping * matrix[i]![i]!
    vector[i]! -= prior * Math.log(values[i]! / start)
  }
  const moves = solve(matrix, vector)
  return values.map((value, i) => {
    const move = Math.max(-LONGEST, Math.min(LONGEST, moves[i]!))
    return Math.min(free[i]!.high, Math.max(free[i]!.low, value * Math.exp(move)))
  })
}

// Gaussian elimination; the matrix is symmetric and positive definite, so that pivots need no choosing.
function solve(matrix: readonly Float64Array[], vector: Float64Array): Float64Array {
  const n = vector.length
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const factor = matrix[j]![i]! / matrix[i]![i]!
      if (factor === 0) continue
      for (let k = i; k < n; k++) matrix[j]![k]! -= factor * matrix[i]![k]!
      vector[j]! -= factor * vector[i]!
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) vector[i]! -= matrix[i]![k]! * vector[k]!
    vector[i]! /= matrix[i]![i]!
  }
  return vector
}
