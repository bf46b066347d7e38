/** A mean with its standard error, from independent replications. */
export interface Estimate {
  readonly mean: number
  readonly error: number
}

export function estimate(replications: readonly number[]): Estimate {
  const count = replications.length
  const mean = replications.reduce((sum, value) => sum + value, 0) / count
  const squares = replications.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, error: Math.sqrt(squares / (count - 1) / count) }
}

/** Distance of the estimate from the expected value, in standard errors. */
export function sigmas({ mean, error }: Estimate, expected: number): number {
  return Math.abs(mean - expected) / error
}

/** Mean of what is left after the start-up phase. */
export function settledMean(values: readonly number[], discarded: number): number {
  const settled = values.slice(discarded)
  return settled.reduce((sum, value) => sum + value, 0) / settled.length
}
