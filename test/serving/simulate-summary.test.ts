import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TICKS_PER_SECOND, simulate, summary } from '../../src/serving/index.ts'
import { addProduct, exactTotal } from '../../src/serving/engine/exact-sum.ts'
import { quantiles } from '../../src/serving/result/quantile.ts'

describe('quantiles', () => {
  it('are those of the sorted values, type 7', () => {
    const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ min: 0, max: 1e15, noNaN: true })), {
      minLength: 1,
      maxLength: 300,
    })
    fc.assert(
      fc.property(values, (list) => {
        const sorted = Float64Array.from(list).toSorted()
        const expected = [0, 0.5, 0.9, 0.95, 0.99, 1].map((p) => {
          const at = (list.length - 1) * p
          const low = sorted[Math.floor(at)] ?? 0
          const high = sorted[Math.min(Math.floor(at) + 1, list.length - 1)] ?? 0
          return low + (at - Math.floor(at)) * (high - low)
        })
        expect(quantiles(Float64Array.from(list), list.length, [0, 0.5, 0.9, 0.95, 0.99, 1])).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })
})

describe('exact sums', () => {
  it('lose nothing beyond 2^53', () => {
    const products = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 2 ** 26 }), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
    )
    fc.assert(
      fc.property(products, (list) => {
        const sums = new Float64Array(4)
        let expected = 0n
        for (const [count, ticks] of list) {
          addProduct(sums, 1, count, ticks)
          expected += BigInt(count) * BigInt(ticks)
        }
        expect(exactTotal(sums, 1)).toBe(expected)
        expect(exactTotal(sums, 0)).toBe(0n)
      }),
    )
  })
})

describe('summary', () => {
  // One tick in a thousandth of a second, so that the figures can be read.
  const tokens = Float64Array.from({ length: 64 }, (_, count) => (10 + count) * (TICKS_PER_SECOND / 1000))
  const ms = TICKS_PER_SECOND / 1000
  const requests = {
    count: 3,
    arrival: Float64Array.of(0, 0, 30 * ms),
    prompt: Int32Array.of(6, 5, 2),
    output: Int32Array.of(3, 2, 2),
  }
  const timer = { tokens, perCached: 0, perPair: 0, mixed: 0 }
  const settings = { policy: 'vllm', maxSequences: 2, tokenBudget: 8, blocks: 100, blockSize: 4, watermark: 0 } as const
  const run = simulate(requests, timer, settings)

  it('has the figures of the worked example', () => {
    // First tokens at 18, 32, 56 and ends at 44, 44, 67; arrivals at 0, 0, 30: TTFT 18, 32, 26; E2E 44, 44, 37.
    const { ttft, e2e, queue, tpot, itl, span } = summary(run)
    expect(ttft).toMatchObject({ count: 3, p50: 0.026 })
    expect(ttft).toHaveProperty('mean', expect.closeTo(76 / 3000, 12))
    expect(ttft).toHaveProperty('p90', expect.closeTo(0.026 + 0.8 * 0.006, 12))
    expect(e2e).toHaveProperty('mean', expect.closeTo(0.125 / 3, 12))
    expect(queue).toHaveProperty('mean', expect.closeTo(0.014 / 3, 12))
    // TPOT 26/2, 12, 11.
    expect(tpot).toMatchObject({ p50: 0.012, count: 3 })
    expect(itl).toBeCloseTo((26 + 12 + 11) / 4 / 1000, 12)
    expect(span).toBe(0.067)
  })

  it('has rates and means over the span, and the goodput of a service level', () => {
    const figures = summary(run, { slo: { ttft: 0.026, tpot: 0.0125 } })
    expect(figures.requestRate).toBeCloseTo(3 / 0.067, 9)
    expect(figures.outputRate).toBeCloseTo(7 / 0.067, 9)
    expect(figures.tokenRate).toBeCloseTo(20 / 0.067, 9)
    // The first breaks the TPOT, the second the TTFT.
    expect(figures.goodput).toBeCloseTo(1 / 0.067, 9)
    expect(figures.utilisation).toBe(1)
    expect(figures.running).toBeCloseTo((2 * 44 + 23) / 67, 9)
    expect(figures.waiting).toBeCloseTo(14 / 67, 9)
  })

  it('refuses a service level that is not positive', () => {
    expect(() => summary(run, { slo: { ttft: 0 } })).toThrow('slo.ttft')
  })
})
