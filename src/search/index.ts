/**
 * Many scenarios → the ones worth having: operating points per machine and the comparison of machines and models. Asks
 * `predict` for every number and adds none of its own.
 */
export { type BenchmarkLoad, type BenchmarkRun, benchmarkRun } from './benchmark-run.ts'
export { type ClientsAtSpeed, clientsAtSpeed } from './clients-at-speed.ts'
export {
  compare,
  comparisonCell,
  comparisonResult,
  DEFAULT_CHIPS,
  DEFAULT_MODELS,
  DEFAULT_PRECISION,
  DEFAULT_TRAINING_TOKENS,
  DEFAULT_USER_SPEED,
  planComparison,
} from './compare.ts'
export {
  type HighestLoad,
  type LoadLimit,
  type LoadPoint,
  type LoadQuestion,
  highestClients,
  highestRate,
} from './highest-load.ts'
export type { LonePoint } from './lone-request.ts'
export { type OperatingPoints, operatingPoints } from './operating-point.ts'
export { planSearch } from './search-plan.ts'
export { search, searchPart, searchResult } from './search.ts'
export type {
  Candidate,
  Refusal,
  SearchMeasure,
  SearchPart,
  SearchPlan,
  SearchPoint,
  SearchQuestion,
  SearchResult,
  ServiceGoal,
} from './search-types.ts'
export type {
  Cell,
  CellQuestion,
  CompareOptions,
  Comparison,
  ComparisonPlan,
  OperatingPoint,
  PointRates,
  Relative,
  TrainingOutcome,
} from './types.ts'
