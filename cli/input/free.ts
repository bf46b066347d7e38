import { type FreeParameter, PincerError } from '../../src/index.ts'
import { parseNumber } from './number.ts'

/**
 * What `--free` means: a parameter, or `parameter=from..to`.
 * @throws PincerError `invalid_value` for a range that is none
 */
export function freeInput(text: string): FreeParameter {
  const [path = '', range, ...more] = text.split('=').map((part) => part.trim())
  if (range === undefined) return { path }
  const ends = range.split('..')
  if (more.length > 0 || ends.length !== 2) {
    const message = `"${range.slice(0, 40)}" is no range`
    const suggestion = `write ${path}=from..to`
    throw new PincerError({ code: 'invalid_value', path: ['free', path], message, suggestion })
  }
  const [from = '', to = ''] = ends
  return {
    path,
    ...(from === '' ? {} : { from: parseNumber(from, ['free', path]) }),
    ...(to === '' ? {} : { to: parseNumber(to, ['free', path]) }),
  }
}
