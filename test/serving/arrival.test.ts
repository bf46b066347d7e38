import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PincerError } from '../../src/issue/index.ts'
import { arrivalTicks, meanRate } from '../../src/serving/arrival/arrival.ts'
import { parseArrivalProcess } from '../../src/serving/arrival/arrival-parse.ts'
import type { ArrivalProcess } from '../../src/serving/arrival/arrival-process.ts'
import { logGamma, weibullCv, weibullShape } from '../../src/serving/arrival/arrival-shape.ts'
import { drawRequests } from '../../src/serving/arrival/arrival-table.ts'
import { exponential, gamma, normal, rng, uniform } from '../../src/serving/arrival/random.ts'

const TICKS = 32e9
const COUNT = 200_000

function gapsOf(process: ArrivalProcess, count = COUNT, seed = 1): Float64Array {
  const ticks = arrivalTicks(process, count, rng(seed, 'arrivals'))
  return ticks.map((tick, i) => (tick - (i === 0 ? 0 : ticks[i - 1]!)) / TICKS)
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

function cvOf(values: Float64Array): number {
  const mean = meanOf(values)
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2))) / mean
}

/** Largest distance between the empirical distribution of `values` and `cdf` (Kolmogorov–Smirnov). */
function ksDistance(values: Float64Array, cdf: (x: number) => number): number {
  const sorted = values.toSorted()
  let worst = 0
  for (let i = 0; i < sorted.length; i++) {
    const expected = cdf(sorted[i]!)
    worst = Math.max(worst, (i + 1) / sorted.length - expected, expected - i / sorted.length)
  }
  return worst
}

/** Asymptotic critical distance at the 0.1 % level: √(−ln(0.001/2)/2n). */
const ksCritical = (count: number): number => Math.sqrt(-Math.log(0.0005) / (2 * count))

