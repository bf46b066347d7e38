/**
 * Two sides, one question: which is cheaper, from where on, and how sure is that? In: two deployments (or an API's prices), inputs that are not
 * known or that are varied. Out: costs with intervals and what they depend on, crossovers, maps. Asks `predict` for speeds and `economics` for
 * money, and adds no number of its own.
 */
export { type Per, DEFAULT_DECLINE } from './evaluate.ts'
export { INPUTS, type InputRule } from './input.ts'
export { type HourBasis, type SideInput } from './side.ts'
export { type UncertainComparison, type UncertainQuestion, uncertainComparison } from './uncertain.ts'
