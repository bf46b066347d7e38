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
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
]
const MIDDLE: Ratio = [
  [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
]
const FAR: Ratio = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133, 1.8463183175100548e-5,
    1.421511758316446e-7, 2.0442631033899397e-15,
  ],
]
