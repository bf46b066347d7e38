import type { Seconds } from '../../units/index.ts'
import type { RatePoint } from './arrival-curve.ts'

/** When requests come, without a trace. Rates are requests per second; cv is the standard deviation of gaps over their mean. */
export type ArrivalProcess =
  | { readonly kind: 'poisson'; readonly rate: number }
  /** Renewals with gamma gaps: cv > 1 is burstier than Poisson, cv < 1 smoother. */
  | { readonly kind: 'gamma'; readonly rate: number; readonly cv: number }
  /** Renewals with Weibull gaps. */
  | { readonly kind: 'weibull'; readonly rate: number; readonly cv: number }
  /** Equal gaps. */
  | { readonly kind: 'uniform'; readonly rate: number }
  /** Poisson whose rate switches between two values after exponential sojourns of the given means. */
  | {
      readonly kind: 'on-off'
      readonly onRate: number
      readonly offRate?: number
      readonly onSeconds: Seconds
      readonly offSeconds: Seconds
    }
  /** Piecewise-linear rate; two points at one time make a jump. With cv ≠ 1 gamma gaps in place of exponential ones. */
  | { readonly kind: 'curve'; readonly points: readonly RatePoint[]; readonly repeat?: boolean; readonly cv?: number }
  /** `size` requests (default: all) at time 0, then those of another process. */
  | { readonly kind: 'burst'; readonly size?: number; readonly next?: ArrivalProcess }
