import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PincerError } from '../../src/issue/index.ts'
import { drawLengths, inferencexLengths, meanLength } from '../../src/serving/arrival/length.ts'
import type { LengthDistribution } from '../../src/serving/arrival/length-distribution.ts'
import { normalCdf } from '../../src/serving/arrival/length-normal.ts'
import { parseLengthDistribution } from '../../src/serving/arrival/length-parse.ts'
import { rng } from '../../src/serving/arrival/random.ts'

const COUNT = 100_000

function draws(distribution: LengthDistribution, seed = 1): Int32Array {
  return drawLengths(distribution, COUNT, rng(seed, 'lengths'))
}

function momentsOf(values: Int32Array): { mean: number; cv: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, cv: Math.sqrt(variance) / mean }
}

describe('length distributions', () => {
  it('draws fixed lengths', () => {
    expect(new Set(draws({ kind: 'fixed', tokens: 512 }))).toEqual(new Set([512]))
  })

  it('draws each length of a uniform range equally often, both ends included', () => {
    const counts = new Map<number, number>()
    for (const value of draws({ kind: 'uniform', low: 5, high: 14 })) counts.set(value, (counts.get(value) ?? 0) + 1)
    expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
    let chiSquare = 0
    for (const count of counts.values()) chiSquare += (count - COUNT / 10) ** 2 / (COUNT / 10)
    // 99.9 % quantile of χ² with 9 degrees of freedom.
    expect(chiSquare).toBeLessThan(27.88)
  })

  it('takes the lengths of the InferenceX harness from 0.8 of the nominal one', () => {
    expect(inferencexLengths(1024)).toEqual({ kind: 'uniform', low: 819, high: 1024 })
    expect(inferencexLengths(1)).toEqual({ kind: 'uniform', low: 1, high: 1 })
  })

  it('draws lognormal lengths of the asked mean and spread', () => {
    const { mean, cv } = momentsOf(draws({ kind: 'lognormal', mean: 1000, cv: 1 }))
    expect(Math.abs(mean / 1000 - 1)).toBeLessThan(4 / Math.sqrt(COUNT))
    expect(Math.abs(cv - 1)).toBeLessThan(0.05)
  })

  it('truncates by drawing again and says what becomes of the mean', () => {
    const distribution = { kind: 'lognormal', mean: 1000, cv: 2, max: 1500 } as const
    const values = draws(distribution)
    expect(values.every((value) => value >= 1 && value <= 1500)).toBe(true)
    // No heap at the limit, as clamping would leave.
    expect(values.filter((value) => value === 1500).length).toBeLessThan(100)
    expect(meanLength(distribution)).toBeLessThan(600)
    expect(Math.abs(momentsOf(values).mean / meanLength(distribution) - 1)).toBeLessThan(0.01)
  })

  it('draws samples as often as they stand there', () => {
    const values = draws({ kind: 'samples', samples: Int32Array.of(7, 7, 7, 100) })
    expect(new Set(values)).toEqual(new Set([7, 100]))
    expect(Math.abs(values.filter((value) => value === 7).length / COUNT - 0.75)).toBeLessThan(
      4 * Math.sqrt(0.1875 / COUNT),
    )
    expect(meanLength({ kind: 'samples', samples: [7, 7, 7, 100] })).toBe(121 / 4)
  })

  it('reproduces the quantiles of a table', () => {
    const shares = [0, 0.1, 0.5, 0.9, 0.99, 1]
    const table = [10, 50, 200, 1000, 4000, 100_000]
    const values = draws({ kind: 'quantiles', shares, values: table }).toSorted()
    for (const i of [1, 2, 3]) {
      // The share of draws up to the quantile, within four standard errors (and one token of rounding).
      const below = values.filter((value) => value <= table[i]!).length / COUNT
      expect(Math.abs(below - shares[i]!)).toBeLessThan(0.005 + 4 * Math.sqrt(0.25 / COUNT))
    }
    expect(values[0]).toBeGreaterThanOrEqual(10)
    expect(values.at(-1)).toBeLessThanOrEqual(100_000)
  })

  it('bends the last interval until the known mean comes out', () => {
    const table = { kind: 'quantiles', shares: [0, 0.5, 0.99, 1], values: [10, 100, 1000, 100_000] } as const
    const free = meanLength(table)
    const target = 0.8 * free
    const bent = { ...table, mean: target } as const
    expect(Math.abs(meanLength(bent) / target - 1)).toBeLessThan(1e-6)
    expect(Math.abs(momentsOf(draws(bent)).mean / target - 1)).toBeLessThan(0.05)
  })

  it('has Φ right', () => {
    for (const [z, phi] of [
      [0, 0.5],
      [1, 0.8413447461],
      [-2, 0.0227501319],
      [4, 0.9999683288],
    ] as const) {
      expect(normalCdf(z)).toBeCloseTo(phi, 6)
    }
  })

  it('gives at least one token, whatever the distribution', () => {
    const distributions = fc.oneof(
      fc.record({
        kind: fc.constant('lognormal' as const),
        mean: fc.double({ min: 1, max: 1e5, noNaN: true }),
        cv: fc.double({ min: 0.01, max: 20, noNaN: true }),
      }),
      fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.nat(1e6)).map(([low, more]) => ({
        kind: 'uniform' as const,
        low,
        high: low + more,
      })),
    )
    const isAccepted = (distribution: LengthDistribution): boolean => {
      try {
        parseLengthDistribution(distribution)
        return true
      } catch {
        return false
      }
    }
    fc.assert(
      fc.property(distributions.filter(isAccepted), fc.nat(), (distribution, seed) => {
        for (const length of drawLengths(distribution, 30, rng(seed, 'x'))) expect(length).toBeGreaterThanOrEqual(1)
      }),
    )
  })

  it('refuses what makes no sense, with the path', () => {
    const cases: [unknown, string, string][] = [
      [{ kind: 'fixed', tokens: 0 }, 'invalid_value', 'tokens'],
      [{ kind: 'fixed', tokens: 1.5 }, 'invalid_value', 'tokens'],
      [{ kind: 'uniform', low: 10, high: 9 }, 'invalid_value', 'high'],
      [{ kind: 'lognormal', mean: 100, cv: Number.NaN }, 'invalid_value', 'cv'],
      [{ kind: 'lognormal', mean: 1e6, cv: 0.1, max: 10 }, 'invalid_value', 'max'],
      [{ kind: 'samples', samples: [] }, 'invalid_value', 'samples'],
      [{ kind: 'samples', samples: [1, 0] }, 'invalid_value', 'samples.1'],
      [{ kind: 'quantiles', shares: [0, 1], values: [5, 4] }, 'invalid_value', 'values.1'],
      [{ kind: 'quantiles', shares: [0.1, 1], values: [4, 5] }, 'invalid_value', 'shares'],
      [{ kind: 'quantiles', shares: [0, 0.5, 1], values: [4, 5] }, 'invalid_value', 'values'],
      [{ kind: 'normal' }, 'invalid_value', 'kind'],
      [{ kind: 'constructor' }, 'invalid_value', 'kind'],
      [{ tokens: 5 }, 'missing_field', 'kind'],
      [7, 'invalid_value', ''],
    ]
    for (const [input, code, path] of cases) {
      try {
        parseLengthDistribution(input)
        expect.unreachable(JSON.stringify(input))
      } catch (error) {
        if (!(error instanceof PincerError)) throw error
        expect([error.issues[0]!.code, error.issues[0]!.path.join('.')]).toEqual([code, path])
      }
    }
  })
})
