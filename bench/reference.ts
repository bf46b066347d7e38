import type { BenchResult } from './result.ts'
import { timeRepeats } from './repeat.ts'

const COUNT = 1_000_000

/** Milliseconds to sort a million doubles, the same ones every time: tells how fast the measuring machine is. */
export function sortMilliseconds(): BenchResult {
  const unsorted = seededDoubles(COUNT)
  const { median, least } = timeRepeats(() => Float64Array.from(unsorted).sort(), 9, 2)
  return { name: 'reference.sort_1m_ms', value: median, unit: 'ms', best: least }
}

/** Doubles in [0, 1) from a linear congruential generator (Numerical Recipes' constants). */
function seededDoubles(count: number): Float64Array {
  const values = new Float64Array(count)
  let state = 42
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    values[i] = state / 2 ** 32
  }
  return values
}
