import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import defaults from '../../catalog/market.json' with { type: 'json' }
import { findSource } from '../../src/catalog/index.ts'
import {
  adoption,
  fleetDepth,
  market,
  MARKET_NAMES,
  MARKET_SUPPORT,
  marketPath,
  type MarketValues,
  parseMarket,
  purchases,
  revenueRatio,
  revenueThreshold,
} from '../../src/market/index.ts'

const SPAN = { baseYear: 2026, years: 8 }
const RATIOS = { sparseCost: 0.5, sramCost: 0.7, sramSparseCost: 0.3, sparseTrainingCost: 0.6 }
const scenario = (inputs: Record<string, unknown> = {}) => parseMarket({ inputs: { ...RATIOS, ...inputs } })

const share = fc.double({ min: 0, max: 1, noNaN: true })
const between = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const values: fc.Arbitrary<MarketValues> = fc.record({
  accelerators: between(1e9, 1e12),
  inferenceShare: share,
  gpuShare: between(0.1, 1),
  acceleratorPrice: between(1e3, 1e5),
  tokenGrowth: between(-0.3, 2),
  trainingGrowth: between(-0.3, 2),
  pastGrowth: between(0, 2),
  improvement: between(0, 0.5),
  life: between(1, 8),
  elasticity: between(0, 3),
  trainingElasticity: between(0, 3),
  passThrough: share,
  sparseCeiling: share,
  sparseMidpoint: between(0, 8),
  sparseRate: between(0.1, 3),
  sramCeiling: share,
  sramMidpoint: between(0, 8),
  sramRate: between(0.1, 3),
  sramByGpuVendors: share,
  sparseCost: between(0.05, 2),
  sramCost: between(0.05, 2),
  sramSparseCost: between(0.05, 2),
  sparseTrainingCost: between(0.05, 2),
})

describe('a path of the market', () => {
  it('with elasticity 0 has the tokens of the baseline', () => {
    fc.assert(
      fc.property(values, (v) => {
        for (const year of marketPath({ ...v, elasticity: 0 }, SPAN)) expect(year.tokens).toBe(year.baselineTokens)
      }),
    )
  })

  it('without adoption is the baseline, exactly', () => {
    fc.assert(
      fc.property(values, (v) => {
        for (const year of marketPath({ ...v, sparseCeiling: 0, sramCeiling: 0 }, SPAN)) {
          expect(year.revenue).toEqual(year.baselineRevenue)
          expect([year.tokens, year.gpuDemand, year.price, year.sramRevenue]).toEqual([
            year.baselineTokens,
            year.baselineGpuDemand,
            1,
            0,
          ])
        }
      }),
    )
  })

  it('has no negative revenue, and parts that sum to totals', () => {
    fc.assert(
      fc.property(values, (v) => {
        for (const { revenue, baselineRevenue, sramRevenue, gpuDemand } of marketPath(v, SPAN)) {
          for (const { inference, training, sram, total } of [revenue, baselineRevenue]) {
            for (const part of [inference, training, sram]) expect(part).toBeGreaterThanOrEqual(0)
            expect(total).toBe(inference + training + sram)
          }
          expect(sramRevenue).toBeGreaterThanOrEqual(0)
          expect(Number.isFinite(gpuDemand)).toBe(true)
        }
      }),
    )
  })

  it('starts from the sales of the base year', () => {
    fc.assert(
      fc.property(values, (v) => {
        const [first] = marketPath(v, SPAN)
        expect(first!.revenue.total / (v.accelerators * v.gpuShare)).toBeCloseTo(1, 9)
      }),
    )
  })

  it('below elasticity 1 needs fewer GPUs the more moves to SRAM machines', () => {
    fc.assert(
      fc.property(values, share, share, between(0, 0.99), (v, a, b, elasticity) => {
        const at = (sramCeiling: number): number =>
          marketPath({ ...v, elasticity, sramCeiling }, SPAN).at(-1)!.gpuDemand
        expect(at(Math.max(a, b))).toBeLessThanOrEqual(at(Math.min(a, b)) * (1 + 1e-12))
      }),
    )
  })

  it('below elasticity 1 needs fewer GPUs the more moves to mixtures that cost less, above it more', () => {
    fc.assert(
      fc.property(values, between(0, 0.5), between(0.1, 0.5), (v, a, more) => {
        const plain = { ...v, sramCeiling: 0, sparseCost: 0.5, passThrough: 1, sparseTrainingCost: 1 }
        const at = (elasticity: number, sparseCeiling: number): number =>
          marketPath({ ...plain, elasticity, sparseCeiling }, SPAN).at(-1)!.gpuDemand
        expect(at(0.8, a + more)).toBeLessThanOrEqual(at(0.8, a) * (1 + 1e-12))
        expect(at(1.2, a + more)).toBeGreaterThanOrEqual(at(1.2, a) * (1 - 1e-12))
      }),
    )
  })
})

