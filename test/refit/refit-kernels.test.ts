import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type KernelTiming, PincerError, findChip, refitSite } from '../../src/index.ts'
import { refitKernels } from '../../src/refit/refit-kernels.ts'
import { AS_SHIPPED, type Truth, timed } from './kernel-site.ts'

const chip = findChip('h100-sxm')
const refit = (timings: readonly KernelTiming[]) => refitSite([], { chip, timings })
const NAMES = ['bandwidth', 'compute', 'links', 'launch'] as const

/** How many doubts each factor lies from the truth. */
function strays(timings: readonly KernelTiming[], truth: Truth): number[] {
  const { factors } = refit(timings)
  return NAMES.map((name, k) => {
    const { value, doubt } = factors[k]!
    return Math.abs(Math.log(value / truth[name])) / Math.log(doubt)
  })
}

describe('refitSite on kernels alone', () => {
  it('recovers known factors within their doubt', () => {
    const factor = fc.double({ min: 0.8, max: 1.02, noNaN: true })
    const truths = fc.record({ bandwidth: factor, compute: factor, links: factor, launch: factor })
    fc.assert(
      fc.property(truths, fc.integer({ min: 1, max: 1000 }), (truth, seed) => {
        for (const stray of strays(timed(truth, 0.03, seed), truth)) expect(stray).toBeLessThan(1.5)
      }),
      { numRuns: 25 },
    )
  })

  it('doubts as much as it should where kernels are off together', () => {
    const truth = { bandwidth: 0.8, compute: 0.85, links: 0.75, launch: 0.9 }
    const all = Array.from({ length: 60 }, (_, seed) => strays(timed(truth, 0.1, seed, 0.1), truth))
    for (const k of NAMES.keys()) {
      const within = (doubts: number): number => all.filter((each) => each[k]! < doubts).length / all.length
      expect(within(1)).toBeGreaterThan(0.5)
      expect(within(2)).toBeGreaterThan(0.85)
    }
  })

  it('applies what it found when kernels left out gain', () => {
    const found = refit(timed({ ...AS_SHIPPED, bandwidth: 0.85 }, 0.03))
    expect(found.basis).toBe('kernels')
    expect(found.adjustment.bandwidth).toBeGreaterThan(0.82)
    expect(found.adjustment.bandwidth).toBeLessThan(0.88)
    expect(found.adjustment.compute).toBeCloseTo(1, 1)
    expect(found.adjustment.engines).toEqual({})
    const { errors } = found.kernels!
    for (const name of ['gemm', 'decode-attention', 'expert-gemm']) {
      const { shipped, heldOut } = errors.find(({ kernel }) => kernel === name)!
      expect(heldOut.median).toBeLessThan(0.7 * shipped.median)
    }
  })

  it('keeps factors of 1 where there is only noise', () => {
    const verdicts = Array.from({ length: 40 }, (_, seed) => refit(timed(AS_SHIPPED, 0.06, seed)))
    const kept = verdicts.filter(({ basis }) => basis === 'shipped')
    // One-sided 95 %: two in forty may be taken in.
    expect(kept.length).toBeGreaterThanOrEqual(38)
    for (const { adjustment } of kept) {
      expect(adjustment).toEqual({ bandwidth: 1, compute: 1, links: 1, launch: 1, engines: {} })
    }
  })

  it('never widens a doubt by more rows, whatever they say', () => {
    const all = timed({ ...AS_SHIPPED, bandwidth: 0.9 }, 0.05)
    const factor = fc.double({ min: 1, max: 8, noNaN: true })
    const rows = fc.array(fc.record({ row: fc.nat(all.length - 1), factor }), { minLength: 0, maxLength: 30 })
    fc.assert(
      fc.property(rows, rows, (few, more) => {
        const timings = [...few, ...more].map(({ row, factor: times }) => {
          return { ...all[row]!, seconds: all[row]!.seconds * times }
        })
        // Three shapes at least, with which every such file begins.
        const base = [all[0]!, all[4]!, all[8]!]
        const before = refit([...base, ...timings.slice(0, few.length)]).factors
        const after = refit([...base, ...timings]).factors
        for (const [k, { doubt }] of after.entries()) expect(doubt).toBeLessThanOrEqual(before[k]!.doubt + 1e-6)
      }),
      { numRuns: 25 },
    )
  })

  it('moves little for a few timings that are far off', () => {
    const rows = timed(AS_SHIPPED, 0.03)
    const wild = rows.map((row, i) => (i % 16 === 0 ? { ...row, seconds: 6 * row.seconds } : row))
    const [plain, spoilt] = [refit(rows), refit(wild)]
    for (const k of NAMES.keys()) {
      expect(Math.abs(Math.log(spoilt.factors[k]!.value / plain.factors[k]!.value))).toBeLessThan(0.06)
    }
  })

  it('leaves out what is faster than light, and says so', () => {
    const rows = timed({ ...AS_SHIPPED, bandwidth: 0.85 }, 0.02)
    const hot = { ...rows[0]!, id: 'hot', seconds: 1e-7 }
    const found = refit([...rows, hot])
    expect(found.kernels!.belowLight.map(({ id }) => id)).toEqual(['hot'])
    expect(found.kernels!.belowLight[0]!.light).toBeGreaterThan(1e-7)
    expect(found.factors).toEqual(refit(rows).factors)
  })

  it('counts repetitions of a shape once, by their median', () => {
    const rows = timed({ ...AS_SHIPPED, bandwidth: 0.85 }, 0.02)
    const again = rows.flatMap((row) => [0.99, 1, 1.5].map((factor) => ({ ...row, seconds: row.seconds * factor })))
    const [once, thrice] = [refit(rows), refit(again)]
    expect(thrice.kernels!.rows).toBe(3 * rows.length)
    expect(thrice.factors).toEqual(once.factors)
  })

  it('does not apply launches of the host', () => {
    const found = refit(timed({ ...AS_SHIPPED, bandwidth: 0.85, launch: 0.2 }, 0.02))
    expect(found.kernels!.notes[0]).toContain('CUDA graphs')
    expect(found.kernels!.factors[3]!.value).toBeLessThan(0.5)
    expect(found.basis).toBe('kernels')
    expect(found.adjustment.launch).toBeUndefined()
    expect(found.adjustment.bandwidth).toBeCloseTo(0.85, 1)
  })

  it('does not depend on the order of rows', () => {
    const rows = timed({ ...AS_SHIPPED, bandwidth: 0.85 }, 0.05)
    const [one, other] = [refit(rows), refit(rows.toReversed())]
    for (const k of NAMES.keys()) expect(one.factors[k]!.value).toBeCloseTo(other.factors[k]!.value, 4)
    expect(refit(rows)).toEqual(one)
  })

  it('knows less where only kin or no chip was timed', () => {
    const rows = timed(AS_SHIPPED, 0.02)
    const doubtOn = (id: string): number => {
      const { factors } = refitKernels({
        chip: findChip(id),
        timings: rows.map((row) => ({ ...row, seconds: 2 * row.seconds })),
      }).report
      return factors[0]!.doubt
    }
    expect(doubtOn('h800-sxm')).toBeGreaterThan(doubtOn('h100-sxm'))
    expect(doubtOn('mi300x')).toBeGreaterThan(doubtOn('h800-sxm'))
  })

  it.each([
    ['too few shapes', timed(AS_SHIPPED).slice(0, 2), 'too few'],
    ['none', [], 'too few'],
    ['another unit', timed(AS_SHIPPED).map((row) => ({ ...row, seconds: row.seconds * 1e3 })), 'unit'],
    [
      'nothing above light',
      timed(AS_SHIPPED).map((row) => ({ ...row, seconds: row.seconds / 1e3 })),
      'below the speed of light',
    ],
  ])('refuses %s', (_, timings, message) => {
    expect(() => refit(timings)).toThrow(PincerError)
    expect(() => refit(timings)).toThrow(message)
  })

  it('refuses SRAM machines', () => {
    expect(() => refitSite([], { chip: findChip('wse3'), timings: timed(AS_SHIPPED) })).toThrow('takes no calibration')
  })
})
