import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PincerError, drawLengths, lengthsOfMean, meanDrawnLength, rng } from '../../src/index.ts'

const asked = fc
  .record({ max: fc.integer({ min: 2, max: 50_000 }), place: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ max, place }) => ({ max, mean: 1 + place * (max - 1) }))

function samplesOf(mean: number, max: number): number[] {
  const lengths = lengthsOfMean(mean, max)
  if (lengths.kind !== 'samples') throw new Error(`${lengths.kind} lengths`)
  return Array.from(lengths.samples)
}

describe('lengths of which only the mean is known', () => {
  it('have that mean and stay within 1 and the most', () => {
    fc.assert(
      fc.property(asked, ({ mean, max }) => {
        const lengths = lengthsOfMean(mean, max)
        expect(Math.abs(meanDrawnLength(lengths) - mean)).toBeLessThanOrEqual(Math.max(0.51, 0.002 * mean))
        for (const length of drawLengths(lengths, 50, rng(1, 'lengths'))) {
          expect(length).toBeGreaterThanOrEqual(1)
          expect(length).toBeLessThanOrEqual(max)
        }
      }),
    )
  })

  it('are exponential far below the most: median ln 2, variance 1, one in a hundred below a hundredth of the mean', () => {
    const samples = samplesOf(1000, 100_000).toSorted((a, b) => a - b)
    expect(samples[2000]! / 1000).toBeCloseTo(Math.LN2, 2)
    const variance = samples.reduce((sum, length) => sum + (length - 1000) ** 2, 0) / samples.length
    expect(variance / 1e6).toBeCloseTo(1, 1)
    expect(samples[40]! / 1000).toBeCloseTo(0.01, 2)
  })

  it('are uniform at half the most and mirrored above', () => {
    const even = samplesOf(500.5, 1000).toSorted((a, b) => a - b)
    expect(even[1000]! / 1000).toBeCloseTo(0.25, 2)
    const [low, high] = [samplesOf(300, 1000), samplesOf(701, 1000)].map((part) => part.toSorted((a, b) => a - b))
    for (const i of [100, 2000, 3900]) expect(Math.abs(low![i]! - (1001 - high![3999 - i]!))).toBeLessThanOrEqual(3)
  })

  it('are all the most where the mean is the most', () => {
    expect(lengthsOfMean(128, 128)).toEqual({ kind: 'fixed', tokens: 128 })
  })

  it.each([
    [0.5, 10],
    [11, 10],
    [Number.NaN, 10],
    [5, 10.5],
    [5, Number.POSITIVE_INFINITY],
  ])('refuse a mean of %s with a most of %s', (mean, max) => {
    expect(() => lengthsOfMean(mean, max)).toThrow(PincerError)
  })
})
