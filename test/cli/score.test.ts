import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quantile, scoreErrors } from '../../cli/validate/score.ts'

const pair = (
  predicted: number,
  measured: number,
  lo = 0,
  hi = 0,
): { predicted: number; measured: number; lo: number; hi: number } => ({
  predicted,
  measured,
  lo,
  hi,
})

describe('scoreErrors', () => {
  it('agrees with a hand calculation', () => {
    // Deviations −0.5, −0.1, 0, +0.2, +1; errors 0, 0.1, 0.2, 0.5, 1.
    const pairs = [
      pair(5, 10, 4, 6),
      pair(9, 10, 8, 11),
      pair(10, 10, 9, 11),
      pair(12, 10, 8, 14),
      pair(20, 10, 15, 25),
    ]
    const score = scoreErrors(pairs)!
    expect(score.n).toBe(5)
    expect(score.median).toBeCloseTo(0.2, 12)
    expect(score.mean).toBeCloseTo(0.36, 12)
    // Place 3.6 of the sorted errors: 0.5 + 0.6 · 0.5.
    expect(score.p90).toBeCloseTo(0.8, 12)
    expect(score.bias).toBeCloseTo(0, 12)
    expect(score.within20).toBe(0.6)
    expect(score.withinFactor2).toBe(1)
    expect(score.insideBand).toBe(0.6)
  })

  it('has nothing to say of no pairs', () => {
    expect(scoreErrors([])).toBeUndefined()
  })

  it('is perfect for perfect predictions, and blind to order and unit', () => {
    const positive = fc.double({ min: 1e-3, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(positive, positive), { minLength: 1, maxLength: 20 }), positive, (raw, unit) => {
        const pairs = raw.map(([p, m]) => pair(p, m, p / 2, p * 2))
        const score = scoreErrors(pairs)!
        const other = scoreErrors(
          pairs
            .map(({ predicted, measured, lo, hi }) => pair(predicted * unit, measured * unit, lo * unit, hi * unit))
            .reverse(),
        )!
        expect(other.median).toBeCloseTo(score.median, 6)
        expect(other.bias).toBeCloseTo(score.bias, 6)
        expect(score.p90).toBeGreaterThanOrEqual(score.median)
        const perfect = scoreErrors(raw.map(([p]) => pair(p, p, p, p)))!
        expect(perfect).toMatchObject({ median: 0, mean: 0, p90: 0, bias: 0, within20: 1, insideBand: 1 })
      }),
    )
  })
})

describe('quantile', () => {
  it('lies on the order statistics and linearly between them', () => {
    expect(quantile([3, 1, 2], 0.5)).toBe(2)
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5)
    expect(quantile([7], 0.9)).toBe(7)
    expect(quantile([0, 10], 0.9)).toBe(9)
  })
})
