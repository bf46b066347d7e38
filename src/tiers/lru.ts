/**
 * Che's approximation of an LRU cache (Che, Tung and Wang, IEEE JSAC 20(7), 2002): an item is in the cache if it was
 * asked for within the last T steps, where T is such that the expected number of items asked for within T is the number
 * of slots. Independent steps with probabilities h = 1 − (1 − π)^B make that 1 − (1 − π)^(B·T). Hits count against the
 * cache as it stands before the step. Exact for equal popularity as the cache fills; see the comparison with a simulated
 * cache in docs/tiers.md.
 * @param chance π of every item; @param slots not above the number of items
 * @returns probability that each item is in the cache when a step begins
 */
export function lruResidence(chance: Float64Array, slots: number): Float64Array {
  const asked = chance.filter((each) => each > 0).length
  if (slots >= asked) return chance.map((each) => (each > 0 ? 1 : 0))
  if (slots <= 0) return new Float64Array(chance.length)
  const rates = chance.map((each) => -Math.log1p(-each))
  const within = characteristicTokens(rates, slots)
  return rates.map((rate) => -Math.expm1(-rate * within))
}

/** B·T: tokens after which `slots` different items have been asked for. */
function characteristicTokens(rates: Float64Array, slots: number): number {
  const filled = (tokens: number): number => {
    let sum = 0
    for (const rate of rates) if (rate > 0) sum -= Math.expm1(-rate * tokens)
    return sum
  }
  let [low, high] = [0, 1]
  while (filled(high) < slots) [low, high] = [high, 2 * high]
  // Halving to the last digit; `filled` rises steadily from 0 to the number of items.
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2
    if (filled(middle) < slots) low = middle
    else high = middle
  }
  return high
}
