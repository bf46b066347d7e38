import { marketPath, revenueRatio } from './path.ts'
import type { MarketValues } from './types.ts'

/** One side of a threshold: the revenue ratio at an elasticity beside it. */
export interface ThresholdSide {
  readonly elasticity: number
  readonly ratio: number
}

/** Where cheaper tokens stop cutting GPU vendors’ sales and start raising them, with both sides computed, or why nowhere. */
export type Threshold =
  | { readonly elasticity: number; readonly below: ThresholdSide; readonly above: ThresholdSide }
  | { readonly none: string; readonly below: ThresholdSide; readonly above: ThresholdSide }

const MOST = 10
/** Distance from the threshold at which its sides are verified. */
const BESIDE = 1e-3

/**
 * The elasticity of token demand at which sales of GPU vendors after the base year equal the baseline’s, all other inputs at `values`,
 * by bisection between 0 and 10.
 */
export function revenueThreshold(
  values: MarketValues,
  span: { readonly baseYear: number; readonly years: number },
): Threshold {
  const at = (elasticity: number): ThresholdSide => ({
    elasticity,
    ratio: revenueRatio(marketPath({ ...values, elasticity }, span)),
  })
  const [first, last] = [at(0), at(MOST)]
  if (first.ratio - 1 === 0 && last.ratio - 1 === 0)
    return { none: 'the price of tokens does not differ from the baseline’s', below: first, above: last }
  if ((first.ratio - 1) * (last.ratio - 1) > 0) {
    const side = first.ratio > 1 ? 'more' : 'less'
    return {
      none: `GPU vendors sell ${side} than in the baseline at every elasticity from 0 to ${MOST}`,
      below: first,
      above: last,
    }
  }
  let [low, high] = [first, last]
  for (let step = 0; step < 60; step++) {
    const middle = at((low.elasticity + high.elasticity) / 2)
    if ((middle.ratio - 1) * (first.ratio - 1) > 0) low = middle
    else high = middle
  }
  const { elasticity } = high
  return { elasticity, below: at(Math.max(0, elasticity - BESIDE)), above: at(elasticity + BESIDE) }
}
