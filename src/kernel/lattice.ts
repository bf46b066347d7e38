/**
 * A function of a few coordinates, known at the knots of a rectangular grid and linear along each axis between them.
 * Beyond its ends it stays as at the end, so that nothing is extrapolated.
 */
export interface Lattice {
  /** Ascending knots of each axis. */
  readonly axes: readonly (readonly number[])[]
  /** One value per knot, last axis fastest. */
  readonly values: Float64Array
}

/** Most axes a lattice has here. */
export const MOST_AXES = 5

/** Where a point lies among the knots: its corners' places and their shares, which sum to 1. */
export interface Corners {
  /** 2^axes corners are in use; those of no share come with the place of another. */
  count: number
  readonly places: Int32Array
  readonly shares: Float64Array
}

export function corners(): Corners {
  return { count: 0, places: new Int32Array(1 << MOST_AXES), shares: new Float64Array(1 << MOST_AXES) }
}

// One scratch for all calls: evaluation sits in loops over millions of operators and must not allocate.
const SCRATCH = corners()

/** Value of a lattice at a point. Pure, although it works in a scratch of its own. */
export function interpolate(lattice: Lattice, point: Float64Array): number {
  locate(lattice.axes, point, SCRATCH)
  let sum = 0
  for (let i = 0; i < SCRATCH.count; i++) sum += SCRATCH.shares[i]! * lattice.values[SCRATCH.places[i]!]!
  return sum
}

/** Writes the corners around a point into `into`. Coordinates must be numbers. */
export function locate(axes: Lattice['axes'], point: Float64Array, into: Corners): void {
  const { places, shares } = into
  places[0] = 0
  shares[0] = 1
  let count = 1
  for (let d = 0; d < axes.length; d++) {
    const knots = axes[d]!
    const last = knots.length - 1
    const at = point[d]!
    let low = last > 8 && at >= knots[8]! ? 8 : 0
    while (low < last - 1 && at >= knots[low + 1]!) low++
    const share = last === 0 ? 0 : clamp((at - knots[low]!) / (knots[low + 1]! - knots[low]!))
    for (let i = 0; i < count; i++) {
      const place = places[i]! * knots.length + low
      const whole = shares[i]!
      places[i] = place
      shares[i] = whole * (1 - share)
      if (share === 0) continue
      places[count + i] = place + 1
      shares[count + i] = whole * share
    }
    if (share > 0) count *= 2
  }
  into.count = count
}

function clamp(share: number): number {
  return share < 0 ? 0 : share > 1 ? 1 : share
}

/** Knots of a grid with these axes. */
export function knotCount(axes: Lattice['axes']): number {
  return axes.reduce((product, knots) => product * knots.length, 1)
}
