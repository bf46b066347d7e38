import { describe, expect, test } from 'vitest'
import { findChip, isKnown } from '../../src/catalog/index.ts'
import {
  capitalRecoveryFactor,
  chipHourCost,
  costMargin,
  costPerMtok,
  fleetCost,
  givenFigure,
  ownedChipHour,
  tokenRevenue,
} from '../../src/economics/index.ts'
import { predict } from '../../src/predict/index.ts'
import { expectNear } from './near.ts'

// DeepSeek, open-infra-index, day 6 (2025-03-01): 24 hours of serving V3 and R1.
describe('a day of DeepSeek', () => {
  const day = { inputTokens: 608e9, cachedShare: 342 / 608, outputTokens: 168e9 }

  // Exact.
  test('226.75 nodes of eight H800 at $2 are $87,072', () => {
    expect(fleetCost({ chips: 226.75 * 8, usdPerHour: 2, hours: 24 })).toBe(87_072)
  })

  // Tolerance 0.05 %: counts rounded to billions.
  test('at the prices of R1 the tokens would bring $562,027', () => {
    expectNear(tokenRevenue({ ...day, price: { input: 0.55, cachedInput: 0.14, output: 2.19 } }), 562_027, 5e-4)
  })

  // Exact in whole percent.
  test('that is a profit margin of 545 %', () => {
    expect(Math.round(100 * costMargin(562_027, 87_072))).toBe(545)
  })

  // $87,072 over 776 B tokens, and over 168 B. Tolerance: the rounding.
  test('a million tokens cost $0.112, or $0.52 when all is put on the output', () => {
    const perSecond = (tokens: number): number => tokens / 86_400
    const usdPerHour = 87_072 / 24
    expect(costPerMtok({ usdPerHour, tokensPerSecond: perSecond(776e9) })).toBeCloseTo(0.112, 3)
    expect(costPerMtok({ usdPerHour, tokensPerSecond: perSecond(168e9) })).toBeCloseTo(0.52, 2)
  })

  // "Each H800 node: about 73.7k input tokens/s, cache hits included, or about 14.8k output tokens/s": with the day's counts the
  // node-hours of both kinds add up to the nodes on duty. Tolerance 1 %: speeds rounded to three digits.
  test('the stated speeds of a node explain the nodes on duty', () => {
    const nodes = 608e9 / 86_400 / 73_700 + 168e9 / 86_400 / 14_800
    expectNear(fleetCost({ chips: nodes * 8, usdPerHour: 2, hours: 24 }), 87_072, 0.01)
  })
})

// What Pincer predicts of that day: 256 experts over 128 chips (DeepSeek has 288 with copies over 144), drafts of one token, an FP8
// cache, two batches that overlap as DeepSeek describes. Prompts run on 32 chips, as published.
describe('the day of DeepSeek from predicted speeds', () => {
  const BASE = { model: 'deepseek-v3', chip: 'h800-sxm', precision: 'fp8', cacheFormat: 'fp8' }
  const decoding = (more: object) => {
    const { throughput, cost } = predict({
      ...BASE,
      mapping: { dp: 128, moeEp: 128 },
      workload: { isl: 4500, osl: 980, concurrency: 128 * 128 },
      speculation: { draft: 1, acceptance: 0.85 },
      ...more,
    })
    const perNode = (rate: number): number => rate / (1 - cost.split.inputShare) / 16
    const { value, lo, hi } = throughput.output
    return { value: perNode(value), lo: perNode(lo), hi: perNode(hi) }
  }
  const prompts = (more: object): number => {
    const workload = { isl: 4500, osl: 1, concurrency: 256 }
    return predict({ ...BASE, mapping: { dp: 32, moeEp: 32 }, workload, ...more }).throughput.total.value / 4
  }
  const overlap = { overlap: 'two-batch' }

  test('a decode node makes 14.8k tokens/s: within 20 %, and inside the band', () => {
    const { value, lo, hi } = decoding(overlap)
    expectNear(value, 14_800, 0.2)
    expect(lo).toBeLessThan(14_800)
    expect(hi).toBeGreaterThan(14_800)
  })

  test('what overlaps is what one batch at a time lacks', () => {
    expect(decoding({}).value).toBeLessThan(0.8 * 14_800)
    expect(prompts(overlap)).toBeGreaterThan(1.2 * prompts({}))
  })

  // 608 B input tokens, 56.3 % of them cached, and 168 B output: $87,072 at $2 an H800-hour. Within 20 %, and the margin with it.
  test('the day costs $87,072', () => {
    const nodes = (608e9 - 342e9) / 86_400 / prompts(overlap) + 168e9 / 86_400 / decoding(overlap).value
    const cost = fleetCost({ chips: nodes * 8, usdPerHour: 2, hours: 24 })
    expectNear(cost, 87_072, 0.2)
    expectNear(costMargin(562_027, cost), 5.45, 0.2)
  })
})

