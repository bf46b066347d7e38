/**
 * Many scenarios → the ones worth having: operating points per machine and the comparison of machines and models. Asks
 * `predict` for every number and adds none of its own.
 */
export { DEFAULT_CHIPS, DEFAULT_MODELS, compare } from './compare.ts'
export { type OperatingPoints, operatingPoints } from './operating-point.ts'
export type {
  Cell,
  CompareOptions,
  Comparison,
  OperatingPoint,
  PointRates,
  Relative,
  TrainingOutcome,
} from './types.ts'
