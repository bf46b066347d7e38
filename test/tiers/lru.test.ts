import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lruResidence } from '../../src/tiers/lru.ts'
import { popularity } from '../../src/tiers/routing.ts'
import { drawDistinct, generator } from './draw.ts'

/** Share of requests that a simulated LRU of `slots` finds, each step's requests judged against the cache before it. */
function simulated(weights: readonly number[], topk: number, slots: number, tokens: number): number {
  const random = generator(11)
  let cache: number[] = []
  let [hits, all] = [0, 0]
  for (let step = 0; step < 6000; step++) {
    const asked = new Set<number>()
    for (let t = 0; t < tokens; t++) for (const e of drawDistinct(weights, topk, random)) asked.add(e)
    if (step >= 500) {
      all += asked.size
      for (const e of asked) if (cache.includes(e)) hits++
    }
    cache = [...asked, ...cache.filter((e) => !asked.has(e))].slice(0, slots)
  }
  return hits / all
}

function predicted(chances: Float64Array, slots: number, tokens: number): number {
  const hit = chances.map((chance) => -Math.expm1(tokens * Math.log1p(-chance)))
  const inside = lruResidence(chances, slots)
  const found = hit.reduce((sum, each, e) => sum + each * inside[e]!, 0)
  return found / hit.reduce((sum, each) => sum + each, 0)
}

describe('an LRU by Che’s approximation', () => {
  it.each([
    [8, 2, 4, 1, 0],
    [8, 2, 4, 1, 1],
    [64, 6, 16, 1, 0.8],
    [64, 6, 40, 1, 0.8],
    [64, 6, 40, 4, 0.8],
    [64, 6, 3, 1, 1],
    [160, 6, 60, 1, 1.2],
  ])('of %i experts, %i per token, %i slots, %i tokens and skew %f is the simulated one within 0.02', (...row) => {
    const [experts, topk, slots, tokens, exponent] = row
    const [chances] = popularity({ kind: 'power', exponent }, [{ experts, topk }])
    const weights = Array.from({ length: experts }, (_, i) => (i + 1) ** -exponent)
    const difference = predicted(chances!, slots, tokens) - simulated(weights, topk, slots, tokens)
    expect(Math.abs(difference)).toBeLessThan(0.02)
  })

  const caches = fc.record({
    experts: fc.integer({ min: 4, max: 64 }),
    topk: fc.integer({ min: 1, max: 4 }),
    exponent: fc.double({ min: 0, max: 3, noNaN: true }),
    slots: fc.integer({ min: 0, max: 64 }),
  })

  it('fills its slots, gains from each more, and never beats the hottest for good', () => {
    fc.assert(
      fc.property(caches, ({ experts, topk, exponent, slots: wanted }) => {
        const slots = Math.min(wanted, experts)
        const [chances] = popularity({ kind: 'power', exponent }, [{ experts, topk }])
        const inside = lruResidence(chances!, slots)
        expect(inside.reduce((sum, each) => sum + each, 0)).toBeCloseTo(slots, 6)
        const served = (cache: Float64Array): number => cache.reduce((sum, each, e) => sum + each * chances![e]!, 0)
        const hottest = chances!.reduce((sum, chance, e) => sum + (e < slots ? chance : 0), 0)
        expect(served(inside)).toBeLessThanOrEqual(hottest + 1e-9)
        expect(served(lruResidence(chances!, Math.min(slots + 1, experts)))).toBeGreaterThanOrEqual(
          served(inside) - 1e-9,
        )
      }),
    )
  })
})
