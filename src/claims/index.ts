/**
 * Published claims. In: what a publication says of a number, and predictions. Out: a verdict with the number, its band and
 * the conditions that would make the claim true. The outermost room: nothing reads it, so that no claim can leak into a
 * prediction.
 */
export { type ClaimOrigin, claims, parseClaims } from './claim.ts'
export { type VerdictOptions, outcomeOf, verdicts } from './verdict.ts'
export type {
  Assertion,
  Claim,
  ClaimTest,
  Condition,
  Finding,
  Outcome,
  Quantity,
  Verdict,
  VerdictEvidence,
} from './types.ts'
