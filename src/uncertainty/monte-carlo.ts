import { PincerError } from '../issue/index.ts'
import { scrambledSobol } from './sobol.ts'

/** An uncertain number: the value below which a share `p` of its mass lies. Inputs are independent of each other. */
export interface UncertainInput {
  readonly name: string
  readonly at: (p: number) => number
}

/** Values of the inputs → values of the outputs, written into `outputs`. */
export type Model = (inputs: Float64Array, outputs: Float64Array) => void

export interface SampleOptions {
  readonly inputs: readonly UncertainInput[]
  readonly outputs: number
  readonly model: Model
  /** Samples wanted; rounded up to a multiple of `REPLICATES`. */
  readonly samples: number
  readonly seed: number
  /** Told after every replicate. */
  readonly onProgress?: Progress | undefined
}

/** Told how far a long question is. */
export type Progress = (done: number, of: number) => void

/** What a model gives for samples of its inputs. Replicate r has the rows from r · size on. */
export interface Samples {
  readonly count: number
  readonly replicates: number
  /** One array per output. */
  readonly outputs: readonly Float64Array[]
}

/** Independent scramblings of the same point set, by whose scatter the sampling error is known. */
export const REPLICATES = 8
const MOST_SAMPLES = 10_000_000

/**
 * Quasi-Monte Carlo: the model at the points of `REPLICATES` independently scrambled Sobol' sequences. Every output of a row has seen the
 * same inputs, so that comparisons between outputs are paired. Same seed, same bytes.
 * @throws PincerError for a bad number of samples or seed, or more than 32 inputs
 */
export function sampleModel({ inputs, outputs, model, samples, seed, onProgress }: SampleOptions): Samples {
  if (!Number.isInteger(samples) || samples < 2 * REPLICATES || samples > MOST_SAMPLES) {
    const message = `must be a whole number from ${2 * REPLICATES} to ${MOST_SAMPLES.toLocaleString('en-US')}, got ${samples}`
    throw new PincerError({ code: 'invalid_value', path: ['samples'], message })
  }
  const size = Math.ceil(samples / REPLICATES)
  const results = Array.from({ length: outputs }, () => new Float64Array(size * REPLICATES))
  const [point, values, out] = [inputs.length, inputs.length, outputs].map((n) => new Float64Array(n)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  for (let replicate = 0, row = 0; replicate < REPLICATES; replicate++) {
    const next = inputs.length === 0 ? () => undefined : scrambledSobol(inputs.length, seed, `replicate ${replicate}`)
    for (let i = 0; i < size; i++, row++) {
      next(point)
      for (let d = 0; d < inputs.length; d++) values[d] = inputs[d]!.at(point[d]!)
      model(values, out)
      for (let k = 0; k < outputs; k++) results[k]![row] = out[k]!
    }
    onProgress?.(replicate + 1, REPLICATES)
  }
  return { count: size * REPLICATES, replicates: REPLICATES, outputs: results }
}

/** A number from samples with its standard error, by the scatter of the replicates. */
export interface Estimated {
  readonly value: number
  readonly error: number
}

/** Shares of the mass at which intervals are given. */
export const SHARES: readonly number[] = [0.05, 0.1, 0.5, 0.9, 0.95]

/** Distribution of an output. */
export interface Spread {
  readonly mean: Estimated
  /** In the order of `SHARES`. */
  readonly quantiles: readonly Estimated[]
}

/** Mean and quantiles of one output. */
export function spreadOf(values: Float64Array, replicates: number): Spread {
  const sorted = parts(values, replicates).map((part) => part.slice().sort())
  const all = values.slice().sort()
  const quantiles = SHARES.map((share) => ({
    value: quantile(all, share),
    error: standardError(sorted.map((part) => quantile(part, share))),
  }))
  return { mean: meanOf(values, replicates), quantiles }
}

/** Mean of an output over all samples. */
export function meanOf(values: Float64Array, replicates: number): Estimated {
  return { value: mean(values), error: standardError(parts(values, replicates).map(mean)) }
}

function parts(values: Float64Array, replicates: number): Float64Array[] {
  const size = values.length / replicates
  return Array.from({ length: replicates }, (_, r) => values.subarray(r * size, (r + 1) * size))
}

function mean(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

/** Standard error of the mean of independent numbers. */
export function standardError(values: readonly number[]): number {
  const centre = mean(values)
  const square = values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  return Math.sqrt(square / (values.length * (values.length - 1)))
}

/** Quantile of ascending values, linear between order statistics (Hyndman and Fan's type 7). */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const next = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (place - below) * (sorted[next]! - sorted[below]!)
}
