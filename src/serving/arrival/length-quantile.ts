/** An inverse distribution function: between two of its points, values lie on a geometric line, as heavy tails do. */
export interface QuantileCurve {
  readonly shares: Float64Array
  /** Natural logarithms of the values, each at least that of one token. */
  readonly logs: Float64Array
  /** In the last interval, ln x grows with (position in the interval)^bend; 1 elsewhere. */
  readonly bend: number
}

const MOST_BEND = 64

/**
 * The curve through (share, value) points. The last interval, from say the 99.9 % quantile to the largest value ever seen,
 * decides much of the mean; where the mean is known, that interval is bent until the mean comes out (as far as it can).
 */
export function quantileCurve(shares: readonly number[], values: readonly number[], mean?: number): QuantileCurve {
  const logs = Float64Array.from(values, (value) => Math.log(Math.max(value, 1)))
  const curve = { shares: Float64Array.from(shares), logs, bend: 1 }
  if (mean === undefined) return curve
  let [low, high] = [-Math.log(MOST_BEND), Math.log(MOST_BEND)]
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    // The more it is bent, the longer values stay near the lower end.
    if (curveMean({ ...curve, bend: Math.exp(middle) }) > mean) low = middle
    else high = middle
  }
  return { ...curve, bend: Math.exp((low + high) / 2) }
}

/** The value at `share` (0 … 1), not rounded. */
export function quantile({ shares, logs, bend }: QuantileCurve, share: number): number {
  let low = 0
  let high = shares.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (shares[middle]! <= share) low = middle
    else high = middle
  }
  const position = (share - shares[low]!) / (shares[high]! - shares[low]!)
  const climb = high === shares.length - 1 && bend !== 1 ? position ** bend : position
  return Math.exp(logs[low]! + climb * (logs[high]! - logs[low]!))
}

/** Mean of the curve: logarithmic means of the intervals, the bent one by the midpoint rule (1e-4 of that interval). */
export function curveMean(curve: QuantileCurve): number {
  const { shares, logs, bend } = curve
  const last = shares.length - 2
  let sum = 0
  for (let i = 0; i <= last; i++) {
    const share = shares[i + 1]! - shares[i]!
    sum += share * (i === last && bend !== 1 ? bentMean(curve, share) : logMean(logs[i]!, logs[i + 1]!))
  }
  return sum
}

function logMean(from: number, to: number): number {
  return to - from < 1e-12 ? Math.exp(from) : (Math.exp(to) - Math.exp(from)) / (to - from)
}

const STRIPS = 1000

function bentMean(curve: QuantileCurve, share: number): number {
  let sum = 0
  for (let i = 0; i < STRIPS; i++) sum += quantile(curve, 1 - share * (1 - (i + 0.5) / STRIPS))
  return sum / STRIPS
}
