/** Largest denominator by which tokens per step are approximated: within 0.4 % of any number above 1. */
const MOST_GRAIN = 16

/** The fraction gain/grain nearest to the `tokens` that a step of speculative decoding yields. */
export function grainsOf(tokens: number): { gain: number; grain: number } {
  let best = { gain: Math.round(tokens), grain: 1 }
  const error = ({ gain, grain }: typeof best): number => Math.abs(gain / grain - tokens)
  for (let grain = 2; grain <= MOST_GRAIN; grain++) {
    const next = { gain: Math.round(tokens * grain), grain }
    if (error(next) < error(best) - 1e-12) best = next
  }
  return best
}
