import type { Known, Unknown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { predictTraining, type TrainingInput, type TrainingPrediction } from '../training/index.ts'
import type { UsdPerHour } from '../units/index.ts'
import { predict } from './predict.ts'
import type { Prediction } from './types.ts'

/** Reinforcement learning on answers that the model writes itself: how often, how many and how long. */
export interface ReinforceInput {
  /** The update; its tokens follow from the answers. */
  readonly train: TrainingInput
  /** The deployment that writes the answers, as `predict` reads it; its prompt and answer lengths are those below. */
  readonly rollout: Readonly<Record<string, unknown>>
  readonly steps: number
  /** Answers of one step, all questions together. */
  readonly answers: number
  readonly promptTokens: number
  /** Mean length of an answer. */
  readonly answerTokens: number
  /** Forward passes over each answer besides the update: probabilities under the policy that wrote it and under the reference (default 2). */
  readonly scoringPasses?: number
}

/** Chip-hours of the three parts of such a run, each on the chips that do it. */
export interface ReinforcePrediction {
  readonly tokens: number
  readonly rolloutHours: number
  readonly scoringHours: number
  readonly updateHours: number
  readonly totalHours: number
  readonly usd: number | Unknown
  readonly rollout: Prediction
  readonly update: TrainingPrediction
}

/** Of a training step, a third of the passes are forward ones. */
const FORWARD_SHARE = 1 / 3

/**
 * What reinforcement learning takes: answers at the speed the serving model predicts for the rollout, forward passes that score them,
 * and updates by the training model. The parts are taken one after another, each on busy chips: what a step waits for its longest answer
 * is not in it.
 * @throws PincerError as `predict` and `predictTraining` do, and for counts that are not positive
 */
export function reinforce(input: ReinforceInput): ReinforcePrediction | Unknown {
  const { train, steps, answers, promptTokens, answerTokens, scoringPasses = 2 } = input
  for (const field of ['steps', 'answers', 'promptTokens', 'answerTokens'] as const) requireCount(field, input[field])
  if (!Number.isInteger(scoringPasses) || scoringPasses < 0) throw invalid('scoringPasses', scoringPasses)
  const tokens = steps * answers * (promptTokens + answerTokens)
  const load = input.rollout['workload']
  const workload = { concurrency: 256, ...(typeof load === 'object' ? load : {}), isl: promptTokens, osl: answerTokens }
  const rollout = predict({ ...input.rollout, workload })
  const update = predictTraining({ ...train, tokens })
  if ('unknown' in update) return update
  if ('unknown' in update.chipHours) return update.chipHours
  const rolloutHours = (steps * answers * answerTokens) / rollout.throughput.outputPerChip.value / 3600
  const updateHours = update.chipHours.value
  const scoringHours = updateHours * scoringPasses * FORWARD_SHARE
  const totalHours = rolloutHours + scoringHours + updateHours
  const parts = { rolloutHours, scoringHours, updateHours, totalHours }
  return { tokens, ...parts, usd: costOf(parts, rollout, train.usdPerChipHour), rollout, update }
}

function costOf(
  { rolloutHours, totalHours }: Pick<ReinforcePrediction, 'rolloutHours' | 'totalHours'>,
  { cost }: Prediction,
  hour: Known<UsdPerHour> | undefined,
): number | Unknown {
  if (hour === undefined) return { unknown: 'no price of a chip-hour given' }
  if ('unknown' in hour) return hour
  if ('unknown' in cost.chipHour) return cost.chipHour
  return rolloutHours * cost.chipHour.value + (totalHours - rolloutHours) * hour.value
}

function requireCount(field: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= 1e12) return
  throw invalid(field, value)
}

function invalid(field: string, value: number): PincerError {
  const message = `must be a whole number from 1 to 1,000,000,000,000, got ${value}`
  return new PincerError({ code: 'invalid_value', path: ['rl', field], message })
}
