import type { Comparison } from '../../src/index.ts'
import type { Explanation } from '../view/explanation.ts'

export function comparisonExplanations(_: Comparison): Explanation[] {
  return []
}
