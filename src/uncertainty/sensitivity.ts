import { REPLICATES, type UncertainInput, standardError } from './monte-carlo.ts'
import { scrambledSobol } from './sobol.ts'

/** One output of a model as a number. */
export type ScalarModel = (inputs: Float64Array) => number

/** What an output does when one input goes from its 10 % to its 90 % quantile and all others stay at their medians. */
export interface TornadoBar {
  readonly name: string
  readonly input: { readonly low: number; readonly high: number }
  readonly output: { readonly low: number; readonly high: number }
}

/** One bar per input, the widest first, and the output with all inputs at their medians. */
export function tornado(
  inputs: readonly UncertainInput[],
  model: ScalarModel,
): { readonly centre: number; readonly bars: readonly TornadoBar[] } {
  const medians = Float64Array.from(inputs, ({ at }) => at(0.5))
  const bars = inputs.map(({ name, at }, d) => {
    const [low, high] = [at(0.1), at(0.9)]
    return {
      name,
      input: { low, high },
      output: { low: model(medians.with(d, low)), high: model(medians.with(d, high)) },
    }
  })
  const width = ({ output }: TornadoBar): number => Math.abs(output.high - output.low)
  return { centre: model(medians), bars: bars.toSorted((a, b) => width(b) - width(a)) }
}

/** A share of the variance with its 95 % confidence interval. */
export interface Index {
  readonly value: number
  readonly lo: number
  readonly hi: number
}

/** Sobol' indices of an input: the share of the output's variance that it makes alone, and with all its interactions. */
export interface SobolIndex {
  readonly name: string
  readonly first: Index
  readonly total: Index
}

export interface SobolIndices {
  readonly variance: number
  /** In the order of the inputs; empty when the output does not vary. */
  readonly indices: readonly SobolIndex[]
  /** Times the model was asked. */
  readonly evaluations: number
}

/** Two-sided 95 % point of Student's t with REPLICATES − 1 = 7 degrees of freedom. */
const STUDENT = 2.364_624_251

/**
 * Variance-based sensitivity: first-order indices by A. Saltelli et al., "Variance based sensitivity analysis of model output", Comput. Phys.
 * Commun. 181 (2010), table 2 (b); total ones by M. J. W. Jansen, ibid. 117 (1999). Both on scrambled Sobol' points, `base` of them in each of
 * `REPLICATES` scramblings, whose scatter gives the confidence interval. Inputs must be independent. Same seed, same bytes.
 * @throws PincerError for a bad seed or more than 32 inputs
 */
export function sobolIndices(options: {
  readonly inputs: readonly UncertainInput[]
  readonly model: ScalarModel
  readonly base: number
  readonly seed: number
}): SobolIndices {
  const { inputs, base } = options
  const evaluations = REPLICATES * base * (inputs.length + 2)
  if (inputs.length === 0) return { variance: 0, indices: [], evaluations: 0 }
  const runs = Array.from({ length: REPLICATES }, (_, r) => oneScrambling(options, `indices ${r}`))
  const variance = average(runs.map((run) => run.variance))
  const highest = Math.max(...runs.map(({ scale }) => scale))
  // What is left of equal numbers after subtraction is rounding.
  if (!(variance > (1e-13 * highest) ** 2)) return { variance: 0, indices: [], evaluations }
  const indices = inputs.map(({ name }, d) => ({
    name,
    first: confident(runs.map((run) => run.first[d]! / run.variance)),
    total: confident(runs.map((run) => run.total[d]! / run.variance)),
  }))
  return { variance, indices, evaluations }
}

interface Scrambling {
  readonly variance: number
  readonly scale: number
  readonly first: readonly number[]
  readonly total: readonly number[]
}

function oneScrambling({ inputs, model, base, seed }: Parameters<typeof sobolIndices>[0], stream: string): Scrambling {
  const count = inputs.length
  const next = scrambledSobol(2 * count, seed, stream)
  const point = new Float64Array(2 * count)
  const [a, b] = [new Float64Array(count), new Float64Array(count)]
  const [ofA, ofB] = [new Float64Array(base), new Float64Array(base)]
  const ofMixed = inputs.map(() => new Float64Array(base))
  for (let i = 0; i < base; i++) {
    next(point)
    for (let d = 0; d < count; d++) {
      a[d] = inputs[d]!.at(point[d]!)
      b[d] = inputs[d]!.at(point[count + d]!)
    }
    ofA[i] = model(a)
    ofB[i] = model(b)
    for (let d = 0; d < count; d++) {
      const own = a[d]!
      a[d] = b[d]!
      ofMixed[d]![i] = model(a)
      a[d] = own
    }
  }
  const centre = (average(ofA) + average(ofB)) / 2
  const pairs = (of: (i: number) => number): number => average(Float64Array.from(ofA, (_, i) => of(i)))
  return {
    variance: pairs((i) => ((ofA[i]! - centre) ** 2 + (ofB[i]! - centre) ** 2) / 2),
    scale: Math.abs(centre),
    // Centred: the mean's square would cost digits.
    first: ofMixed.map((mixed) => pairs((i) => (ofB[i]! - centre) * (mixed[i]! - ofA[i]!))),
    total: ofMixed.map((mixed) => pairs((i) => (ofA[i]! - mixed[i]!) ** 2 / 2)),
  }
}

function confident(values: readonly number[]): Index {
  const value = average(values)
  const half = STUDENT * standardError(values)
  return { value, lo: value - half, hi: value + half }
}

function average(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}
