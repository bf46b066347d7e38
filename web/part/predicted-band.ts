import { type Known, type PredictedBand, isKnown } from '../../src/index.ts'
import type { EvidenceBand } from './evidence.tsx'

type Print = (value: number) => string

/** Both bands of a predicted number, as its evidence shows them. */
export function evidenceBands(
  band: PredictedBand,
  print: Print,
): { readonly band: EvidenceBand; readonly innerBand: EvidenceBand } {
  const { lo, hi, level, inner } = band
  return {
    band: { text: rangeText(lo, hi, print), level },
    innerBand: { text: rangeText(inner.lo, inner.hi, print), level: inner.level },
  }
}

/** "14.7 ms – 25.1 ms". */
export function rangeText(lo: number, hi: number, print: Print): string {
  return `${print(lo)} – ${print(hi)}`
}

/** What publications span; undefined where there is one value, or none. */
export function evidenceRange(figure: Known, print: Print): EvidenceBand | undefined {
  if (!isKnown(figure)) return undefined
  const { value, low = value, high = value } = figure
  return low === high ? undefined : { text: rangeText(low, high, print) }
}
