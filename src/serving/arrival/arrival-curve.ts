import type { Seconds } from '../../units/index.ts'
import { fault } from './arrival-field.ts'

/** A point of a rate curve: seconds since the start, requests per second. */
export type RatePoint = readonly [seconds: Seconds, rate: number]

/** Requests expected over the whole curve, from its first to its last point: trapezoids. */
export function curveRequests(points: readonly RatePoint[]): number {
  return cumulative(points).at(-1) ?? 0
}

function cumulative(points: readonly RatePoint[]): Float64Array {
  const sums = new Float64Array(points.length)
  for (let i = 1; i < points.length; i++) {
    const [t0, r0] = points[i - 1]!
    const [t1, r1] = points[i]!
    sums[i] = sums[i - 1]! + ((r0 + r1) / 2) * (t1 - t0)
  }
  return sums
}

/**
 * Λ⁻¹, the time by which the curve has brought an expected number of requests; calls must not go backwards. A renewal
 * process of rate 1 sent through it has the curve's rate at every moment: exact for Poisson ("time change", the same
 * law as thinning, without rejected draws), and one draw per request whatever the rate. Behind the last point the curve
 * starts anew (`repeat`) or holds its last rate.
 */
export function curveClock(points: readonly RatePoint[], repeat: boolean): (expected: number) => Seconds {
  const sums = cumulative(points)
  const total = sums.at(-1)!
  const [end, lastRate] = points.at(-1)!
  let segment = 0
  let cycles = 0
  return (expected) => {
    let rest = expected - cycles * total
    if (rest >= total) {
      if (!repeat) return behindEnd(end, lastRate, expected, total)
      cycles = Math.floor(expected / total)
      rest = expected - cycles * total
      segment = 0
    }
    // The second condition catches a remainder that rounding put on the very end.
    while (segment < points.length - 2 && rest >= sums[segment + 1]!) segment++
    return cycles * end + timeWithin(points[segment]!, points[segment + 1]!, Math.max(rest - sums[segment]!, 0))
  }
}

/** The x at which the trapezoid from `from` to `to` has the area `area`: r₀·x + (r₁ − r₀)·x²/2d = area, stable at r₁ = r₀. */
function timeWithin(from: RatePoint, to: RatePoint, area: number): Seconds {
  const [t0, r0] = from
  const [t1, r1] = to
  if (area === 0) return t0
  const root = Math.sqrt(Math.max(r0 * r0 + (2 * area * (r1 - r0)) / (t1 - t0), 0))
  return Math.min(t0 + (2 * area) / (r0 + root), t1)
}

function behindEnd(end: Seconds, lastRate: number, expected: number, total: number): Seconds {
  if (lastRate > 0) return end + (expected - total) / lastRate
  throw fault(
    'invalid_value',
    ['points'],
    `the rate ends at 0, after about ${Math.round(total)} requests, and more are asked for`,
    'repeat the curve or ask for fewer requests',
  )
}