// MLPerf Inference v5.1, closed division with power: four results of two servers of eight B200 at full load. The host share of the
// energy room was taken from them, so this holds the path from there to a bill. Tolerance 20 %.
test.each([10_401, 10_434.7, 9436.1, 9011.1])('eight B200 draw %d W at the wall', (watts) => {
  const input = ownedChipHour(findChip('b200-sxm'))
  if ('unknown' in input || !isKnown(input.power)) throw new Error('expected a power')
  expectNear(8 * input.power.value, watts, 0.2)
})

describe('prices of tokens', () => {
  // InferenceX (SemiAnalysis), a published row: tokens/s per GPU and $ per GPU-hour. To the digits printed.
  test('83,332.448 tokens/s for $2.31 an hour are $0.00770008178 per million', () => {
    expect(costPerMtok({ usdPerHour: 2.31, tokensPerSecond: 83_332.44823870831 })).toBeCloseTo(0.00770008178, 11)
  })

  // DeepSeek-V2, section 3.2.3: over 50K generated tokens/s on a node of eight H800; at $2 an hour each $0.089. Rounding.
  test('eight H800 at $2 with 50,000 tokens/s: $0.089 per million', () => {
    expect(costPerMtok({ usdPerHour: 16, tokensPerSecond: 50_000 })).toBeCloseTo(0.089, 3)
  })

  // The same 50K: prompt and answer lengths are not stated. With prompts a quarter of the answers, FP8 weights and caches, the
  // published figure is within a factor of two of the prediction, and at the upper end of its band: DeepSeek's own kernels beat
  // those that the efficiencies of experts come from.
  test('DeepSeek-V2 makes over 50,000 tokens/s on eight H800', () => {
    const { output } = predict({
      model: 'deepseek-v2',
      chip: 'h800-sxm',
      precision: 'fp8',
      cacheFormat: 'fp8',
      mapping: { dp: 8, moeEp: 8 },
      workload: { isl: 256, osl: 1024, concurrency: 4096 },
    }).throughput
    expect(output.value).toBeGreaterThan(25_000)
    expect(output.value).toBeLessThan(100_000)
    expect(output.hi).toBeGreaterThan(0.95 * 50_000)
  })

  // DeepSeek-V3 technical report, Table 1: 2.788 M H800-hours at $2 are $5.576 M. Exact.
  test('training DeepSeek-V3 cost $5.576 M', () => {
    expect(fleetCost({ chips: 2048, usdPerHour: 2, hours: 2.788e6 / 2048 })).toBeCloseTo(5.576e6, 0)
  })
})

describe('a chip-hour', () => {
  // Capital recovery factors (A/P, i, n) of engineering-economy tables. To four digits.
  test.each([
    [0.08, 20, 0.1019],
    [0.1, 5, 0.2638],
    [0.06, 10, 0.1359],
  ])('(A/P, %d, %d) = %d', (rate, years, factor) => {
    expect(capitalRecoveryFactor(rate, years)).toBeCloseTo(factor, 4)
  })

  // 330 W per V100 at a PUE of 1.10 (Patterson et al., arXiv 2104.10350, Table 4) is 0.363 kW at the meter. Exact.
  test('a V100 of 330 W at PUE 1.10 pays for 0.363 kW', () => {
    const figure = (value: number, unit: string) => givenFigure(value, unit)
    const cost = chipHourCost({
      kind: 'owned',
      chipPrice: figure(0, 'USD'),
      server: figure(0, 'USD'),
      network: figure(0, 'USD'),
      spares: figure(0, 'ratio'),
      life: figure(4, 'years'),
      residual: figure(0, 'ratio'),
      interest: figure(0, '1/year'),
      maintenance: figure(0, '1/year'),
      power: figure(330, 'W'),
      idlePower: figure(0.25, 'ratio'),
      pue: figure(1.1, 'ratio'),
      powerPrice: figure(1, 'USD/kWh'),
      provisioned: figure(363, 'W'),
      building: figure(0, 'USD/MW'),
      buildingLife: figure(20, 'years'),
      hosting: figure(0, 'USD/kW/month'),
      staff: figure(0, 'USD/year'),
      availability: figure(1, 'ratio'),
      utilisation: figure(1, 'ratio'),
    })
    if ('unknown' in cost) throw new Error(cost.unknown)
    expect(cost.total.central).toBeCloseTo(0.363, 12)
  })
})
