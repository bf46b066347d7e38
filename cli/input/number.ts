import { PincerError } from '../../src/index.ts'

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** The number in `text`, digits only: no hexadecimal, no units, no "Infinity"; undefined when it is none. */
export function decimalOf(text: string): number | undefined {
  const trimmed = text.trim()
  const value = DECIMAL.test(trimmed) ? Number(trimmed) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}

/**
 * The number in `text`, as `decimalOf` reads it. Ranges are the engine's to judge.
 * @throws PincerError `invalid_value` at `path`
 */
export function parseNumber(text: string, path: readonly (string | number)[]): number {
  const value = decimalOf(text)
  if (value !== undefined) return value
  throw new PincerError({ code: 'invalid_value', path, message: `"${text.slice(0, 40)}" is not a number` })
}

/** What a number may be: `above` is left out of the range, `from` is in it. */
export type Range = { readonly to: number } & ({ readonly from: number } | { readonly above: number })

/**
 * The number in `text`, within `range`.
 * @throws PincerError `invalid_value` at `path`
 */
export function parseNumberIn(text: string, path: readonly (string | number)[], range: Range): number {
  const value = parseNumber(text, path)
  const isEnough = 'from' in range ? value >= range.from : value > range.above
  if (isEnough && value <= range.to) return value
  const least = 'from' in range ? `from ${range.from}` : `above ${range.above}`
  const message = `must be a number ${least} to ${range.to.toLocaleString('en-US')}, not ${text.trim().slice(0, 40)}`
  throw new PincerError({ code: 'invalid_value', path, message })
}