function issueOf(run: () => unknown): PincerError['issues'][number] {
  try {
    run()
  } catch (error) {
    if (error instanceof PincerError) return error.issues[0]!
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('random streams', () => {
  it('repeats with the seed and differs by name and by seed', () => {
    const draw = (seed: number, name: string) => Array.from({ length: 20 }, uniformOf(seed, name))
    expect(draw(7, 'arrivals')).toEqual(draw(7, 'arrivals'))
    expect(draw(7, 'arrivals')).not.toEqual(draw(7, 'lengths'))
    expect(draw(7, 'arrivals')).not.toEqual(draw(8, 'arrivals'))
    expect(draw(0, 'a')).not.toEqual(draw(2 ** 32, 'a'))
  })

  const uniformOf = (seed: number, name: string) => {
    const random = rng(seed, name)
    return () => uniform(random)
  }

  it('draws uniform, exponential, normal and gamma values of the right law', () => {
    const random = rng(3, 'laws')
    const draws = (draw: () => number) => Float64Array.from({ length: 50_000 }, draw)
    expect(
      ksDistance(
        draws(() => uniform(random)),
        (x) => x,
      ),
    ).toBeLessThan(ksCritical(50_000))
    expect(
      ksDistance(
        draws(() => exponential(random)),
        (x) => 1 - Math.exp(-x),
      ),
    ).toBeLessThan(ksCritical(50_000))
    // Gamma of shape 2: 1 − (1 + x)e^−x; of shape ½: the square of a normal, halved.
    const two = draws(() => gamma(random, 2))
    expect(ksDistance(two, (x) => 1 - (1 + x) * Math.exp(-x))).toBeLessThan(ksCritical(50_000))
    const halfSquares = draws(() => normal(random) ** 2 / 2).toSorted()
    const half = draws(() => gamma(random, 0.5)).toSorted()
    const quantiles = [0.1, 0.5, 0.9, 0.99].map((share) => half[share * 50_000]! / halfSquares[share * 50_000]!)
    for (const ratio of quantiles) expect(Math.abs(ratio - 1)).toBeLessThan(0.06)
  })

  it('refuses seeds that are not whole numbers', () => {
    for (const seed of [Number.NaN, -1, 0.5, 2 ** 53]) expect(() => rng(seed, 'x')).toThrow(PincerError)
  })
})

describe('arrival processes', () => {
  it('gives Poisson gaps of the asked rate that pass a Kolmogorov–Smirnov test', () => {
    const gaps = gapsOf({ kind: 'poisson', rate: 6.45 })
    expect(ksDistance(gaps, (x) => 1 - Math.exp(-6.45 * x))).toBeLessThan(ksCritical(COUNT))
    expect(Math.abs(meanOf(gaps) * 6.45 - 1)).toBeLessThan(4 / Math.sqrt(COUNT))
    expect(Math.abs(cvOf(gaps) - 1)).toBeLessThan(4 / Math.sqrt(COUNT))
    // The test has teeth: a rate 2 % off fails it.
    expect(ksDistance(gaps, (x) => 1 - Math.exp(-6.58 * x))).toBeGreaterThan(ksCritical(COUNT))
  })

  it.each([
    ['gamma', 0.5],
    ['gamma', 2],
    ['weibull', 0.5],
    ['weibull', 2],
  ] as const)('gives %s renewals the asked rate at a coefficient of variation of %d', (kind, cv) => {
    const gaps = gapsOf({ kind, rate: 20, cv })
    expect(Math.abs(meanOf(gaps) * 20 - 1)).toBeLessThan((4 * cv) / Math.sqrt(COUNT))
    // Standard error of a sample cv: √((kurtosis-driven) …) stays below 1 % of it here, seen over seeds.
    expect(Math.abs(cvOf(gaps) / cv - 1)).toBeLessThan(0.04)
  })

  it('gives Weibull gaps of the right law', () => {
    const shape = weibullShape(2)
    const scale = 1 / Math.exp(logGamma(1 + 1 / shape))
    const gaps = gapsOf({ kind: 'weibull', rate: 1, cv: 2 }, 50_000)
    expect(ksDistance(gaps, (x) => 1 - Math.exp(-((x / scale) ** shape)))).toBeLessThan(ksCritical(50_000))
  })

  it('finds the Weibull shape of any coefficient of variation; Γ is right', () => {
    expect(weibullShape(1)).toBeCloseTo(1, 9)
    expect(weibullCv(2)).toBeCloseTo(Math.sqrt(4 / Math.PI - 1), 10)
    for (const cv of [0.001, 0.1, 3, 100]) expect(weibullCv(weibullShape(cv)) / cv).toBeCloseTo(1, 6)
    expect(Math.exp(logGamma(5))).toBeCloseTo(24, 9)
    expect(Math.exp(logGamma(0.5)) ** 2).toBeCloseTo(Math.PI, 10)
  })

  it('gives equal gaps without drift', () => {
    const ticks = arrivalTicks({ kind: 'uniform', rate: 3 }, 300_000, rng(1, 'arrivals'))
    expect(ticks[299_999]).toBe(100_000 * TICKS)
    expect(ticks[0]).toBe(Math.round(TICKS / 3))
  })

  it('switches an on-off process at the asked rates, with the variance theory gives', () => {
    const process = { kind: 'on-off', onRate: 10, onSeconds: 2, offSeconds: 3 } as const
    const gaps = gapsOf(process, 400_000)
    expect(meanRate(process)).toBe(4)
    expect(Math.abs(meanOf(gaps) * 4 - 1)).toBeLessThan(0.02)
    // Interrupted Poisson process (Kuczura 1973): gaps are hyperexponential, cv² = 1 + 2αλ/(α + β)².
    const cv = Math.sqrt(1 + (2 * 0.5 * 10) / (0.5 + 1 / 3) ** 2)
    expect(Math.abs(cvOf(gaps) / cv - 1)).toBeLessThan(0.02)
  })

  it('follows a rate curve in every part of it', () => {
    const points = [
      [0, 2],
      [100, 10],
      [100, 4],
      [200, 4],
      [300, 0],
    ] as const
    const process = { kind: 'curve', points, repeat: true } as const
    expect(meanRate(process)).toBeCloseTo(4, 12)
    const seconds = arrivalTicks(process, COUNT, rng(5, 'arrivals')).map((tick) => tick / TICKS)
    const cycles = Math.floor(seconds[COUNT - 1]! / 300)
    // Requests expected per cycle in windows of 50 s, by the area under the curve.
    const areas = [200, 400, 200, 200, 150, 50]
    for (const [w, area] of areas.entries()) {
      const seen = seconds.filter((s) => s < cycles * 300 && Math.floor((s % 300) / 50) === w).length
      expect(Math.abs(seen - area * cycles)).toBeLessThan(4 * Math.sqrt(area * cycles))
    }
  })

  it('is Poisson within a constant stretch of a curve', () => {
    const gaps = gapsOf(
      {
        kind: 'curve',
        points: [
          [0, 5],
          [10, 5],
        ],
      },
      50_000,
    )
    expect(ksDistance(gaps, (x) => 1 - Math.exp(-5 * x))).toBeLessThan(ksCritical(50_000))
  })

  it('says when a curve has ended', () => {
    const points = [
      [0, 10],
      [10, 0],
    ] as const
    expect(issueOf(() => arrivalTicks({ kind: 'curve', points }, 1000, rng(1, 'a'))).message).toContain(
      'about 50 requests',
    )
  })

  it('puts a burst at the start and the rest behind it', () => {
    const next = { kind: 'poisson', rate: 2 } as const
    const ticks = arrivalTicks({ kind: 'burst', size: 3, next }, 5, rng(1, 'arrivals'))
    const alone = arrivalTicks(next, 2, rng(1, 'arrivals'))
    expect([...ticks]).toEqual([0, 0, 0, ...alone])
    expect([...arrivalTicks({ kind: 'burst' }, 4, rng(1, 'arrivals'))]).toEqual([0, 0, 0, 0])
  })

  it('has ascending whole ticks, whatever the process; twice the rate is the same pattern twice as fast', () => {
    const rates = fc.double({ min: 0.01, max: 1e4, noNaN: true })
    const cvs = fc.double({ min: 0.05, max: 10, noNaN: true })
    const processes = fc.oneof(
      fc.record({ kind: fc.constant('poisson' as const), rate: rates }),
      fc.record({ kind: fc.constantFrom('gamma' as const, 'weibull' as const), rate: rates, cv: cvs }),
    )
    fc.assert(
      fc.property(processes, fc.nat(), (process, seed) => {
        const slow = arrivalTicks(process, 50, rng(seed, 'arrivals'))
        const fast = arrivalTicks({ ...process, rate: 2 * process.rate }, 50, rng(seed, 'arrivals'))
        for (let i = 0; i < 50; i++) {
          expect(Number.isSafeInteger(slow[i]!)).toBe(true)
          expect(slow[i]!).toBeGreaterThanOrEqual(i === 0 ? 0 : slow[i - 1]!)
          expect(Math.abs(2 * fast[i]! - slow[i]!)).toBeLessThanOrEqual(2 + slow[i]! * 1e-12)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('refuses what makes no sense, with the path', () => {
    const cases: [unknown, string, string][] = [
      [{ kind: 'poisson', rate: 0 }, 'invalid_value', 'rate'],
      [{ kind: 'poisson', rate: Number.NaN }, 'invalid_value', 'rate'],
      [{ kind: 'poisson' }, 'missing_field', 'rate'],
      [{ kind: 'poison', rate: 1 }, 'invalid_value', 'kind'],
      [{ kind: '__proto__', rate: 1 }, 'invalid_value', 'kind'],
      [{ kind: 'poisson', rate: 1, cv: 2 }, 'unknown_field', 'cv'],
      [{ kind: 'gamma', rate: 1, cv: -1 }, 'invalid_value', 'cv'],
      [{ kind: 'curve', points: [[0, 1]] }, 'invalid_value', 'points'],
      [
        {
          kind: 'curve',
          points: [
            [0, 0],
            [5, 0],
          ],
        },
        'invalid_value',
        'points',
      ],
      [
        {
          kind: 'curve',
          points: [
            [0, 1],
            [5, 1],
            [4, 1],
          ],
        },
        'invalid_value',
        'points.2',
      ],
      [{ kind: 'burst', size: 3 }, 'missing_field', 'next'],
      [{ kind: 'burst', size: 3, next: { kind: 'poisson', rate: -1 } }, 'invalid_value', 'next.rate'],
      [JSON.parse('{"kind": "poisson", "rate": 1, "__proto__": {}}'), 'unknown_field', '__proto__'],
      [undefined, 'invalid_value', ''],
    ]
    for (const [input, code, path] of cases) {
      const issue = issueOf(() => parseArrivalProcess(input))
      expect([issue.code, issue.path.join('.')]).toEqual([code, path])
    }
    expect(issueOf(() => parseArrivalProcess({ kind: 'poison', rate: 1 })).suggestion).toContain('poisson')
  })

  it('refuses times beyond 2^53 ticks and counts that are none', () => {
    expect(issueOf(() => arrivalTicks({ kind: 'uniform', rate: 0.001 }, 1000, rng(1, 'a'))).code).toBe('too_large')
    for (const count of [-1, 1.5, Number.NaN, 1e12]) {
      expect(issueOf(() => arrivalTicks({ kind: 'uniform', rate: 1 }, count, rng(1, 'a'))).code).toBe('invalid_value')
    }
  })
})

describe('drawn requests', () => {
  it('keeps arrivals and prompts when only outputs change; same seed, same bytes', () => {
    const base = { arrivals: { kind: 'poisson', rate: 5 }, prompt: { kind: 'uniform', low: 1, high: 900 } } as const
    const short = drawRequests({ ...base, output: { kind: 'fixed', tokens: 1 } }, 100, 9)
    const long = drawRequests({ ...base, output: { kind: 'lognormal', mean: 500, cv: 2 } }, 100, 9)
    expect(long.arrival).toEqual(short.arrival)
    expect(long.prompt).toEqual(short.prompt)
    expect(drawRequests({ ...base, output: { kind: 'fixed', tokens: 1 } }, 100, 9)).toEqual(short)
    expect(drawRequests({ ...base, output: { kind: 'fixed', tokens: 1 } }, 100, 10).arrival).not.toEqual(short.arrival)
  })
})
