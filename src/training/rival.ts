import { type Unknown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import type { ModelArch } from '../model/index.ts'
import { denseTwin, type LossLaw } from './equal-loss.ts'
import { predictTraining, type TrainingInput, type TrainingPrediction } from './predict-training.ts'
import { archWork, declaredWork, type TrainingWork } from './work.ts'

/** A dense model that a mixture is held against, trained on the same tokens. */
export interface DenseRival {
  /** What is equal: FLOPs per token (its parameters are the mixture's active ones), or the loss by a published law. */
  readonly equal: 'flops' | LossLaw
  readonly params: number
  readonly run: TrainingPrediction
  /** Chip-hours of the mixture over those of the dense model; unknown without a number of tokens. */
  readonly hoursRatio: number | Unknown
}

/**
 * The dense models of as many FLOPs per token and of equal loss, trained as the mixture of `input` is, but for its mapping.
 * @throws PincerError for a model that is no mixture, or where no number of tokens is given
 */
export function denseRivals(input: TrainingInput, law: LossLaw): readonly DenseRival[] {
  const { tokens, sequence = 4096 } = input
  if (tokens === undefined) throw needs('tokens', 'is required: a loss is reached after so many tokens')
  const work = workOf(input.model, sequence)
  if (work.experts === undefined) throw needs('equalLoss', `${work.name} is dense: there is no mixture to compare`)
  const { totalParams, activeParams } = work
  const granularity = (4 * work.experts.width) / work.experts.inter
  const twin = denseTwin({ totalParams, activeParams, tokens, granularity }, law)
  const own = predictTraining(input)
  return [rival(input, 'flops', activeParams, own), rival(input, law, twin, own)]
}

function rival(
  input: TrainingInput,
  equal: DenseRival['equal'],
  params: number,
  own: TrainingPrediction | Unknown,
): DenseRival {
  const { mapping: _mapping, plan: _plan, schedule: _schedule, ...rest } = input
  const model = { name: `dense ${(params / 1e9).toPrecision(3)}B`, totalParams: params, activeParams: params }
  const run = predictTraining({ ...rest, model })
  if ('unknown' in run) throw new PincerError({ code: 'unsupported', path: ['chip'], message: run.unknown })
  return { equal, params, run, hoursRatio: ratioOf(own, run) }
}

function ratioOf(own: TrainingPrediction | Unknown, rivalRun: TrainingPrediction): number | Unknown {
  if ('unknown' in own) return own
  if ('unknown' in own.chipHours) return own.chipHours
  return 'unknown' in rivalRun.chipHours ? rivalRun.chipHours : own.chipHours.value / rivalRun.chipHours.value
}

function workOf(model: TrainingInput['model'], sequence: number): TrainingWork {
  return isArch(model) ? archWork(model, sequence) : declaredWork(model, sequence)
}

function isArch(model: TrainingInput['model']): model is ModelArch {
  return 'layers' in model
}

function needs(field: string, message: string): PincerError {
  return new PincerError({ code: 'invalid_value', path: [field], message })
}
