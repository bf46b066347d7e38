import type { PredictedBand } from '../predict/index.ts'
import { normalQuantile } from '../uncertainty/index.ts'

/** ln(end / predicted) of the four ends of a band: its 5, 10, 90 and 95 % quantiles. */
export type BandEnds = readonly [number, number, number, number]

const [FAR, NEAR] = [normalQuantile(0.95), normalQuantile(0.9)]

export function bandEnds({ value, lo, hi, inner }: PredictedBand): BandEnds {
  return [lo, inner.lo, inner.hi, hi].map((end) => Math.log(end / value)) as unknown as BandEnds
}

/**
 * True over predicted speed at a normal score: the distribution whose 5, 10, 90 and 95 % quantiles are the ends of the band and whose median is
 * the predicted value. In between the logarithm is linear in the score; beyond the ends it goes on as the log-normal through the median and that
 * end.
 */
export function speedFactor(score: number, [lo, innerLo, innerHi, hi]: BandEnds): number {
  const [far, near] = score < 0 ? [-lo, -innerLo] : [hi, innerHi]
  const size = Math.abs(score)
  let log: number
  if (size <= NEAR) log = (near * size) / NEAR
  else if (size <= FAR) log = near + ((far - near) * (size - NEAR)) / (FAR - NEAR)
  else log = (far * size) / FAR
  return Math.exp(score < 0 ? -log : log)
}
