import { describe, expect, it } from 'vitest'
import {
  type Adjustment,
  PincerError,
  type SiteRow,
  findChip,
  parseScenario,
  predictScenario,
  refitSite,
} from '../../src/index.ts'
import { AS_SHIPPED, timed } from './kernel-site.ts'

const SHIPPED: Adjustment = { bandwidth: 1, compute: 1, links: 1, engines: {} }
const kernels = (truth = AS_SHIPPED, scatter = 0.03) => ({ chip: findChip('h100-sxm'), timings: timed(truth, scatter) })
const SLOW = { ...AS_SHIPPED, bandwidth: 0.85 }

function runs(truth: Adjustment, chip = 'h100-sxm', noise: (row: number) => number = () => 1): SiteRow[] {
  const models = [
    ['llama3.1-8b', 1],
    ['qwen3-32b', 2],
    ['llama3.1-70b', 4],
  ] as const
  const questions = models.flatMap(([model, tp]) =>
    [4, 64].map((concurrency) => {
      return { model, chip, mapping: { tp }, engine: 'vllm', workload: { isl: 1024, osl: 512, concurrency } }
    }),
  )
  return questions.map((question, i) => {
    const scenario = parseScenario(question)
    const { ttft, tpot } = predictScenario({ ...scenario, calibration: truth })
    return { id: `r${i}`, scenario, ttft: ttft.value * noise(2 * i), tpot: tpot.value * noise(2 * i + 1) }
  })
}

describe('refitSite on runs and kernels', () => {
  const slowHost = { vllm: { hostOverhead: 2, requestOverhead: 2 } }
  const slow: Adjustment = { ...SHIPPED, bandwidth: 0.85, engines: slowHost }

  it('takes what kernels made probable for the prior of runs', () => {
    const found = refitSite(runs(slow), kernels(SLOW))
    const factor = (name: string) => found.factors.find((each) => each.name === name)!
    expect(found.basis).toBe('runs and kernels')
    for (const { name, doubt } of found.kernels!.factors) {
      expect(factor(name).prior).toBeCloseTo(doubt, 5)
      expect(factor(name).doubt).toBeLessThanOrEqual(doubt + 1e-6)
    }
    expect(factor('bandwidth').doubt).toBeLessThan(refitSite(runs(slow)).factors[0]!.doubt)
    expect(found.adjustment.bandwidth).toBeGreaterThan(0.81)
    expect(found.adjustment.bandwidth).toBeLessThan(0.89)
    expect(found.adjustment.engines.vllm!.hostOverhead).toBeGreaterThan(1.7)
  })

  it('tells memory from host better than runs do', () => {
    const off = (log: SiteRow[], timings?: ReturnType<typeof kernels>): number =>
      Math.abs(Math.log(refitSite(log, timings).adjustment.bandwidth / 0.85))
    expect(off(runs(slow), kernels(SLOW))).toBeLessThan(off(runs(slow)))
  })

  it('reports what kernels alone say of runs, which they have not seen', () => {
    const { errors } = refitSite(runs(slow), kernels(SLOW))
    expect(errors.kernels!.tpot!.mean).toBeLessThan(errors.shipped.tpot!.mean)
    expect(errors.heldOut.tpot!.mean).toBeLessThan(errors.kernels!.tpot!.mean)
  })

  it('learns nothing for runs from kernels that gained nothing', () => {
    const { kernels: report, ...found } = refitSite(runs(slow), kernels())
    expect(report!.verdict).toBe('kept')
    expect(found).toEqual(refitSite(runs(slow)))
  })

  it('falls back on kernels alone where runs add nothing and do not speak against them', () => {
    // One group in three is off by a third either way: no gain can be told from luck.
    const loud = runs({ ...SHIPPED, bandwidth: 0.85 }, 'h100-sxm', (i) => [1.35, 1, 0.8][Math.floor(i / 4)]!)
    const found = refitSite(loud, kernels(SLOW))
    expect(found.basis).toBe('kernels')
    expect(found.reason).toContain('the factors of the kernels alone are taken')
    expect(found.adjustment.bandwidth).toBeCloseTo(found.kernels!.factors[0]!.value, 5)
  })

  it('keeps the shipped constants where runs speak against kernels', () => {
    const found = refitSite(runs(SHIPPED), kernels({ ...AS_SHIPPED, bandwidth: 0.7 }))
    expect(found.kernels!.verdict).toBe('refitted')
    expect(found.basis).toBe('shipped')
    expect(found.adjustment.bandwidth).toBe(1)
    expect(found.reason).toContain('raise errors on runs')
  })

  it('refuses runs of another chip than the one whose kernels were timed', () => {
    const both = [...runs(SHIPPED), ...runs(SHIPPED, 'h200-sxm')]
    expect(() => refitSite(both, kernels())).toThrow(PincerError)
    expect(() => refitSite(both, kernels())).toThrow(/are of h100-sxm, and run r0 is of h200-sxm/)
  })
})
