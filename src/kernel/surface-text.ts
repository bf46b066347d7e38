/**
 * Surfaces as text: one printable character per knot, in steps of `STEP`, so that a file of them stays small. What is
 * farther from 0 than a character tells is an escape and two characters.
 */

/** One step of ln(time over base). Rounding to it costs 0.5 % on average. */
export const STEP = 0.02

const SYMBOLS = Array.from({ length: 93 }, (_, i) => String.fromCharCode(33 + i))
  .filter((symbol) => symbol !== '"' && symbol !== '\\')
  .join('')
const ESCAPE = '~'
const MIDDLE = Math.floor(SYMBOLS.length / 2)
const FAR = Math.floor(SYMBOLS.length ** 2 / 2)

const CODES = new Int16Array(128).fill(-1)
for (let i = 0; i < SYMBOLS.length; i++) CODES[SYMBOLS.charCodeAt(i)] = i

/** Text of some values, rounded to whole steps. @throws RangeError for one beyond ±82 */
export function encodeSteps(values: Float64Array): string {
  let text = ''
  for (const value of values) {
    const steps = Math.round(value / STEP)
    if (Math.abs(steps) < MIDDLE) {
      text += SYMBOLS[steps + MIDDLE]!
      continue
    }
    const far = steps + FAR
    if (!(far >= 0 && far < SYMBOLS.length ** 2)) throw new RangeError(`value beyond what text holds: ${value}`)
    text += ESCAPE + SYMBOLS[Math.floor(far / SYMBOLS.length)]! + SYMBOLS[far % SYMBOLS.length]!
  }
  return text
}

/** Values that `encodeSteps` wrote. @throws RangeError when the text is not of so many values */
export function decodeSteps(text: string, count: number): Float64Array {
  const values = new Float64Array(count)
  let at = 0
  for (let i = 0; i < count; i++) {
    if (text[at] === ESCAPE) {
      values[i] = (codeAt(text, at + 1) * SYMBOLS.length + codeAt(text, at + 2) - FAR) * STEP
      at += 3
    } else {
      values[i] = (codeAt(text, at) - MIDDLE) * STEP
      at += 1
    }
  }
  if (at !== text.length) throw new RangeError(`a surface of ${count} knots ends early in its text`)
  return values
}

function codeAt(text: string, at: number): number {
  const code = CODES[text.charCodeAt(at)] ?? -1
  if (code < 0) throw new RangeError(`no knot at character ${at}`)
  return code
}
