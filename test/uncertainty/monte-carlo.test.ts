import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  SHARES,
  type UncertainInput,
  meanOf,
  normalCdf,
  normalQuantile,
  parseDistribution,
  quantileAt,
  sampleModel,
  scrambledSobol,
  sobolIndices,
  spreadOf,
  tornado,
} from '../../src/uncertainty/index.ts'

function input(text: string, name = text): UncertainInput {
  const of = parseDistribution(text)
  return { name, at: (p) => quantileAt(of, p) }
}

function sampled(texts: readonly string[], of: (x: Float64Array) => number, samples = 65_536, seed = 1) {
  const model = (x: Float64Array, out: Float64Array): void => {
    out[0] = of(x)
  }
  const { outputs, replicates } = sampleModel({
    inputs: texts.map((text) => input(text)),
    outputs: 1,
    model,
    samples,
    seed,
  })
  return { values: outputs[0]!, spread: spreadOf(outputs[0]!, replicates), replicates }
}

describe('Monte Carlo', () => {
  it('finds the sum of normals, a normal', () => {
    const { spread } = sampled(['normal(3,1)', 'normal(-1,2)', 'normal(10,2)'], (x) => x[0]! + x[1]! + x[2]!)
    expect(Math.abs(spread.mean.value - 12)).toBeLessThan(Math.max(5 * spread.mean.error, 1e-5))
    for (const [i, { value, error }] of spread.quantiles.entries()) {
      const exact = 12 + 3 * normalQuantile(SHARES[i]!)
      expect(Math.abs(value - exact)).toBeLessThan(5 * error)
      expect(error).toBeLessThan(0.02)
    }
  })

  it('finds the product of log-normals, a log-normal', () => {
    const { spread } = sampled(['lognormal(2,1.5)', 'lognormal(3,1.2)'], (x) => x[0]! * x[1]!)
    const sigma = Math.hypot(Math.log(1.5), Math.log(1.2))
    expect(Math.abs(spread.mean.value - 6 * Math.exp(sigma ** 2 / 2))).toBeLessThan(5 * spread.mean.error + 1e-4)
    for (const [i, { value, error }] of spread.quantiles.entries()) {
      expect(Math.abs(value - 6 * Math.exp(sigma * normalQuantile(SHARES[i]!)))).toBeLessThan(5 * error)
    }
  })

  it('finds the probability that one normal exceeds another', () => {
    const { values, replicates } = sampled(['normal(1,1)', 'normal(0,1)'], (x) => Number(x[0]! > x[1]!))
    const { value, error } = meanOf(values, replicates)
    expect(Math.abs(value - normalCdf(Math.SQRT1_2))).toBeLessThan(5 * error)
    expect(error).toBeLessThan(1e-3)
  })

  it('has an error that falls about as 1/N, and not as 1/√N', () => {
    const exact = (Math.E - 1) ** 4
    const inputs = Array.from({ length: 4 }, () => 'uniform(0,1)')
    const rms = (samples: number): number => {
      const squares = Array.from({ length: 12 }, (_, seed) => {
        const { spread } = sampled(inputs, (x) => Math.exp(x[0]! + x[1]! + x[2]! + x[3]!), samples, seed)
        return (spread.mean.value - exact) ** 2
      })
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length)
    }
    const slope = Math.log(rms(2 ** 15) / rms(2 ** 8)) / Math.log(2 ** 7)
    expect(slope).toBeLessThan(-0.85)
  })

  it('gives standard errors that its real errors keep to', () => {
    const ratios = Array.from({ length: 40 }, (_, seed) => {
      const { spread } = sampled(['uniform(0,1)', 'uniform(0,1)'], (x) => x[0]! * x[1]!, 1024, seed)
      return (spread.mean.value - 0.25) / spread.mean.error
    })
    // Student's t with 7 degrees of freedom has the variance 7/5.
    const variance = ratios.reduce((sum, t) => sum + t * t, 0) / ratios.length
    expect(variance).toBeGreaterThan(0.5)
    expect(variance).toBeLessThan(3.5)
  })

  it('repeats its bytes with the seed, and only with it', () => {
    const of = (seed: number): Buffer =>
      Buffer.from(sampled(['normal(0,1)', 'uniform(0,1)'], (x) => x[0]! * x[1]!, 999, seed).values.buffer)
    expect(of(3).equals(of(3))).toBe(true)
    expect(of(3).equals(of(4))).toBe(false)
    expect(of(3).length).toBe(8 * 1000)
  })

  it('refuses numbers of samples that are none', () => {
    for (const samples of [0, 15, 1.5, 1e9, Number.NaN]) expect(() => sampled([], () => 0, samples)).toThrow(/samples/)
  })

  it('has no error where nothing is uncertain', () => {
    const { spread } = sampled([], () => 4, 16)
    expect([spread.mean, spread.quantiles[2]]).toEqual([
      { value: 4, error: 0 },
      { value: 4, error: 0 },
    ])
  })
})

