import { type Known, type Unknown, isKnown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { type Prediction, predict } from '../predict/index.ts'
import { formatCount, formatSeconds } from '../units/index.ts'
import { type Span, quotient } from './band.ts'
import type { Deployment, DeploymentTest, Finding, Measure, Setting } from './types.ts'

/**
 * A speed or a cost of one deployment, or its ratio to another’s; the errors of two predictions count as independent. Unknown where a
 * figure that the prediction needs is not published, or the model does not fit.
 * @throws PincerError for a scenario that is none, as `predict` does
 */
export function deploymentFinding({ of, to, measure, source }: DeploymentTest, { asserts }: Setting): Finding {
  const sides = [of, ...(to === undefined ? [] : [to])]
  const command = sides.map(scenarioCommand).join(' && ')
  const predictions: Prediction[] = []
  for (const side of sides) {
    const prediction = predicted(side)
    if ('unknown' in prediction) {
      const evidence = { tier: 'first-principles', sources: [source] } as const
      return { quantity: prediction, reason: prediction.unknown, wouldHoldIf: [], evidence, command }
    }
    predictions.push(prediction)
  }
  const sources = [...new Set([source, ...predictions.flatMap(({ evidence }) => evidence.sources)])]
  const rest = {
    reason: predictions.map(deploymentText).join(' '),
    wouldHoldIf: [],
    evidence: { tier: predictions[0]!.evidence.tier, sources },
    command,
  }
  const quantity = quantityOf(predictions, measure)
  if ('unknown' in quantity) return { quantity, ...rest }
  return { quantity: { name: asserts.quantity, ...quantity, unit: asserts.unit }, ...rest }
}

function quantityOf([of, to]: readonly Prediction[], measure: Measure): Span | Unknown {
  const own = spanOf(of!, measure)
  if (to === undefined || 'unknown' in own) return own
  const other = spanOf(to, measure)
  return 'unknown' in other ? other : quotient(own, other)
}

function predicted(scenario: Deployment): Prediction | Unknown {
  try {
    return predict(scenario)
  } catch (fault) {
    const issue = fault instanceof PincerError ? fault.issues[0] : undefined
    if (issue === undefined || !UNANSWERABLE.has(issue.code)) throw fault
    return { unknown: issue.message }
  }
}

const UNANSWERABLE: ReadonlySet<string> = new Set(['unsupported', 'does_not_fit'])

/** The file in which a scenario’s numbers stand, made and predicted in one line of a shell. */
export function scenarioCommand(scenario: Deployment): string {
  return `echo '${JSON.stringify(scenario)}' > scenario.json && pincer predict --scenario scenario.json`
}

type Finder = (prediction: Prediction) => Span | Unknown

const MEASURES: Readonly<Record<Measure, Finder>> = {
  perUser: ({ throughput }) => band(throughput.perUser),
  output: ({ throughput }) => band(throughput.output),
  outputPerChip: ({ throughput }) => band(throughput.outputPerChip),
  decodePerChip: ({ throughput, cost }) => scaled(throughput.outputPerChip, 1 / (1 - cost.split.inputShare)),
  ttft: ({ ttft }) => band(ttft),
  tpot: ({ tpot }) => band(tpot),
  costPerMtokOutput: ({ cost }) => figure(cost.perMtokOutput),
  joulesPerOutputToken: ({ energy }) => figure(energy.perOutputToken),
}

/** The number that a test is about, of one prediction. */
export function spanOf(prediction: Prediction, measure: Measure): ReturnType<Finder> {
  return MEASURES[measure](prediction)
}

function band({ value, lo, hi }: Span): Span {
  return { value, lo, hi }
}

// Tokens of a chip while it decodes: prompts take their share of its time elsewhere.
function scaled({ value, lo, hi }: Span, factor: number): Span {
  return { value: value * factor, lo: lo * factor, hi: hi * factor }
}

function figure(of: Known): Span | Unknown {
  return isKnown(of) ? { value: of.value, lo: of.low ?? of.value, hi: of.high ?? of.value } : of
}

function deploymentText({ model, chip, chips, workload, throughput, tpot }: Prediction): string {
  const load = `${formatCount(workload.concurrency)} at once, ${formatCount(workload.isl)} tokens in and ${formatCount(workload.osl)} out`
  const rates = `${formatCount(Math.round(throughput.output.value))} tokens/s, a token every ${formatSeconds(tpot.value)} per user`
  return `${model.name} on ${formatCount(chips)} × ${chip.id}, ${load}: ${rates}.`
}
