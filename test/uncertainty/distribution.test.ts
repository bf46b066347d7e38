import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PincerError } from '../../src/issue/index.ts'
import {
  type Distribution,
  distributionText,
  normalCdf,
  normalQuantile,
  parseDistribution,
  quantileAt,
  shareBelow,
  truncated,
} from '../../src/uncertainty/index.ts'

const size = fc.double({ min: 1e-3, max: 1e6, noNaN: true })
// −0 is printed as 0; far from 0, doubles are too coarse for a narrow distribution.
const place = fc.double({ min: -10, max: 10, noNaN: true }).map((x) => x + 0)

const factor = fc.double({ min: 1.01, max: 20, noNaN: true })

const any: fc.Arbitrary<Distribution> = fc.oneof(
  fc.record({ kind: fc.constant('normal' as const), mean: place, sd: size }),
  fc.record({
    kind: fc.constant('lognormal' as const),
    median: size,
    factor,
  }),
  fc.tuple(place, size).map(([lo, width]) => ({ kind: 'uniform' as const, lo, hi: lo + width })),
  fc
    .tuple(place, size, fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([lo, width, at]) => ({ kind: 'triangular' as const, lo, mode: lo + at * width, hi: lo + width })),
  fc.tuple(size, factor, factor).map(([a, b, c]) => ({
    kind: 'quantiles' as const,
    shares: [0.1, 0.5, 0.95],
    values: [a, a * b, a * b * c],
    isLog: true,
  })),
)

describe('the normal distribution', () => {
  // scipy.special.ndtri 1.17.1
  it.each([
    [1e-300, -37.0471],
    [1e-20, -9.262340089798409],
    [1e-5, -4.264890793922825],
    [0.05, -1.6448536269514729],
    [0.1, -1.2815515655446004],
    [0.5, 0],
    [0.925, 1.4395314709384561],
    [0.975, 1.959963984540054],
    [0.999, 3.0902323061678136],
  ])('has the quantile of %d', (p, z) => {
    expect(Math.abs(normalQuantile(p) - z)).toBeLessThan(p < 1e-100 ? 1e-4 : 1e-14 * Math.max(1, Math.abs(z)))
  })

  // scipy.special.ndtr 1.17.1
  it.each([
    [-30, 4.906713927147908e-198],
    [-5, 2.866515718791933e-7],
    [-3, 0.0013498980316300933],
    [-1, 0.15865525393145707],
    [0.5, 0.6914624612740131],
    [2.9999, 0.998649658717045],
  ])('has the share below %d', (z, share) => {
    expect(Math.abs(normalCdf(z) / share - 1)).toBeLessThan(1e-12)
  })

  it('is inverted by its quantiles', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
        expect(Math.abs(normalCdf(normalQuantile(p)) - p)).toBeLessThan(2e-15)
      }),
    )
  })
})

describe('distributions', () => {
  it('have quantiles that rise, and shares that invert them to 1e-9', () => {
    fc.assert(
      fc.property(any, fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), (of, p) => {
        const x = quantileAt(of, p)
        expect(Number.isFinite(x)).toBe(true)
        expect(quantileAt(of, p + (1 - p) / 2)).toBeGreaterThanOrEqual(x)
        expect(Math.abs(shareBelow(of, x) - p)).toBeLessThan(1e-9)
      }),
    )
  })

  it('go through the quantiles given, on a log-normal where there are two', () => {
    const of = parseDistribution('quantiles(0.1:1,0.5:2,0.9:8)')
    expect([0.1, 0.5, 0.9].map((p) => Number(quantileAt(of, p).toPrecision(12)))).toEqual([1, 2, 8])
    const sigma = Math.log(4) / normalQuantile(0.9)
    expect(quantileAt(of, 0.99)).toBeCloseTo(2 * Math.exp(sigma * normalQuantile(0.99)), 12)
    const two = parseDistribution({ kind: 'quantiles', at: { 0.05: 1, 0.95: 9 } })
    expect(quantileAt(two, 0.5)).toBeCloseTo(3, 12)
    const negative = parseDistribution('quantiles(0.5:-1,0.9:1)')
    expect(quantileAt(negative, 0.1)).toBeCloseTo(-3, 12)
  })

  it('are read from text as from JSON, and printed back', () => {
    fc.assert(
      fc.property(any, (of) => {
        const text = distributionText(of)
        expect(parseDistribution(text)).toEqual(of)
        const { kind } = of
        const fields =
          kind === 'quantiles' ? { at: Object.fromEntries(of.shares.map((share, i) => [share, of.values[i]])) } : of
        expect(parseDistribution({ ...fields, kind })).toEqual(of)
      }),
    )
  })
})

