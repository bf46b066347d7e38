import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HistogramRow, type TiersInput, tiers } from '../../src/tiers/index.ts'
import { histogramPopularity } from '../../src/tiers/histogram.ts'
import { smallMoe } from './arch.ts'

const SHAPE = { experts: 4, topk: 2 }

function rowsOf(counts: readonly number[], layer?: number): HistogramRow[] {
  return counts.map((count, expert) => ({
    line: 2 + (layer ?? 0) * counts.length + expert,
    expert,
    count,
    ...(layer === undefined ? {} : { layer }),
  }))
}

const read = (rows: readonly HistogramRow[], layers = 1): readonly Float64Array[] =>
  histogramPopularity(
    rows,
    Array.from({ length: layers }, () => SHAPE),
    'h.csv',
  )

describe('a measured histogram', () => {
  it('gives k · share, hottest first', () => {
    expect([...read(rowsOf([10, 40, 20, 30]))[0]!]).toEqual([0.8, 0.6, 0.4, 0.2])
  })

  it('stands for all layers, or for each by the order of their numbers', () => {
    const shared = read(rowsOf([1, 1, 1, 1]), 3)
    expect(shared).toHaveLength(3)
    const [early, late] = read([...rowsOf([1, 1, 1, 1], 9), ...rowsOf([50, 30, 20, 0], 2)], 2)
    expect([...early!]).toEqual([1, 0.6, 0.4, 0])
    expect([...late!]).toEqual([0.5, 0.5, 0.5, 0.5])
  })

  it('is balanced routing when it is uniform, and does not mind its scale', () => {
    const question: TiersInput = {
      model: smallMoe(8, 2, 3),
      fast: { capacity: 20e6, bandwidth: 1e12 },
      slow: { capacity: 1e9, bandwidth: 2e10 },
      users: 3,
      context: 16,
    }
    const strip = (input: TiersInput): unknown => {
      const { curve, answer, hits } = tiers(input)
      return JSON.parse(
        JSON.stringify({ curve, answer, hits }, (_, value: unknown) =>
          typeof value === 'number' ? Number(value.toPrecision(12)) : value,
        ),
      )
    }
    const balanced = strip(question)
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (count) => {
        const rows = rowsOf(Array.from({ length: 8 }, () => count))
        expect(strip({ ...question, routing: { kind: 'histogram', file: 'h.csv', rows } })).toEqual(balanced)
      }),
      { numRuns: 20 },
    )
  })

  it.each([
    ['no line', [], 1, 'h.csv: the file has no line below its header'],
    ['nothing chosen', rowsOf([0, 0, 0, 0]), 1, 'h.csv.line 2.count: the counts sum to 0'],
    ['a negative count', rowsOf([1, -2, 1, 1]), 1, 'h.csv.line 3.count: must be a number from 0 on, not -2'],
    ['too many experts', rowsOf([1, 1, 1, 1, 1]), 1, 'h.csv.line 6.expert: must be a whole number from 0 to 3, not 4'],
    ['too few', rowsOf([1, 1, 1]), 1, '3 experts are counted where the model has 4; expert 3 is missing'],
    [
      'an expert twice',
      [...rowsOf([1, 1, 1, 1]), { line: 6, expert: 2, count: 1 }],
      1,
      'line 6.expert: expert 2 stands twice',
    ],
    ['half an expert', [{ line: 2, expert: 0.5, count: 1 }], 1, 'line 2.expert: must be a whole number'],
    ['an expert chosen twice per token', rowsOf([90, 5, 5, 5]), 1, 'expert 0 has 85.7 % of the choices'],
    ['too few layers', rowsOf([1, 1, 1, 1], 0), 2, 'h.csv.layer: the file has 1 layers where the model has 2'],
  ])('is refused with %s', (_, rows, layers, message) => {
    expect(() => read(rows, layers)).toThrow(message)
  })
})