describe('a tornado', () => {
  it('has the widest bar first, each from the 10 % to the 90 % quantile', () => {
    const { centre, bars } = tornado([input('uniform(0,1)', 'a'), input('uniform(0,10)', 'b')], (x) => x[0]! - x[1]!)
    expect(centre).toBe(-4.5)
    expect(bars.map(({ name }) => name)).toEqual(['b', 'a'])
    expect(bars[0]!.input).toEqual({ low: 1, high: 9 })
    expect(bars[0]!.output).toEqual({ low: -0.5, high: -8.5 })
  })
})

describe("Sobol' indices", () => {
  /** f = sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁ on [−π, π]³: Ishigami and Homma (1990). */
  it('of the Ishigami function are the analytic ones', () => {
    const angle = `uniform(${-Math.PI},${Math.PI})`
    const { indices, variance } = sobolIndices({
      inputs: [angle, angle, angle].map((text, i) => input(text, `x${i + 1}`)),
      model: (x) => Math.sin(x[0]!) + 7 * Math.sin(x[1]!) ** 2 + 0.1 * x[2]! ** 4 * Math.sin(x[0]!),
      base: 1024,
      seed: 1,
    })
    const pi4 = Math.PI ** 4
    const [v1, v2, v13] = [0.5 * (1 + (0.1 * pi4) / 5) ** 2, 49 / 8, (8 * 0.01 * pi4 ** 2) / 225]
    const all = v1 + v2 + v13
    expect(variance / all).toBeCloseTo(1, 2)
    const exact = { first: [v1, v2, 0], total: [v1 + v13, v2, v13] }
    for (const [i, { first, total }] of indices.entries()) {
      expect(Math.abs(first.value - exact.first[i]! / all)).toBeLessThan(0.01)
      expect(Math.abs(total.value - exact.total[i]! / all)).toBeLessThan(0.01)
      // A t interval of 95 %, widened so that a chance in a million misses it.
      for (const [{ value, lo, hi }, truth] of [
        [first, exact.first[i]! / all],
        [total, exact.total[i]! / all],
      ] as const) {
        expect(Math.abs(value - truth)).toBeLessThan(2.5 * (hi - lo) + 1e-4)
      }
    }
  })

  /** Π (|4 xᵢ − 2| + aᵢ) / (1 + aᵢ): Saltelli and Sobol' (1995). */
  it('of the g function are the analytic ones, interactions included', () => {
    const a = [0, 1, 4.5, 9, 99]
    const { indices } = sobolIndices({
      inputs: a.map((_, i) => input('uniform(0,1)', `x${i + 1}`)),
      model: (x) => a.reduce((product, ai, i) => (product * (Math.abs(4 * x[i]! - 2) + ai)) / (1 + ai), 1),
      base: 2048,
      seed: 2,
    })
    const partial = a.map((ai) => 1 / 3 / (1 + ai) ** 2)
    const all = partial.reduce((product, v) => product * (1 + v), 1) - 1
    for (const [i, { first, total }] of indices.entries()) {
      expect(Math.abs(first.value - partial[i]! / all)).toBeLessThan(0.01)
      const others = partial.reduce((product, v, k) => (k === i ? product : product * (1 + v)), 1)
      expect(Math.abs(total.value - (partial[i]! * others) / all)).toBeLessThan(0.01)
    }
  })

  it('of a sum are the shares of its variance, first-order and total alike', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        fc.nat(1000),
        (sds, seed) => {
          const { indices } = sobolIndices({
            inputs: sds.map((sd, i) => input(`normal(5,${sd})`, `x${i}`)),
            model: (x) => x.reduce((sum, value) => sum + value, 0),
            base: 512,
            seed,
          })
          const all = sds.reduce((sum, sd) => sum + sd * sd, 0)
          for (const [i, { first, total }] of indices.entries()) {
            expect(Math.abs(first.value - sds[i]! ** 2 / all)).toBeLessThan(0.05)
            expect(Math.abs(total.value - sds[i]! ** 2 / all)).toBeLessThan(0.05)
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  it('are none where the output does not vary', () => {
    const { variance, indices } = sobolIndices({ inputs: [input('normal(0,1)')], model: () => 0.1, base: 64, seed: 1 })
    expect([variance, indices]).toEqual([0, []])
  })

  it('take inputs up to half of the dimensions', () => {
    const inputs = Array.from({ length: 33 }, (_, i) => input('normal(0,1)', `${i}`))
    expect(() => sobolIndices({ inputs, model: (x) => x[0]!, base: 8, seed: 1 })).toThrow(/too many/)
    expect(scrambledSobol(64, 1)).toBeDefined()
  })
})
