import type { Grouping } from './fold.ts'

/** Gains below this are not worth constants of one's own. */
export const LEAST_GAIN = 0.005

/** What refitting does to errors on rows left out. */
export interface Gain {
  /** Mean fall of the error, and its standard error over groups. */
  readonly gain: number
  readonly gainError: number
  /** Whether it is more than luck, and worth it. */
  readonly isGain: boolean
}

/**
 * Mean fall of `losses` from the shipped constants to factors that have not seen the row. Rows of a group gain or lose together, so that the error
 * of the mean is taken over groups.
 */
export function gainOf(
  shipped: readonly number[],
  heldOut: readonly number[],
  { keys, groups }: Pick<Grouping, 'keys' | 'groups'>,
): Gain {
  const gains = shipped.map((loss, i) => loss - heldOut[i]!)
  const gain = mean(gains)
  const sums = new Map<string, number>()
  for (const [i, key] of keys.entries()) sums.set(key, (sums.get(key) ?? 0) + gains[i]! - gain)
  const variance = [...sums.values()].reduce((sum, each) => sum + each ** 2, 0)
  const gainError = (Math.sqrt(variance) / gains.length) * Math.sqrt(groups / (groups - 1))
  return { gain, gainError, isGain: gain > Math.max(LEAST_GAIN, believed(groups) * gainError) }
}

/** Standard errors by which a gain must exceed zero to be believed: Student's one-sided 95 %, to 1 % from two degrees of freedom. */
function believed(groups: number): number {
  const freedom = groups - 1
  return 1.645 + 1.52 / freedom + 1.4 / freedom ** 2 + 1.5 / freedom ** 3
}

/** The gain in words. */
export function gainText({ gain, gainError }: Omit<Gain, 'isGain'>, what: string): string {
  return `errors on ${what} left out ${gain > 0 ? 'fall' : 'rise'} by ${percent(Math.abs(gain))} ± ${percent(gainError)}`
}

export function percent(log: number): string {
  return `${(100 * log).toFixed(1)} %`
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length
}
