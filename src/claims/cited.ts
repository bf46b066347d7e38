import type { CitedTest, Finding, Setting } from './types.ts'

/**
 * A figure that no engine predicts: what else is published of it, with the range of its publications. Unknown where nobody who would
 * know has confirmed it.
 */
export function citedFinding({ cited }: CitedTest, { asserts }: Setting): Finding {
  const { value, low = value, high = value, note, source, isConfirmed } = cited
  const evidence = { tier: 'counted', sources: [source] } as const
  const command = 'pincer catalog sources'
  const quantity = isConfirmed
    ? { name: asserts.quantity, value, lo: low, hi: high, unit: asserts.unit }
    : { unknown: `nobody who would know has confirmed it: ${note}` }
  return { quantity, reason: `Not predicted, but cited: ${note}.`, wouldHoldIf: [], evidence, command }
}