function issue(work: () => unknown): string {
  try {
    work()
  } catch (fault) {
    if (fault instanceof PincerError) return fault.message
    throw fault
  }
  return 'no fault'
}

describe('a faulty distribution', () => {
  it.each([
    ['uniform(0.8,0.3)', 'vary.x.hi: must be above lo (0.8), got 0.3'],
    ['uniform(1,1)', 'vary.x.hi: must be above lo (1), got 1'],
    ['normal(1,0)', 'vary.x.sd: must be above 0, got 0'],
    ['normal(1,-2)', 'vary.x.sd: must be above 0, got -2'],
    ['lognormal(-1,2)', 'vary.x.median: must be above 0, got -1'],
    ['lognormal(1,1)', 'vary.x.factor: must be above 1, got 1'],
    ['triangular(1,4,3)', 'vary.x.mode: must lie from 1 to 3, got 4'],
    ['uniform(1)', 'vary.x: "uniform(1)" has 1 numbers; uniform(lo,hi) has 2'],
    ['uniform(a,2)', 'vary.x.lo: must be a finite number'],
    ['unifrom(1,2)', 'vary.x: unknown distribution "unifrom"; did you mean "uniform"?'],
    ['fast', 'vary.x: "fast" is no distribution; write a number'],
    ['quantiles(0.5:1,0.5:2)', 'vary.x: the quantile 0.5 stands twice'],
    ['quantiles(0.1:3,0.9:1)', 'vary.x.at.0.9: must be at least 3, the quantile of 0.1; got 1'],
    ['quantiles(0:3,0.9:1)', 'vary.x.at.0: a share must lie between 0 and 1'],
    ['quantiles(0.5:3)', 'vary.x.at: needs two different quantiles at least'],
    [{ kind: 'normal', mean: 1 }, 'vary.x.sd: is required'],
    [{ kind: 'normal', mean: 1, sd: 1, std: 1 }, 'vary.x.std: unknown field "std"; did you mean "sd"?'],
    [{ mean: 1 }, 'vary.x.kind: is required'],
    [Number.NaN, 'vary.x: must be a finite number'],
    [[1], 'vary.x: is no distribution'],
  ])('%j is refused with its path', (input, message) => {
    expect(issue(() => parseDistribution(input, ['vary', 'x']))).toContain(message)
  })
})

describe('truncation', () => {
  it('keeps values inside, says what it cut, and scales the rest up', () => {
    const { at, cut } = truncated(parseDistribution('normal(1,1)'), { min: 0, max: 2 }, [])
    expect(cut).toBeCloseTo(2 * normalCdf(-1), 14)
    expect(at(0.5)).toBeCloseTo(1, 12)
    expect(at(1e-9)).toBeGreaterThanOrEqual(0)
    expect(at(1 - 1e-9)).toBeLessThanOrEqual(2)
    // E[min over the truncated mass] by its own distribution function.
    expect(normalCdf(at(0.25) - 1)).toBeCloseTo(normalCdf(-1) + 0.25 * (1 - cut), 12)
  })

  it('leaves alone what lies inside', () => {
    const { at, cut } = truncated(parseDistribution('uniform(0.3,0.8)'), { min: 0, max: 1 }, [])
    expect([cut, at(0.5)]).toEqual([0, 0.55])
  })

  it('refuses a distribution of which most lies outside, and a number that does', () => {
    const support = { min: 0, max: 1, minOpen: true }
    expect(issue(() => truncated(parseDistribution('uniform(2,3)'), support, ['vary', 'utilisation']))).toBe(
      'vary.utilisation: values must be above 0 and at most 1, but 100 % of uniform(2,3) lies outside',
    )
    expect(issue(() => truncated(parseDistribution(0), support, ['x']))).toBe('x: must be above 0 and at most 1, got 0')
  })
})
