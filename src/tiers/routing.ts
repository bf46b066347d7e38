import { PincerError } from '../issue/index.ts'
import { type HistogramRow, histogramPopularity } from './histogram.ts'
import { inclusionProbabilities } from './inclusion.ts'

/**
 * How popular the experts of a layer are. `balanced`: all equally. `exponential`: loads of coefficient of variation 1,
 * which `predict` assumes for every router. `power`: weight rank^−exponent. `histogram`: counted.
 */
export type Routing =
  | { readonly kind: 'balanced' }
  | { readonly kind: 'exponential' }
  | { readonly kind: 'power'; readonly exponent: number }
  | { readonly kind: 'histogram'; readonly file: string; readonly rows: readonly HistogramRow[] }

/** Experts of one layer and how many of them a token uses. */
export interface ExpertCount {
  readonly experts: number // E
  readonly topk: number // k
}

/** Steepest power law taken: beyond it all tokens use the same k experts. */
export const STEEPEST = 4

/**
 * The probability π_e that a token uses expert e, for each of `layers`, hottest first; it sums to k. Layers with equal
 * popularity share one array. Tokens are independent of one another; the k experts of a token are distinct.
 * @throws PincerError `invalid_value` for an exponent outside 0 … 4, or as the histogram's reader
 */
export function popularity(routing: Routing, layers: readonly ExpertCount[]): readonly Float64Array[] {
  if (routing.kind === 'histogram') return histogramPopularity(routing.rows, layers, routing.file)
  const weightOf = weightLaw(routing)
  const known = new Map<string, Float64Array>()
  return layers.map(({ experts, topk }) => {
    const key = `${experts} ${topk}`
    // Sorted once more: near 1 the last digits of neighbours may be out of order.
    const shared =
      known.get(key) ?? inclusionProbabilities(weightsOf(experts, weightOf), topk).toSorted((a, b) => b - a)
    known.set(key, shared)
    return shared
  })
}

function weightsOf(experts: number, weightOf: (rank: number, experts: number) => number): Float64Array {
  return Float64Array.from({ length: experts }, (_, i) => weightOf(i + 1, experts))
}

function weightLaw(routing: Exclude<Routing, { kind: 'histogram' }>): (rank: number, experts: number) => number {
  if (routing.kind === 'balanced') return () => 1
  // Mid-quantiles of the exponential distribution.
  if (routing.kind === 'exponential') return (rank, experts) => -Math.log((rank - 0.5) / experts)
  const { exponent } = routing
  if (Number.isFinite(exponent) && exponent >= 0 && exponent <= STEEPEST) return (rank) => rank ** -exponent
  throw new PincerError({
    code: 'invalid_value',
    path: ['routing'],
    message: `the exponent of a power law must be a number from 0 to ${STEEPEST}, not ${exponent}`,
    suggestion: 'measured routers lie between 0 and about 1',
  })
}

/** Probability that `tokens` tokens, independent of one another, hit an expert that each uses with `chance`. */
export function hitChance(chance: number, tokens: number): number {
  return -Math.expm1(tokens * Math.log1p(-chance))
}
