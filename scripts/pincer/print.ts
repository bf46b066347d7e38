import type { Band } from '../../src/predict/index.ts'

/** Three digits, never in powers: 0.0712, 4.19, 1,592. */
export function short(value: number): string {
  const digits = Number(value.toPrecision(value >= 1000 ? 4 : 3))
  return digits.toLocaleString('en-US', { maximumSignificantDigits: 4, useGrouping: true })
}

export function usd(value: number): string {
  return `$${short(Number(value.toPrecision(3)))}`
}

/** 131,072. */
export function whole(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 })
}

/** ×0.15 (0.09–0.25). */
export function times({ value, lo, hi }: Band): string {
  return `×${brief(value)} (${brief(lo)}–${brief(hi)})`
}

/** Two digits. */
export function brief(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en-US', { maximumSignificantDigits: 3 })
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** "a, b and c". */
export function list(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? 'none') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)!}`
}
