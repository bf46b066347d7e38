import type { Band } from '../../src/index.ts'

/** "0.55 – 3.9": the ends of a band. */
export function rangeText({ lo, hi }: Pick<Band, 'lo' | 'hi'>, print: (value: number) => string): string {
  return `${print(lo)} – ${print(hi)}`
}

/** A band as the evidence of a number shows it. */
export function bandText(band: Band, print: (value: number) => string): { text: string; level: number } {
  return { text: rangeText(band, print), level: band.level }
}
