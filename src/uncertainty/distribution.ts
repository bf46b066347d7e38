import { normalCdf, normalQuantile } from './normal.ts'

/** What is known of a number that is not known: how likely each value is. Built by `parseDistribution`. */
export type Distribution =
  | { readonly kind: 'fixed'; readonly value: number }
  /** Mean and standard deviation. */
  | { readonly kind: 'normal'; readonly mean: number; readonly sd: number }
  /** ln x is normal: half of the mass lies below `median`, 68 % between median / factor and median · factor. */
  | { readonly kind: 'lognormal'; readonly median: number; readonly factor: number }
  | { readonly kind: 'triangular'; readonly lo: number; readonly mode: number; readonly hi: number }
  | { readonly kind: 'uniform'; readonly lo: number; readonly hi: number }
  | ({ readonly kind: 'quantiles' } & QuantilePoints)

/**
 * A share `shares[i]` of the mass lies below `values[i]`, both ascending. In between x, or ln x where `isLog`, is linear in the normal score
 * Φ⁻¹(share), so that two points are a normal or log-normal distribution; beyond the ends it goes on along the line from the middle point.
 */
export interface QuantilePoints {
  readonly shares: readonly number[]
  readonly values: readonly number[]
  readonly isLog: boolean
}

/** The value below which a share `p` of the mass lies, 0 < p < 1. */
export function quantileAt(of: Distribution, p: number): number {
  switch (of.kind) {
    case 'fixed':
      return of.value
    case 'normal':
      return of.mean + of.sd * normalQuantile(p)
    case 'lognormal':
      return of.median * Math.exp(Math.log(of.factor) * normalQuantile(p))
    case 'uniform':
      return of.lo + p * (of.hi - of.lo)
    case 'triangular':
      return triangularQuantile(of, p)
    case 'quantiles':
      return throughPoints(of, p)
  }
}

/** The share of the mass below `x`: the inverse of `quantileAt`. */
export function shareBelow(of: Distribution, x: number): number {
  switch (of.kind) {
    case 'fixed':
      return x < of.value ? 0 : 1
    case 'normal':
      return normalCdf((x - of.mean) / of.sd)
    case 'lognormal':
      return x <= 0 ? 0 : normalCdf(Math.log(x / of.median) / Math.log(of.factor))
    case 'uniform':
      return clipped((x - of.lo) / (of.hi - of.lo))
    case 'triangular':
      return triangularShare(of, x)
    case 'quantiles':
      return shareByPoints(of, x)
  }
}

type Triangle = Extract<Distribution, { kind: 'triangular' }>

function triangularQuantile({ lo, mode, hi }: Triangle, p: number): number {
  const width = hi - lo
  const peak = (mode - lo) / width
  return p < peak ? lo + Math.sqrt(p * width * (mode - lo)) : hi - Math.sqrt((1 - p) * width * (hi - mode))
}

function triangularShare({ lo, mode, hi }: Triangle, x: number): number {
  if (x <= lo || x >= hi) return x <= lo ? 0 : 1
  return x < mode ? (x - lo) ** 2 / ((hi - lo) * (mode - lo)) : 1 - (hi - x) ** 2 / ((hi - lo) * (hi - mode))
}

function clipped(share: number): number {
  return Math.min(1, Math.max(0, share))
}

/** Points as a polyline over the normal score. */
interface Polyline {
  readonly z: readonly number[]
  readonly y: readonly number[]
  /** Slopes below the first and above the last point. */
  readonly slopes: readonly [number, number]
}

const POLYLINES = new WeakMap<QuantilePoints, Polyline>()

function polylineOf(points: QuantilePoints): Polyline {
  let line = POLYLINES.get(points)
  if (line === undefined) POLYLINES.set(points, (line = polyline(points)))
  return line
}

function polyline({ shares, values, isLog }: QuantilePoints): Polyline {
  const z = shares.map(normalQuantile)
  const y = isLog ? values.map(Math.log) : values
  const last = z.length - 1
  const slope = (from: number, to: number): number => (y[to]! - y[from]!) / (z[to]! - z[from]!)
  // With two points both middles are an end: the other end stands in.
  const [low, high] = [Math.max(1, Math.floor(last / 2)), Math.min(last - 1, Math.ceil(last / 2))]
  return { z, y, slopes: [slope(0, low), slope(high, last)] }
}

function throughPoints(points: QuantilePoints, p: number): number {
  const { z, y, slopes } = polylineOf(points)
  const score = normalQuantile(p)
  const last = z.length - 1
  let height: number
  if (score <= z[0]!) height = y[0]! + (score - z[0]!) * slopes[0]
  else if (score >= z[last]!) height = y[last]! + (score - z[last]!) * slopes[1]
  else {
    let right = 1
    while (z[right]! < score) right++
    const share = (score - z[right - 1]!) / (z[right]! - z[right - 1]!)
    height = y[right - 1]! + share * (y[right]! - y[right - 1]!)
  }
  return points.isLog ? Math.exp(height) : height
}

function shareByPoints(points: QuantilePoints, x: number): number {
  if (points.isLog && x <= 0) return 0
  const { z, y, slopes } = polylineOf(points)
  const height = points.isLog ? Math.log(x) : x
  const last = z.length - 1
  if (height < y[0]!) return slopes[0] > 0 ? normalCdf(z[0]! + (height - y[0]!) / slopes[0]) : 0
  if (height >= y[last]!) return slopes[1] > 0 ? normalCdf(z[last]! + (height - y[last]!) / slopes[1]) : 1
  let right = last
  while (right > 1 && y[right - 1]! > height) right--
  const share = (height - y[right - 1]!) / (y[right]! - y[right - 1]!)
  return normalCdf(z[right - 1]! + share * (z[right]! - z[right - 1]!))
}
