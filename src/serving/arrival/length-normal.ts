/**
 * Φ, the distribution function of the standard normal, to 1.2e-7 of the smaller tail (Chebyshev fit of erfc, Press et al.,
 * "Numerical Recipes", erfcc).
 */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + x / 2)
  let series = 0
  for (const coefficient of ERFC) series = series * t + coefficient
  const tail = (t / 2) * Math.exp(series - x * x)
  return z > 0 ? 1 - tail : tail
}

const ERFC = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
  -1.26551223,
]

/** Normal distribution that a lognormal variable with this mean and coefficient of variation is the exponential of. */
export function logMoments(mean: number, cv: number): { mu: number; sigma: number } {
  const variance = Math.log1p(cv * cv)
  return { mu: Math.log(mean) - variance / 2, sigma: Math.sqrt(variance) }
}
