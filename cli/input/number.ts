import { PincerError } from '../../src/index.ts'

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/**
 * The number in `text`, digits only: no hexadecimal, no units, no "Infinity". Ranges are the engine's to judge.
 * @throws PincerError `invalid_value` at `path`
 */
export function parseNumber(text: string, path: readonly (string | number)[]): number {
  const trimmed = text.trim()
  const value = DECIMAL.test(trimmed) ? Number(trimmed) : Number.NaN
  if (Number.isFinite(value)) return value
  throw new PincerError({ code: 'invalid_value', path, message: `"${text.slice(0, 40)}" is not a number` })
}
