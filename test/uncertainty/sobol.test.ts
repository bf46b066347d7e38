import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MOST_DIMENSIONS, scrambledSobol, sobol } from '../../src/uncertainty/index.ts'

function points(next: (into: Float64Array) => void, dimensions: number, count: number): number[][] {
  const into = new Float64Array(dimensions)
  return Array.from({ length: count }, () => {
    next(into)
    return [...into]
  })
}

describe("the Sobol' sequence", () => {
  // The first points that Joe and Kuo print with their numbers (sobol.cc, 10 points of 3 dimensions), in Gray code order.
  it('starts as published', () => {
    expect(points(sobol(3), 3, 10)).toEqual([
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
      [0.1875, 0.3125, 0.9375],
      [0.6875, 0.8125, 0.4375],
    ])
  })

  // scipy.stats.qmc.Sobol(64, scramble=False, bits=32), point 299
  it('has the direction numbers of all 64 dimensions', () => {
    const last = points(sobol(64), 64, 300)[299]!
    expect(last.slice(0, 8)).toEqual(LAST.slice(0, 8))
    expect(last.slice(-8)).toEqual(LAST.slice(-8))
    expect(last.reduce((sum, x) => sum + x, 0)).toBe(SUM)
  })

  it.each(['plain', 'scrambled'])('%s: 2ᵐ points put one into each of 2ᵐ equal parts of every dimension', (kind) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MOST_DIMENSIONS }),
        fc.integer({ min: 0, max: 10 }),
        fc.nat(),
        (d, m, seed) => {
          const next = kind === 'plain' ? sobol(d) : scrambledSobol(d, seed)
          const found = points(next, d, 2 ** m)
          for (let k = 0; k < d; k++) {
            expect(new Set(found.map((point) => Math.floor(point[k]! * 2 ** m))).size).toBe(2 ** m)
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  it('fills the cells of the first two dimensions once each, scrambled too: a (0, m, 2)-net', () => {
    for (const [a, b] of [
      [3, 3],
      [1, 5],
      [4, 2],
    ] as const) {
      const found = points(scrambledSobol(2, 5), 2, 64)
      expect(new Set(found.map(([x, y]) => `${Math.floor(x! * 2 ** a)} ${Math.floor(y! * 2 ** b)}`)).size).toBe(64)
    }
  })

  it('is scrambled by its seed and stream: same seed same points, strictly inside', () => {
    const of = (seed: number, stream?: string): number[][] => points(scrambledSobol(4, seed, stream), 4, 64)
    expect(of(7)).toEqual(of(7))
    expect(of(8)).not.toEqual(of(7))
    expect(of(7, 'other')).not.toEqual(of(7))
    expect(
      of(7)
        .flat()
        .every((x) => x > 0 && x < 1),
    ).toBe(true)
  })

  it('is unbiased over scramblings: the first point alone is uniform', () => {
    const firsts = Array.from({ length: 4000 }, (_, seed) => points(scrambledSobol(1, seed), 1, 1)[0]![0]!)
    const tenths = firsts.reduce(
      (counts, x) => counts.with(Math.floor(10 * x), counts[Math.floor(10 * x)]! + 1),
      Array(10).fill(0) as number[],
    )
    // χ² with 9 degrees of freedom exceeds 27.9 once in a thousand.
    expect(tenths.reduce((sum, n) => sum + (n - 400) ** 2 / 400, 0)).toBeLessThan(27.9)
  })

  it('refuses more dimensions than it has numbers for', () => {
    expect(() => sobol(MOST_DIMENSIONS + 1)).toThrow(/too many/)
    expect(() => scrambledSobol(2, -1)).toThrow(/seed/)
  })
})

const LAST = [
  0.490234375, 0.669921875, 0.162109375, 0.466796875, 0.201171875, 0.904296875, 0.130859375, 0.279296875, 0.021484375,
  0.455078125, 0.876953125, 0.357421875, 0.470703125, 0.619140625, 0.935546875, 0.048828125, 0.330078125, 0.189453125,
  0.501953125, 0.455078125, 0.361328125, 0.990234375, 0.689453125, 0.095703125, 0.525390625, 0.732421875, 0.525390625,
  0.716796875, 0.583984375, 0.892578125, 0.412109375, 0.537109375, 0.341796875, 0.619140625, 0.431640625, 0.041015625,
  0.138671875, 0.505859375, 0.724609375, 0.880859375, 0.701171875, 0.138671875, 0.333984375, 0.013671875, 0.373046875,
  0.107421875, 0.923828125, 0.642578125, 0.970703125, 0.962890625, 0.025390625, 0.994140625, 0.978515625, 0.869140625,
  0.154296875, 0.541015625, 0.853515625, 0.994140625, 0.244140625, 0.517578125, 0.013671875, 0.134765625, 0.740234375,
  0.326171875,
]
const SUM = 31.8671875
