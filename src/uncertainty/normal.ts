/**
 * Φ(z), the distribution function of the standard normal, to a few units in the last place of 1: near 0 the series of G. Marsaglia,
 * "Evaluating the normal distribution", J. Stat. Software 11(4), 2004; in the tails, to as many digits of the tail itself, the continued
 * fraction of Mills' ratio (Abramowitz and Stegun 26.2.14).
 */
export function normalCdf(z: number): number {
  if (Math.abs(z) > TAIL_FROM) return z < 0 ? tail(-z) : 1 - tail(z)
  let term = z
  let sum = z
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (z * z) / odd
    sum += term
  }
  return 0.5 + sum * density(z)
}

const TAIL_FROM = 3
/** Levels of the fraction: at z = 3 the last one moves the 17th digit. */
const LEVELS = 120

function tail(z: number): number {
  let fraction = z
  for (let level = LEVELS; level >= 1; level--) fraction = z + level / fraction
  return density(z) / fraction
}

function density(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)
}

/**
 * Φ⁻¹(p), to about 1e-16 relative: algorithm AS 241 (PPND16) of M. J. Wichura, "The percentage points of the normal distribution",
 * Applied Statistics 37, 477–484 (1988). −∞ at 0, ∞ at 1, NaN outside.
 */
export function normalQuantile(p: number): number {
  if (p === 0 || p === 1) return p === 0 ? -Infinity : Infinity
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (q * polynomial(CENTRE[0], r)) / polynomial(CENTRE[1], r)
  }
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p))
  const [[above, below], from] = r <= 5 ? [MIDDLE, 1.6] : [FAR, 5]
  const size = polynomial(above, r - from) / polynomial(below, r - from)
  return q < 0 ? -size : size
}

/** Coefficients ascending. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!
  return sum
}

type Ratio = readonly [readonly number[], readonly number[]]

const CENTRE: Ratio = [
  [
    3.387132872796366608, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
    4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
  ],
  [
    1, 4.2313330701600911252e1, 6.871870074920579083e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
    3.930789580009271061e4, 2.8729085735721942674e4, 5.226495278852854561e3,
  ],
]
const MIDDLE: Ratio = [
  [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 2.4178072517745061177e-1, 2.27238449892691845833e-2, 7.7454501427834140764e-4,
  ],
  [
    1, 2.05319162663775882187, 1.6763848301838038494, 6.8976733498510000455e-1, 1.4810397642748007459e-1,
    1.51986665636164571966e-2, 5.475938084995344946e-4, 1.05075007164441684324e-9,
  ],
]
const FAR: Ratio = [
  [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 2.9656057182850489123e-1,
    2.6532189526576123093e-2, 1.2426609473880784386e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ],
  [
    1, 5.9983220655588793769e-1, 1.3692988092273580531e-1, 1.48753612908506148525e-2, 7.868691311456132591e-4,
    1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
  ],
]
