import { type Unknown, findChip } from '../catalog/index.ts'
import { givenFigure } from '../economics/index.ts'
import { findModel, paramCounts } from '../model/index.ts'
import { chipHour } from '../predict/index.ts'
import {
  type TrainingInput,
  type TrainingPrediction,
  findRecipe,
  predictTraining,
  recipeInput,
} from '../training/index.ts'
import { formatCount, formatPercent } from '../units/index.ts'
import { type Span, quotient, trainingSpan } from './band.ts'
import { roundedUp, trainCommand } from './command.ts'
import type { Condition, Finding, Setting, TrainingRun, TrainingTest } from './types.ts'

/** Chip-hours of the sparse run over those of the dense one; the errors of both predictions count as independent. */
export function trainingFinding(test: TrainingTest, { asserts }: Setting): Finding {
  const sparse = timedRun(test.sparse)
  const dense = timedRun(test.dense)
  const command = `${trainCommand(test.sparse)} && ${trainCommand(test.dense)}`
  const evidence = { tier: 'interpolated', sources: [test.source] } as const
  if ('unknown' in sparse) return { quantity: sparse, reason: sparse.unknown, wouldHoldIf: [], evidence, command }
  if ('unknown' in dense) return { quantity: dense, reason: dense.unknown, wouldHoldIf: [], evidence, command }
  const ratio = quotient(sparse.hours, dense.hours)
  const bound = asserts.atMost
  return {
    quantity: { name: asserts.quantity, ...ratio, unit: asserts.unit },
    reason: trainingReason(sparse, dense),
    wouldHoldIf: bound === undefined ? [] : trainingConditions(test, sparse, dense.hours, ratio.value / bound),
    evidence,
    command,
  }
}

interface TimedRun {
  readonly run: TrainingPrediction
  readonly hours: Span
}

function timedRun(run: TrainingRun): TimedRun | Unknown {
  const prediction = predictRun(run)
  const hours = chipHours(prediction)
  if ('unknown' in prediction) return prediction
  return 'unknown' in hours ? hours : { run: prediction, hours }
}

/** The prediction of a run named by ids. @throws PincerError for an unknown model or chip */
export function predictRun({ model, ...run }: TrainingRun): TrainingPrediction | Unknown {
  return predictModel(run, findModel(model))
}

function predictModel(run: Omit<TrainingRun, 'model'>, model: TrainingInput['model']): TrainingPrediction | Unknown {
  const { chip, tokens, chips, precision, price } = run
  const recipe = run.recipe === undefined ? undefined : findRecipe(run.recipe)
  const hour = price === undefined ? chipHour({ chip: findChip(chip) }) : givenFigure(price, 'USD/h')
  return predictTraining({
    model,
    chip,
    tokens,
    usdPerChipHour: hour,
    ...(recipe === undefined ? {} : recipeInput(recipe)),
    ...(recipe?.precision === undefined ? {} : { precision: recipe.precision }),
    ...(chips === undefined ? {} : { chips }),
    ...(precision === undefined ? {} : { precision }),
  })
}

function chipHours(run: TrainingPrediction | Unknown): Span | Unknown {
  if ('unknown' in run) return run
  return 'unknown' in run.chipHours ? run.chipHours : trainingSpan(run.chipHours)
}

function trainingReason(sparse: TimedRun, dense: TimedRun): string {
  const flops = sparse.run.flopsPerToken / dense.run.flopsPerToken
  const mfus = `${formatPercent(sparse.run.mfu.value)} instead of ${formatPercent(dense.run.mfu.value)}`
  const hours = (each: TimedRun): string => `${each.run.model} takes ${formatCount(each.hours.value)} chip-hours`
  return `${hours(sparse)}, ${hours(dense)}. The first computes ${formatPercent(flops)} of the FLOPs per token, at an MFU of ${mfus}.`
}

/** `factor`: how many times too many chip-hours the sparse run takes. */
function trainingConditions(test: TrainingTest, sparse: TimedRun, denseHours: Span, factor: number): Condition[] {
  const { model, mfu } = sparse.run
  const needed = mfu.value * factor
  const verb = needed > 1 ? ' (above 1: nothing reaches it)' : ''
  const conditions: Condition[] = [
    {
      condition: `the MFU of ${model}, predicted at ${formatPercent(mfu.value)}, is at least${verb}`,
      value: roundedUp(needed),
      unit: 'ratio',
      command: trainCommand(test.sparse),
    },
  ]
  const params = denseParams(test.dense, factor, denseHours.value)
  if (params === undefined) return conditions
  const value = roundedUp(params)
  const command = trainCommand({ ...test.dense, model: './dense.json' })
  return [
    ...conditions,
    {
      condition: 'the dense model it is compared with has at least',
      value,
      unit: 'params',
      command: `echo '{"totalParams":${value}}' > dense.json && ${command}`,
    },
  ]
}

/** How far the size of the dense model may lie from the plain proportion of hours and parameters. */
const SPAN = 2
const TOLERANCE = 1e-3

/**
 * Parameters from which a dense model, known by its count only, takes `factor` times the `hours` of `run`, by bisection:
 * hours grow nearly in proportion to parameters, in small steps where the number of chips changes. Undefined when it is not
 * found.
 */
function denseParams(run: TrainingRun, factor: number, hours: number): number | undefined {
  const wanted = factor * hours
  const isEnough = (params: number): boolean => {
    const found = chipHours(predictModel(run, { name: 'dense', totalParams: params, activeParams: params }))
    return !('unknown' in found) && found.value >= wanted
  }
  const plain = factor * paramCounts(findModel(run.model)).total
  let [low, high] = [plain / SPAN, plain * SPAN]
  if (isEnough(low) || !isEnough(high)) return undefined
  while (high / low > 1 + TOLERANCE) {
    const middle = Math.sqrt(low * high)
    if (isEnough(middle)) high = middle
    else low = middle
  }
  return high
}
