import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Uniform numbers from 0 to 1, the same for the same seed. */
export function generator(seed: number): () => number {
  const state = xoroshiro128plus(seed)
  return () => uniformFloat64(state)
}

/** `topk` distinct indices, drawn one after another in proportion to the weights of those left. */
export function drawDistinct(weights: readonly number[], topk: number, random: () => number): number[] {
  const drawn: number[] = []
  let left = weights.reduce((sum, weight) => sum + weight, 0)
  while (drawn.length < topk) {
    let place = random() * left
    let e = 0
    for (; e < weights.length - 1; e++) {
      if (drawn.includes(e)) continue
      place -= weights[e]!
      if (place < 0) break
    }
    if (drawn.includes(e)) continue
    drawn.push(e)
    left -= weights[e]!
  }
  return drawn
}