describe('the elasticity on which it turns', () => {
  it('is 1 where every saving is passed on and nothing but the price of GPU tokens changes', () => {
    const central = valuesAt({ sramCeiling: 0, passThrough: 1, sparseTrainingCost: 1 })
    const threshold = revenueThreshold(central, SPAN)
    if ('none' in threshold) throw new Error(threshold.none)
    expect(threshold.elasticity).toBeCloseTo(1, 6)
    expect(threshold.below.ratio).toBeLessThan(1)
    expect(threshold.above.ratio).toBeGreaterThan(1)
  })

  it('has the baseline between its two sides, wherever there is one', () => {
    fc.assert(
      fc.property(values, (v) => {
        const threshold = revenueThreshold(v, SPAN)
        const [below, above] = [threshold.below.ratio - 1, threshold.above.ratio - 1]
        // Every side is what the path says there.
        const { elasticity } = threshold.above
        expect(threshold.above.ratio).toBe(revenueRatio(marketPath({ ...v, elasticity }, SPAN)))
        if ('none' in threshold) expect(below * above).toBeGreaterThanOrEqual(0)
        else expect(below * above).toBeLessThanOrEqual(0)
      }),
    )
  })
})

function valuesAt(change: Partial<MarketValues>): MarketValues {
  const inputs = scenario().inputs.map(({ name, distribution }) => {
    if (distribution.kind === 'fixed') return [name, distribution.value]
    if (distribution.kind === 'triangular') return [name, distribution.mode]
    return [name, distribution.kind === 'uniform' ? (distribution.lo + distribution.hi) / 2 : Number.NaN]
  })
  return { ...(Object.fromEntries(inputs) as MarketValues), ...change }
}

describe('parts of the model, by hand', () => {
  it('adoption is nothing in the base year and its ceiling in the end, and never falls', () => {
    const curve = { ceiling: 0.6, midpoint: 3, rate: 1 }
    expect(adoption(0, curve)).toBe(0)
    expect(adoption(60, curve)).toBeCloseTo(0.6, 9)
    for (let t = 0; t < 20; t++) expect(adoption(t + 1, curve)).toBeGreaterThan(adoption(t, curve))
  })

  it('a fleet of life 3 without growth buys a third of itself a year', () => {
    expect(fleetDepth(3, 0)).toBe(3)
    // 3 units of work, bought one a year: each year one of them retires.
    expect(purchases([3, 3, 3, 3, 3], 3, () => 1)).toEqual([1, 1, 1, 1, 1])
    // Twice the work at once: three more in that year, and three more again when those retire.
    expect(purchases([3, 6, 6, 6, 6], 3, () => 1)).toEqual([1, 4, 1, 1, 4])
    // Half the work: nothing is bought until enough has retired.
    expect(purchases([3, 1, 1], 3, () => 1)).toEqual([1, 0, 0])
  })
})

describe('market', () => {
  it('repeats its bytes with the seed, and only with it', () => {
    const run = (seed: number): string => JSON.stringify(market({ scenario: scenario(), samples: 256, seed }))
    expect(run(7)).toBe(run(7))
    expect(run(7)).not.toBe(run(8))
  })

  it('converges: four times the samples move the median by no more than its error says', () => {
    const at = (samples: number) => market({ scenario: scenario(), samples }).ratio.quantiles[2]!
    const [few, many] = [at(1024), at(4096)]
    expect(Math.abs(few.value - many.value)).toBeLessThan(6 * Math.hypot(few.error, many.error))
  })

  it('with all inputs known has one path and no spread', () => {
    const known = Object.fromEntries(Object.entries(valuesAt({})))
    const { ratio, central, years, tornado } = market({ scenario: parseMarket({ inputs: known }), samples: 64 })
    expect(ratio.quantiles[0]!.value).toBe(ratio.quantiles[4]!.value)
    expect(ratio.mean.value).toBeCloseTo(revenueRatio(central), 12)
    for (const [t, { revenue }] of years.entries())
      expect(revenue.mean.value / central[t]!.revenue.total).toBeCloseTo(1, 12)
    for (const { output } of tornado.bars) expect(output.low).toBe(output.high)
  })

  it('takes its cost ratios from a comparison unless they are given', () => {
    const { inputs } = parseMarket({ inputs: { sparseCost: 0.5 } })
    const of = (name: string) => inputs.find((input) => input.name === name)!
    expect(of('sparseCost').source).toBe('given')
    expect(of('sramCost').source).toMatch(/^predicted by compare/)
    expect(of('sparseTrainingCost').distribution.kind).toBe('quantiles')
  })
})

describe('the defaults', () => {
  it('name every input but the predicted ratios, with a source that exists or a reason for the estimate', () => {
    const names = Object.keys(defaults.inputs)
    expect([...names, ...Object.keys(RATIOS)].toSorted()).toEqual(MARKET_NAMES.toSorted())
    for (const [name, figure] of Object.entries(defaults.inputs)) {
      expect(Object.keys(MARKET_SUPPORT)).toContain(name)
      if (figure.source === 'assumption') expect(figure.basis).toBe('estimate')
      else expect(findSource(figure.source).id).toBe(figure.source)
      expect(figure.note.length).toBeGreaterThan(10)
    }
  })
})
