import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Adjustment,
  PincerError,
  type SiteRow,
  parseScenario,
  predictScenario,
  refitSite,
} from '../../src/index.ts'
import { solve } from '../../src/refit/solve.ts'

const SHIPPED: Adjustment = { bandwidth: 1, compute: 1, links: 1, engines: {} }
const slowHost = (hostOverhead: number): Adjustment => ({
  ...SHIPPED,
  engines: { vllm: { hostOverhead, requestOverhead: 2 } },
})

/** Steady loads on H200s, measured as `truth` would have it and `noise` off. */
function site(truth: Adjustment, noise: (row: number) => number = () => 1): SiteRow[] {
  const models = [
    ['llama3.1-8b', 1],
    ['llama3.1-70b', 4],
    ['qwen3-32b', 2],
    ['gpt-oss-120b', 2],
  ] as const
  const loads = [
    [1024, 1024, 4],
    [1024, 1024, 64],
    [8192, 512, 8],
  ] as const
  const questions = models.flatMap(([model, tp]) =>
    loads.map(([isl, osl, concurrency]) => ({
      model,
      chip: 'h200-sxm',
      mapping: { tp },
      workload: { isl, osl, concurrency },
      engine: 'vllm',
    })),
  )
  return questions.map((question, i) => {
    const scenario = parseScenario(question)
    const { ttft, tpot } = predictScenario({ ...scenario, calibration: truth })
    return { id: `r${i}`, scenario, ttft: ttft.value * noise(2 * i), tpot: tpot.value * noise(2 * i + 1) }
  })
}

describe('refitSite', () => {
  it('recovers a slow host from rows that it has, and predicts those left out', () => {
    const found = refitSite(site(slowHost(2)))
    expect(found.verdict).toBe('refitted')
    expect(found.adjustment.engines.vllm!.hostOverhead).toBeGreaterThan(1.75)
    expect(found.adjustment.engines.vllm!.hostOverhead).toBeLessThan(2.15)
    expect(found.adjustment.bandwidth).toBeCloseTo(1, 1)
    expect(found.errors.heldOut.tpot!.mean).toBeLessThan(0.3 * found.errors.shipped.tpot!.mean)
  })

  it('recovers slow memory', () => {
    const { adjustment, errors } = refitSite(site({ ...SHIPPED, bandwidth: 0.8 }))
    expect(adjustment.bandwidth).toBeGreaterThan(0.77)
    expect(adjustment.bandwidth).toBeLessThan(0.92)
    expect(errors.heldOut.tpot!.mean).toBeLessThan(0.5 * errors.shipped.tpot!.mean)
  })

  it('keeps the shipped constants where they are right', () => {
    const found = refitSite(site(SHIPPED))
    expect(found.verdict).toBe('kept')
    expect(found.adjustment).toEqual({ ...SHIPPED, engines: { vllm: { hostOverhead: 1, requestOverhead: 1 } } })
    expect(found.reason).toContain('the shipped constants are kept')
  })

  it('never makes rows left out worse beyond noise when it refits', () => {
    const noises = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 })
    const scales = fc.double({ min: 0.5, max: 2.5, noNaN: true })
    fc.assert(
      fc.property(noises, scales, (noise, host) => {
        const found = refitSite(site(slowHost(host), (i) => Math.exp(0.1 * noise[i]!)))
        if (found.verdict === 'kept') expect(found.adjustment.bandwidth).toBe(1)
        else expect(found.heldOut.gain).toBeGreaterThan(found.heldOut.gainError)
      }),
      { numRuns: 15, seed: 1 },
    )
  })

  it('moves less the fewer rows there are', () => {
    const rows = site(slowHost(2))
    const host = (some: SiteRow[]): number =>
      refitSite(some).factors.find(({ name }) => name === 'vllm.hostOverhead')!.value
    expect(host(rows.slice(0, 3))).toBeLessThan(host(rows))
    expect(host(rows.slice(0, 3))).toBeGreaterThan(1)
  })

  it('is deterministic and does not depend on the order of rows', () => {
    const rows = site(slowHost(1.5))
    expect(refitSite(rows)).toEqual(refitSite(rows))
    expect(refitSite(rows.toReversed()).adjustment.bandwidth).toBeCloseTo(refitSite(rows).adjustment.bandwidth, 4)
  })

  it('names rows that cannot fit their chips, and refuses too few', () => {
    const rows = site(slowHost(2))
    const scenario = parseScenario({ model: 'llama3.1-70b', chip: 'h200-sxm', mapping: { tp: 1 }, precision: 'bf16' })
    const found = refitSite([...rows, { id: 'big', scenario, tpot: 1 }])
    expect(found.misfits.map(({ id }) => id)).toEqual(['big'])
    expect(() => refitSite(rows.slice(0, 2))).toThrow(PincerError)
    expect(() => refitSite([])).toThrow('too few')
  })

  it('takes rows of one quantity', () => {
    const rows = site(slowHost(2)).map(({ id, scenario, tpot }) => ({ id, scenario, tpot: tpot! }))
    const found = refitSite(rows)
    expect(found.errors.shipped.ttft).toBeNull()
    expect(found.errors.shipped.tpot!.n).toBe(rows.length)
  })
})

describe('calibration of a scenario', () => {
  const question = { model: 'llama3.1-8b', chip: 'h100-sxm', workload: { isl: 1024, osl: 256, concurrency: 8 } }

  it('of factors 1 changes nothing', () => {
    const { tpot, ttft } = predictScenario(parseScenario({ ...question, calibration: SHIPPED }))
    expect(tpot).toEqual(predictScenario(parseScenario(question)).tpot)
    expect(ttft).toEqual(predictScenario(parseScenario(question)).ttft)
  })

  it('never lifts a share above what the datasheet allows', () => {
    const fast = predictScenario(parseScenario({ ...question, calibration: { ...SHIPPED, bandwidth: 100 } }))
    const shipped = predictScenario(parseScenario(question))
    expect(fast.tpot.value).toBeGreaterThan(0.8 * shipped.tpot.value)
  })

  it('is refused when it is malformed, and on SRAM machines', () => {
    expect(() => parseScenario({ ...question, calibration: { ...SHIPPED, bandwidth: 0 } })).toThrow('bandwidth')
    expect(() => parseScenario({ ...question, calibration: {} })).toThrow(PincerError)
    expect(() => parseScenario({ model: 'llama3.1-8b', chip: 'wse3', calibration: SHIPPED })).toThrow('has no meaning')
  })
})

describe('solve', () => {
  it('solves positive definite systems and inverts their diagonal', () => {
    const entries = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 12, maxLength: 12 })
    fc.assert(
      fc.property(entries, (values) => {
        const root = [0, 1, 2].map((i) => values.slice(3 * i, 3 * i + 3))
        const matrix = root.map((a, i) => root.map((b, j) => a.reduce((sum, v, k) => sum + v * b[k]!, i === j ? 1 : 0)))
        const vector = values.slice(9)
        const { solution, variances } = solve(matrix, vector)
        for (const [i, row] of matrix.entries()) {
          expect(row.reduce((sum, v, k) => sum + v * solution[k]!, 0)).toBeCloseTo(vector[i]!, 8)
          expect(variances[i]).toBeGreaterThan(0)
        }
      }),
    )
  })
})
