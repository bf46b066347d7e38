import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distinctExperts } from '../../src/model/index.ts'
import { inclusionProbabilities } from '../../src/tiers/inclusion.ts'
import { hitChance, popularity } from '../../src/tiers/routing.ts'
import { drawDistinct, generator } from './draw.ts'

/** π by following every ordered draw: the definition. */
function enumerated(weights: readonly number[], topk: number): number[] {
  const included = weights.map(() => 0)
  const follow = (drawn: readonly number[], chance: number): void => {
    if (drawn.length === topk) {
      for (const e of drawn) included[e]! += chance
      return
    }
    const left = weights.reduce((sum, weight, e) => sum + (drawn.includes(e) ? 0 : weight), 0)
    for (const [e, weight] of weights.entries())
      if (!drawn.includes(e) && weight > 0) follow([...drawn, e], (chance * weight) / left)
  }
  follow([], 1)
  return included
}

describe('inclusionProbabilities', () => {
  it('is the sum over all ordered draws without replacement', () => {
    const law = fc
      .array(fc.double({ min: 1e-4, max: 10, noNaN: true }), { minLength: 2, maxLength: 7 })
      .chain((weights) =>
        fc.record({ weights: fc.constant(weights), topk: fc.integer({ min: 1, max: weights.length }) }),
      )
    fc.assert(
      fc.property(law, ({ weights, topk }) => {
        const expected = enumerated(weights, topk)
        for (const [e, chance] of inclusionProbabilities(weights, topk).entries())
          expect(chance).toBeCloseTo(expected[e]!, 9)
      }),
      { numRuns: 150 },
    )
  })

  it('sums to k, never exceeds 1 and rises with the weight, up to 896 experts and steep laws', () => {
    for (const [experts, topk, exponent] of [
      [896, 16, 0.7],
      [256, 8, 4],
      [160, 6, 1],
      [8, 2, 2],
      [64, 60, 3],
    ] as const) {
      const weights = Array.from({ length: experts }, (_, i) => (i + 1) ** -exponent)
      const chances = inclusionProbabilities(weights, topk)
      expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(topk, 9)
      for (const [e, chance] of chances.entries()) {
        expect(chance).toBeGreaterThan(0)
        expect(chance).toBeLessThanOrEqual(e === 0 ? 1 : chances[e - 1]! + 1e-11)
      }
    }
  })

  it('never draws what has no weight', () => {
    expect([...inclusionProbabilities([0, 3, 0, 1], 2)]).toEqual([0, 1, 0, 1])
    const [none, ...rest] = inclusionProbabilities([0, 3, 2, 1], 2)
    expect(none).toBe(0)
    expect(rest.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(2, 12)
  })
})

describe('the experts that a batch hits', () => {
  it.each([
    ['balanced', 64, 6, 16],
    ['power', 64, 6, 16],
    ['power', 8, 2, 4],
    ['exponential', 128, 8, 32],
  ] as const)('%s routing over %i experts, %i per token, %i tokens, as drawn', (kind, experts, topk, tokens) => {
    const routing = kind === 'power' ? { kind, exponent: 1 } : { kind }
    const [chances] = popularity(routing, [{ experts, topk }])
    const expected = chances!.reduce((sum, chance) => sum + hitChance(chance, tokens), 0)
    const weights = Array.from({ length: experts }, (_, i) =>
      kind === 'balanced' ? 1 : kind === 'power' ? 1 / (i + 1) : -Math.log((i + 0.5) / experts),
    )
    const random = generator(7)
    const rounds = 3000
    let [sum, squares] = [0, 0]
    for (let i = 0; i < rounds; i++) {
      const hit = new Set<number>()
      for (let t = 0; t < tokens; t++) for (const e of drawDistinct(weights, topk, random)) hit.add(e)
      sum += hit.size
      squares += hit.size ** 2
    }
    const error = Math.sqrt((squares / rounds - (sum / rounds) ** 2) / rounds)
    expect(Math.abs(sum / rounds - expected)).toBeLessThan(4 * error)
  })

  it('is E·(1 − (1 − k/E)^B) when all are equally popular', () => {
    const [chances] = popularity({ kind: 'balanced' }, [{ experts: 160, topk: 6 }])
    for (const tokens of [1, 7, 300]) {
      const sum = chances!.reduce((total, chance) => total + hitChance(chance, tokens), 0)
      expect(sum).toBeCloseTo(distinctExperts(160, 6, tokens), 9)
    }
  })

  it('is near what predict assumes when popularity is exponential', () => {
    const [chances] = popularity({ kind: 'exponential' }, [{ experts: 256, topk: 8 }])
    for (const tokens of [1, 8, 64, 256]) {
      const sum = chances!.reduce((total, chance) => total + hitChance(chance, tokens), 0)
      expect(sum / distinctExperts(256, 8, tokens, 1)).toBeGreaterThan(0.97)
      expect(sum / distinctExperts(256, 8, tokens, 1)).toBeLessThan(1.05)
    }
  })

  it('refuses exponents that no router has', () => {
    for (const exponent of [-1, 5, Number.NaN])
      expect(() => popularity({ kind: 'power', exponent }, [{ experts: 8, topk: 2 }])).toThrow(/power law/)
  })
})
