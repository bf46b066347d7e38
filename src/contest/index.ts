/**
 * Two sides, one question: which is cheaper, from where on, and how sure is that? In: two deployments (or an API's prices), inputs that are not
 * known or that are varied. Out: costs with intervals and what they depend on, crossovers, maps. Asks `predict` for speeds and `economics` for
 * money, and adds no number of its own.
 */
export { type AxisInput } from './axis.ts'
export {
  type Crossing,
  type Crossover,
  type CrossoverQuestion,
  type ScanPoint,
  type Stretch,
  crossover,
} from './crossover.ts'
export { type DuelPoint, METRICS, type Metric, type Setting, type Winner } from './duel.ts'
export { type Per, DEFAULT_DECLINE } from './evaluate.ts'
export { uncertainDocument } from './document.ts'
export { INPUTS, type InputRule } from './input.ts'
export { type ContourPiece, type CrossoverMap, type MapQuestion, crossoverMap } from './map.ts'
export { type HourBasis, type SideInput } from './side.ts'
export { type ListedInput, type UncertainComparison, type UncertainQuestion, uncertainComparison } from './uncertain.ts'
export { type Varied } from './vary.ts'
export { type Way, type Ways, type WaysPair, type WaysQuestion, ways } from './ways.ts'
