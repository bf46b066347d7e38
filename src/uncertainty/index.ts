/**
 * Numbers that are not known, and what follows from them. In: distributions and a function of their values. Out: intervals, means,
 * probabilities with their sampling errors, and which input the spread comes from. Must not know: what the function computes.
 */
export { type Distribution, quantileAt, shareBelow } from './distribution.ts'
export {
  type Estimated,
  type Model,
  type Progress,
  REPLICATES,
  SHARES,
  type Samples,
  type Spread,
  type UncertainInput,
  meanOf,
  sampleModel,
  spreadOf,
} from './monte-carlo.ts'
export { normalCdf, normalQuantile } from './normal.ts'
export { parseDistribution, parseDistributionText } from './parse-distribution.ts'
export {
  type Index,
  type SobolIndex,
  type SobolIndices,
  type TornadoBar,
  sobolIndices,
  tornado,
} from './sensitivity.ts'
export { MOST_DIMENSIONS, scrambledSobol, sobol } from './sobol.ts'
export { type Support, type Truncated, distributionText, truncated } from './truncate.ts'
