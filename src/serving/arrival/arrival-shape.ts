/** Lanczos coefficients for g = 7, n = 9 (relative error of Γ below 1e-14 for x ≥ 0.5). */
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
]

/** ln Γ(x) for x ≥ 0.5 (Lanczos). */
export function logGamma(x: number): number {
  let sum = 0.9999999999998099
  for (const [i, coefficient] of LANCZOS.entries()) sum += coefficient / (x + i)
  const t = x + 6.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

/** Coefficient of variation of a Weibull variable: √(Γ(1 + 2/k)/Γ(1 + 1/k)² − 1) for shape k. */
export function weibullCv(shape: number): number {
  return Math.sqrt(Math.expm1(logGamma(1 + 2 / shape) - 2 * logGamma(1 + 1 / shape)))
}

/** Shapes that bracket every coefficient of variation from 0.001 to 100. */
const [SMALLEST_SHAPE, LARGEST_SHAPE] = [0.05, 5000]

/** The shape whose coefficient of variation is `cv` (0.001 … 100), by bisection: cv falls as the shape grows. */
export function weibullShape(cv: number): number {
  let low = Math.log(SMALLEST_SHAPE)
  let high = Math.log(LARGEST_SHAPE)
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (weibullCv(Math.exp(middle)) > cv) low = middle
    else high = middle
  }
  return Math.exp((low + high) / 2)
}
