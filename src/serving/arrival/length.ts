import type { Tokens } from '../../units/index.ts'
import { checkCount } from './arrival-field.ts'
import { logMoments, normalCdf } from './length-normal.ts'
import { parseLengthDistribution } from './length-parse.ts'
import { curveMean, quantile, quantileCurve } from './length-quantile.ts'
import { type LengthDistribution, LONGEST } from './length-distribution.ts'
import { type RandomStream, normal, uniform } from './random.ts'

/**
 * `count` lengths in tokens, each at least 1.
 * @throws PincerError `invalid_value` for a distribution or count that makes no sense
 */
export function drawLengths(distribution: LengthDistribution, count: number, random: RandomStream): Int32Array {
  checkCount(count)
  const lengths = new Int32Array(count)
  const draw = lengthSource(distribution)
  for (let i = 0; i < count; i++) lengths[i] = draw(random)
  return lengths
}

/**
 * One length per call, for those who draw them one by one.
 * @throws PincerError as `drawLengths` does
 */
export function lengthSource(distribution: LengthDistribution): (random: RandomStream) => Tokens {
  const parsed = parseLengthDistribution(distribution)
  switch (parsed.kind) {
    case 'fixed':
      return () => parsed.tokens
    case 'uniform': {
      const { low, high } = parsed
      return (random) => low + Math.floor(uniform(random) * (high - low + 1))
    }
    case 'lognormal':
      return lognormalSource(parsed)
    case 'samples': {
      const { samples } = parsed
      return (random) => samples[Math.floor(uniform(random) * samples.length)]!
    }
    case 'quantiles': {
      const curve = quantileCurve(parsed.shares, parsed.values, parsed.mean)
      return (random) => Math.max(1, Math.round(quantile(curve, uniform(random))))
    }
  }
}

/** Mean of a distribution in tokens (lognormal and quantiles: before rounding to whole tokens, < 0.5 off). */
export function meanLength(distribution: LengthDistribution): number {
  switch (distribution.kind) {
    case 'fixed':
      return distribution.tokens
    case 'uniform':
      return (distribution.low + distribution.high) / 2
    case 'lognormal':
      return truncatedMean(distribution)
    case 'samples': {
      let sum = 0
      for (const sample of Array.from(distribution.samples)) sum += sample
      return sum / distribution.samples.length
    }
    case 'quantiles':
      return curveMean(quantileCurve(distribution.shares, distribution.values, distribution.mean))
  }
}

/**
 * Lengths of the InferenceX harness (and of vLLM's random data set with a range ratio of 0.8): whole numbers, uniform on
 * ⌊0.8·length⌋ … length.
 */
export function inferencexLengths(length: Tokens): LengthDistribution {
  return { kind: 'uniform', low: Math.max(1, Math.floor(0.8 * length)), high: length }
}

type Lognormal = LengthDistribution & { kind: 'lognormal' }

// Truncated by drawing again; the parser refuses settings in which that would take more than 20 draws on average.
function lognormalSource({ mean, cv, max = LONGEST }: Lognormal): (random: RandomStream) => Tokens {
  const { mu, sigma } = logMoments(mean, cv)
  return (random) => {
    for (;;) {
      const length = Math.round(Math.exp(mu + sigma * normal(random)))
      if (length >= 1 && length <= max) return length
    }
  }
}

// E[X | a ≤ X < b] = mean · (Φ(β − σ) − Φ(α − σ)) / (Φ(β) − Φ(α)) with α, β the bounds in units of the normal.
function truncatedMean({ mean, cv, max = LONGEST }: Lognormal): number {
  const { mu, sigma } = logMoments(mean, cv)
  const alpha = (Math.log(0.5) - mu) / sigma
  const beta = (Math.log(max + 0.5) - mu) / sigma
  return (mean * (normalCdf(beta - sigma) - normalCdf(alpha - sigma))) / (normalCdf(beta) - normalCdf(alpha))
}
