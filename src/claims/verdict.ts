import { type Unknown } from '../catalog/index.ts'
import { type Comparison, compare } from '../search/index.ts'
import { citedFinding } from './cited.ts'
import { claims } from './claim.ts'
import { chipsFinding, costFinding } from './cost.ts'
import { countFinding } from './count.ts'
import { deploymentFinding } from './deployment.ts'
import { latencyFinding } from './latency.ts'
import { marketFinding } from './market.ts'
import { memoryFinding } from './memory.ts'
import { runFinding } from './run.ts'
import { trainingFinding } from './training.ts'
import type { Assertion, Claim, ClaimTest, Finding, Outcome, Quantity, Setting, Verdict } from './types.ts'

/** What to judge, and by which comparison; both default to the catalog's. */
export interface VerdictOptions {
  /** A comparison that is at hand already; claims about costs and machines are judged by its cells. */
  readonly comparison?: Comparison
  readonly claims?: readonly Claim[]
}

/**
 * A verdict on each claim, in order. Claims about one model by name are judged by that model, the others by the models
 * and machines of the comparison.
 * @throws PincerError when a claim names a model or chip that the catalog does not know
 */
export function verdicts(options: VerdictOptions = {}): readonly Verdict[] {
  const comparison = options.comparison ?? compare()
  return (options.claims ?? claims()).map((claim) => verdictOn(claim, comparison))
}

function verdictOn(claim: Claim, comparison: Comparison): Verdict {
  const finding = findingOf(claim.test, { comparison, asserts: claim.asserts })
  const verdict = outcomeOf(claim.asserts, finding.quantity)
  return {
    schema: 'pincer.verdict.v1',
    claim,
    verdict,
    asserted: claim.asserts,
    ...finding,
    // Nothing is missing where a claim holds.
    wouldHoldIf: verdict === 'holds' ? [] : finding.wouldHoldIf,
  }
}

/**
 * The whole band inside the bounds: holds. None of it: does not hold. Otherwise: holds only if. No number: unknown. The
 * bounds themselves are inside.
 */
export function outcomeOf(asserts: Assertion, quantity: Quantity | Unknown): Outcome {
  if ('unknown' in quantity) return 'unknown'
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = asserts
  const { lo, hi } = quantity
  if (lo >= atLeast && hi <= atMost) return 'holds'
  return hi < atLeast || lo > atMost ? 'does not hold' : 'holds only if'
}

type Tests = { readonly [K in ClaimTest['kind']]: (test: Extract<ClaimTest, { kind: K }>, setting: Setting) => Finding }

const TESTS: Tests = {
  count: countFinding,
  training: trainingFinding,
  cost: costFinding,
  chips: chipsFinding,
  memory: memoryFinding,
  latency: latencyFinding,
  market: marketFinding,
  deployment: deploymentFinding,
  run: runFinding,
  cited: citedFinding,
}

function findingOf(test: ClaimTest, setting: Setting): Finding {
  return (TESTS[test.kind] as (test: ClaimTest, setting: Setting) => Finding)(test, setting)
}
