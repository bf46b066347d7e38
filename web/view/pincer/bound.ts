import { type Verdict, formatUnit } from '../../../src/index.ts'
import { rangeOf } from './range.ts'
import { text } from './text.ts'

/** Whether the central value keeps what is asserted; where it does, what is open is whether the whole band does. */
export function isCentreKept({ asserted, quantity }: Verdict): boolean {
  if ('unknown' in quantity) return false
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = asserted
  return quantity.value >= atLeast && quantity.value <= atMost
}

/** A value in its unit, in the language of the page. */
export function unitText(value: number, unit: string): string {
  return formatUnit(value, text.value.countUnit(unit, value))
}

/** "≤ 15 %", "≥ ×10" or "235.5 B – 236.5 B". */
export function boundsText({ atLeast, atMost, unit }: Verdict['asserted']): string {
  const print = (value: number): string => unitText(value, unit)
  if (atLeast !== undefined && atMost !== undefined) return rangeOf({ lo: atLeast, hi: atMost }, print)
  return atMost === undefined ? `≥ ${print(atLeast ?? Number.NaN)}` : `≤ ${print(atMost)}`
}
