import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Labelled, additiveQuantile, conformalQuantile, quantileAt } from '../../calibrate/conformal.ts'

const SEEDS = fc.integer({ min: 1, max: 2 ** 31 - 2 })

/** Uniform draws in (0, 1), by Park and Miller's generator. */
function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** A heavy-tailed, skewed draw: residuals are no Gaussians. */
function draw(next: () => number): number {
  const u = next()
  return (u < 0.3 ? 2 : 1) * Math.log(u / (1 - u)) * 0.1
}

/** Rows of two factors with a scale each, in folds. */
function synthetic(count: number, next: () => number): Labelled[] {
  return Array.from({ length: count }, (_, i) => {
    const [a, b] = [Math.floor(next() * 2), Math.floor(next() * 3)]
    const value = draw(next) * (a === 0 ? 1 : 3) * (1 + b)
    return { value, labels: [`a${a}`, `b${b}`], fold: `${i % 5}` }
  })
}

describe('conformalQuantile', () => {
  it('takes the ⌈(n + 1) q⌉-th smallest, and mirrors', () => {
    const nine = [9, 1, 8, 2, 7, 3, 6, 4, 5]
    expect(conformalQuantile(nine, 0.9)).toBe(9)
    expect(conformalQuantile(nine, 0.8)).toBe(8)
    expect(conformalQuantile(nine, 0.1)).toBe(1)
    expect(conformalQuantile([1, 2, 3], 0.95)).toBe(3)
  })

  it('is symmetric', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1 }), (values) => {
        const mirrored = values.map((value) => -value)
        expect(conformalQuantile(mirrored, 0.1)).toBeCloseTo(-conformalQuantile(values, 0.9), 12)
      }),
    )
  })

  it('holds a new value as often as it says, also for few values', () => {
    fc.assert(
      fc.property(SEEDS, fc.integer({ min: 20, max: 60 }), (seed, n) => {
        const next = uniform(seed)
        let inside = 0
        for (let i = 0; i < 1500; i++) {
          const seen = Array.from({ length: n }, () => draw(next))
          const value = draw(next)
          if (conformalQuantile(seen, 0.1) <= value && value <= conformalQuantile(seen, 0.9)) inside++
        }
        // At least 80 %, less four standard errors of 1,500 trials; at most the correction's two ranks more.
        expect(inside / 1500).toBeGreaterThan(0.8 - 0.042)
        expect(inside / 1500).toBeLessThan(0.8 + 0.042 + 2 / n)
      }),
      { numRuns: 20, seed: 1 },
    )
  })
})

describe('additiveQuantile', () => {
  it('holds new rows as often as it says, in all and by label', () => {
    fc.assert(
      fc.property(SEEDS, (seed) => {
        const next = uniform(seed)
        const rows = synthetic(1200, next)
        const [lo, hi] = [0.1, 0.9].map((q) => additiveQuantile(rows, q)) as [
          ReturnType<typeof additiveQuantile>,
          ReturnType<typeof additiveQuantile>,
        ]
        const fresh = synthetic(3000, next)
        const share = (some: readonly Labelled[]): number =>
          some.filter(({ value, labels }) => quantileAt(lo, labels) <= value && value <= quantileAt(hi, labels))
            .length / some.length
        expect(Math.abs(share(fresh) - 0.8)).toBeLessThan(0.05)
        for (const label of ['a0', 'a1', 'b0', 'b1', 'b2']) {
          expect(Math.abs(share(fresh.filter(({ labels }) => labels.includes(label))) - 0.8)).toBeLessThan(0.1)
        }
      }),
      { numRuns: 8, seed: 1 },
    )
  })

  it('adds nothing for a label it has hardly seen', () => {
    const rows = synthetic(300, uniform(7))
    const rare = rows.map((row, i) => (i < 5 ? { ...row, labels: [...row.labels, 'rare'] } : row))
    expect(additiveQuantile(rare, 0.9).effects['rare']).toBeUndefined()
  })
})
