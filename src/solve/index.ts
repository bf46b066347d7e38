/**
 * A target → the value of a parameter that reaches it. Every judgement is a prediction with the parameter changed; nothing is
 * inverted by formula. Must not know: claims, pictures, how a machine works.
 */
export { QUANTITIES } from './quantity.ts'
export { solve } from './solve.ts'
export { withParameter } from './with-parameter.ts'
export type {
  Crossing,
  FreeParameter,
  LimitingTerm,
  Quantity,
  Sample,
  SearchedParameter,
  Solution,
  SolveQuestion,
  Target,
} from './types.ts'
