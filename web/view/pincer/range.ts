import type { Band, Figure } from '../../../src/index.ts'

/** "0.55 – 3.9": the ends of a band. */
export function rangeOf({ lo, hi }: Pick<Band, 'lo' | 'hi'>, print: (value: number) => string): string {
  return `${print(lo)} – ${print(hi)}`
}

/** A band as the evidence of a number shows it. */
export function bandOf(band: Band, print: (value: number) => string): { text: string; level: number } {
  return { text: rangeOf(band, print), level: band.level }
}

/** What publications span, which is no interval of probability; undefined where there is one value. */
export function rangeOfFigure({ low, high }: Figure, print: (value: number) => string): { text: string } | undefined {
  return low === undefined || high === undefined || low === high
    ? undefined
    : { text: rangeOf({ lo: low, hi: high }, print) }
}
