import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expertLoad } from '../../src/tiers/load.ts'
import { entryOrder, residence, tokenFound } from '../../src/tiers/placement.ts'
import type { HistogramRow } from '../../src/tiers/index.ts'
import type { Routing } from '../../src/tiers/routing.ts'
import { smallMoe } from './arch.ts'
import { drawDistinct, generator } from './draw.ts'

const FORMATS = { weights: { ffn: 'bf16', attention: 'bf16', embedding: 'bf16' }, cache: 'bf16' } as const

function loadOf(routing: Routing, users: number, experts: number, layers: number): ReturnType<typeof expertLoad> {
  return expertLoad({ arch: smallMoe(experts, 2, layers), ...FORMATS, users, context: 16, routing })
}

/** Counts of two layers of four experts, not one of which has more than half of a layer's. */
const histograms = fc
  .array(fc.array(fc.integer({ min: 20, max: 50 }), { minLength: 4, maxLength: 4 }), { minLength: 2, maxLength: 2 })
  .map((layers): Routing => ({
    kind: 'histogram',
    file: 'h.csv',
    rows: layers.flatMap((counts, layer) =>
      counts.map((count, expert): HistogramRow => ({ line: 2 + 4 * layer + expert, layer, expert, count })),
    ),
  }))

function subsets(of: number): number[][] {
  return Array.from({ length: 2 ** of }, (_none, bits) =>
    Array.from({ length: of }, (_, i) => i).filter((i) => bits & (1 << i)),
  )
}

describe('the hottest experts', () => {
  it('are the best choice of all, for tokens and for bytes', () => {
    fc.assert(
      fc.property(histograms, fc.constantFrom(1, 3, 20), (routing, users) => {
        const load = loadOf(routing, users, 4, 2)
        const order = entryOrder(load, 'static')
        const items = load.layers.flatMap(({ chance, hit }) =>
          Array.from(chance, (each, e) => ({ chance: each, hit: hit[e]! })),
        )
        const total = items.reduce((sum, { hit }) => sum + hit, 0)
        for (let count = 0; count <= 8; count++) {
          const { tokenHit, byteHit } = residence(load, order, count, 'static')
          const choices = subsets(8).filter((set) => set.length === count)
          const best = (of: (item: (typeof items)[number]) => number): number =>
            Math.max(...choices.map((set) => set.reduce((sum, i) => sum + of(items[i]!), 0)))
          expect(tokenHit).toBeCloseTo(best(({ chance }) => chance) / 4, 9)
          expect(byteHit).toBeCloseTo(best(({ hit }) => hit) / total, 9)
        }
      }),
      { numRuns: 25 },
    )
  })

  it('enter layer by layer in turn where all are equally hot', () => {
    const load = loadOf({ kind: 'balanced' }, 1, 8, 4)
    const { layers, bytes, count } = entryOrder(load, 'static')
    expect(Array.from(layers.subarray(0, 8))).toEqual([0, 1, 2, 3, 0, 1, 2, 3])
    expect(count).toBe(32)
    expect(bytes[32]).toBe(load.expertBytes)
  })

  it('beat an LRU of as many slots, which beats nothing', () => {
    for (const experts of [6, 13, 20]) {
      const load = loadOf({ kind: 'power', exponent: 1 }, 2, 8, 4)
      const hits = (['static', 'lru'] as const).map(
        (policy) => residence(load, entryOrder(load, policy), experts, policy).byteHit,
      )
      expect(hits[0]).toBeGreaterThan(hits[1]!)
      expect(hits[1]).toBeGreaterThan(0)
    }
  })
})

describe('the probability that a token misses nothing', () => {
  it('is hypergeometric when all experts are equally popular', () => {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k)
    for (const [experts, topk, held] of [
      [8, 2, 3],
      [64, 6, 40],
      [5, 5, 5],
      [8, 2, 1],
    ] as const) {
      const inside = Float64Array.from({ length: experts }, (_, e) => (e < held ? 1 : 0))
      const expected = held < topk ? 0 : choose(held, topk) / choose(experts, topk)
      const chance = new Float64Array(experts).fill(topk / experts)
      if (topk < experts) expect(tokenFound(chance, inside, topk)).toBeCloseTo(expected, 12)
      else expect(tokenFound(chance, inside, topk)).toBe(1)
    }
  })

  it('is near what skewed draws give', () => {
    const load = loadOf({ kind: 'power', exponent: 1 }, 1, 16, 1)
    const { chance } = load.layers[0]!
    const inside = Float64Array.from(chance, (_, e) => (e < 6 ? 1 : 0))
    const random = generator(3)
    const weights = Array.from(chance, (_, e) => 1 / (e + 1))
    let found = 0
    for (let i = 0; i < 20_000; i++) if (drawDistinct(weights, 2, random).every((e) => e < 6)) found++
    expect(Math.abs(tokenFound(chance, inside, 2) - found / 20_000)).toBeLessThan(0.05)
  })
})
