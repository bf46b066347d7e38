import { type Band, type Known, formatRate, formatUsd, isKnown } from '../../src/index.ts'

export const NOT_KNOWN = 'n/a'

/** A known figure printed by `print`, or "n/a — reason". */
export function knownText<Q extends number>(figure: Known<Q>, print: (value: Q) => string): string {
  return isKnown(figure) ? print(figure.value) : `${NOT_KNOWN} — ${figure.unknown}`
}

/** A known figure for a table cell, which has no room for the reason. */
export function knownCell<Q extends number>(figure: Known<Q>, print: (value: Q) => string): string {
  return isKnown(figure) ? print(figure.value) : NOT_KNOWN
}

/** The id of the source of a figure, where it is known. */
export function sourceOf(figure: Known): string[] {
  return isKnown(figure) ? [figure.source] : []
}

/** "10.2 – 14.1 ms": the ends of an interval. */
export function rangeText(lo: number, hi: number, print: (value: number) => string): string {
  return `${print(lo)} – ${print(hi)}`
}

export function bandRange(of: Pick<Band, 'lo' | 'hi'>, print: (value: number) => string): string {
  return rangeText(of.lo, of.hi, print)
}

/** Tokens per second, as the engine prints rates. */
export const rateText: (perSecond: number) => string = formatRate

/** "$2.10/h" */
export function hourlyText(usdPerHour: number): string {
  return `${formatUsd(usdPerHour)}/h`
}

/** Parameters: "236 B", "1.04 T", "22 M". */
export function paramText(count: number): string {
  const [scale, letter] = count >= 0.9995e12 ? [1e12, 'T'] : count >= 0.9995e9 ? [1e9, 'B'] : [1e6, 'M']
  return `${Number((count / Number(scale)).toPrecision(3))} ${letter}`
}

/** A share with one decimal, for columns of shares: "8.9 %". */
export function shareText(share: number): string {
  const percent = share * 100
  const text = Math.abs(percent) >= 1000 ? Math.round(percent).toLocaleString('en-US') : percent.toFixed(1)
  return `${text === '-0.0' ? '0.0' : text} %`
}
