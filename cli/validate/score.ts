/** A predicted and a measured value of one quantity, with the predicted interval. */
export interface ScorePair {
  readonly predicted: number
  readonly measured: number
  readonly lo: number
  readonly hi: number
  readonly inner?: { readonly lo: number; readonly hi: number }
}

/** How far predictions lie from measurements. Errors are |predicted / measured − 1|. */
export interface Score {
  /** Pairs judged. */
  readonly n: number
  readonly median: number
  readonly mean: number
  readonly p90: number
  /** Median of predicted / measured − 1: above 0 the predictions are too high. */
  readonly bias: number
  /** Share of pairs with an error of at most 20 %. */
  readonly within20: number
  /** Share of pairs whose predicted / measured lies between 1/2 and 2. */
  readonly withinFactor2: number
  /** Share of measurements inside the predicted 90 % interval. */
  readonly insideBand: number
  /** The same of the 80 % interval; absent where a prediction has none. */
  readonly insideBand80?: number
}

/** The score of some pairs; undefined when there are none. Measured values must be above 0. */
export function scoreErrors(pairs: readonly ScorePair[]): Score | undefined {
  if (pairs.length === 0) return undefined
  const deviations = pairs.map(({ predicted, measured }) => predicted / measured - 1)
  const errors = deviations.map(Math.abs)
  return {
    n: pairs.length,
    median: quantile(errors, 0.5),
    mean: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    p90: quantile(errors, 0.9),
    bias: quantile(deviations, 0.5),
    within20: share(errors, (error) => error <= 0.2),
    withinFactor2: share(pairs, ({ predicted, measured }) => predicted / measured >= 0.5 && predicted / measured <= 2),
    insideBand: share(pairs, ({ lo, hi, measured }) => lo <= measured && measured <= hi),
    ...insideInner(pairs),
  }
}

function insideInner(pairs: readonly ScorePair[]): Pick<Score, 'insideBand80'> {
  const inside = pairs.flatMap(({ inner, measured }) =>
    inner === undefined ? [] : [inner.lo <= measured && measured <= inner.hi],
  )
  return inside.length < pairs.length ? {} : { insideBand80: share(inside, Boolean) }
}

/** The q-quantile of at least one value, linear between order statistics (Hyndman and Fan's type 7). */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * q
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / items.length
}
