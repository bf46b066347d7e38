import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BenchmarkLoad,
  PincerError,
  type Scenario,
  benchmarkRun,
  lengthsOfMean,
  operatingPoints,
  parseScenario,
} from '../../src/index.ts'

const [isl, osl] = [512, 128]

function ask(chip: string, more: object = {}): Scenario {
  const workload = { isl, osl, concurrency: 1, spread: 1 }
  return parseScenario({ model: 'llama3-8b', chip, precision: 'fp8', frontEnd: 'none', workload, ...more })
}

const fixed: BenchmarkLoad = {
  prompt: { kind: 'fixed', tokens: isl },
  output: { kind: 'fixed', tokens: osl },
  seconds: 600,
  requests: 1,
}
const spread = { ...fixed, prompt: lengthsOfMean(isl, 2048), output: lengthsOfMean(osl, 1024) }

function perChip(scenario: Scenario, load: BenchmarkLoad, chips = 8): number {
  const run = benchmarkRun(scenario, load, chips)
  if ('unknown' in run) throw new Error(run.unknown)
  return run.outputPerChip
}

describe('a benchmark run', () => {
  it('of equal requests that lasts is the steady state of the best deployment', () => {
    // The steady state takes steps of the mean size; surfaces bend over the sizes of real ones, those that all chips share the most.
    for (const [chip, slack] of [
      ['h100-sxm', 0.06],
      ['mi300x', 0.15],
    ] as const) {
      const { cheapest } = operatingPoints(ask(chip), 1)
      if ('unreachable' in cheapest) throw new Error(cheapest.unreachable)
      const steady = cheapest.throughput.outputPerChip.value
      expect(Math.abs(perChip(ask(chip), fixed) / steady - 1)).toBeLessThan(slack)
    }
  })

  it('loses to its drain: a shorter run of uneven outputs reports less', () => {
    const rates = [10, 60, 600].map((seconds) => perChip(ask('h100-sxm'), { ...spread, seconds }))
    expect(rates[0]).toBeLessThan(rates[1]!)
    expect(rates[1]).toBeLessThan(rates[2]!)
  })

  it('is the same every time, and per chip hardly depends on how many there are', () => {
    const [one, again, more] = [8, 8, 16].map((chips) => perChip(ask('h100-sxm'), spread, chips))
    expect(again).toBe(one)
    expect(more! / one!).toBeCloseTo(1, 1)
  })

  it('under limits never reports more than without, nor more under tighter ones', () => {
    const free = perChip(ask('h100-sxm'), spread)
    fc.assert(
      fc.property(fc.double({ min: 0.012, max: 0.1, noNaN: true }), (tpot) => {
        const rateAt = (limit: number): number => perChip(ask('h100-sxm'), { ...spread, slo: { ttft: 2, tpot: limit } })
        const [tight, loose] = [rateAt(tpot), rateAt(1.5 * tpot)]
        expect(tight).toBeLessThanOrEqual(1.02 * loose)
        expect(loose).toBeLessThanOrEqual(1.05 * free)
      }),
      { numRuns: 4 },
    )
  })

  it('says so when no deployment keeps the limits', () => {
    const run = benchmarkRun(ask('h100-sxm'), { ...spread, slo: { tpot: 1e-5 } }, 8)
    expect(run).toEqual({ unknown: 'no deployment of meta-llama/Llama-3.1-8B on h100-sxm keeps the limits' })
  })

  it('is refused on SRAM machines', () => {
    const sram = parseScenario({ model: 'llama3-8b', chip: 'groq-lpu-v1' })
    expect(() => benchmarkRun(sram, fixed)).toThrow(PincerError)
  })
})
