import { PincerError, nearest } from '../../src/index.ts'

/** `text` as one of `choices`. @throws PincerError with the nearest of them */
export function choice<T extends string>(text: string, choices: readonly T[], path: readonly string[]): T {
  const found = choices.find((each) => each === text.toLowerCase())
  if (found !== undefined) return found
  const near = nearest(text, choices)
  const suggestion = near === undefined ? `use ${choices.join(', ')}` : `did you mean "${near}"?`
  throw new PincerError({ code: 'invalid_value', path, message: `unknown choice "${text.slice(0, 40)}"`, suggestion })
}
