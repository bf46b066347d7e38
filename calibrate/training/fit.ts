import type { ModelArch } from '../../src/model/index.ts'
import {
  predictTrainingRow,
  type TrainingConstants,
  type TrainingPrediction,
  type TrainingRow,
} from '../../src/training/index.ts'
import { descend } from '../descent.ts'

/** One measured quantity of one run. */
export interface Observation {
  readonly row: TrainingRow
  readonly arch?: ModelArch
  readonly kind: 'chipHours' | 'mfu'
  readonly measured: number
  readonly excluded?: string
}

const NAMES = ['gemm', 'fp8', 'expertWidth', 'elementwise', 'exposed', 'exposedExpert', 'runLoss'] as const
type Name = (typeof NAMES)[number]
/**
 * What is known of each constant before the runs are seen: expected value, plausible distance from it (ln), physical limits.
 * Large GEMMs sustain 0.7 of the peak, FP8 products 0.8 of that, half of a collective hides, a tenth of a run is lost.
 */
const PRIOR: Readonly<Record<Name, { expected: number; spread: number; low: number; high: number }>> = {
  gemm: { expected: 0.7, spread: 0.15, low: 0.3, high: 0.9 },
  fp8: { expected: 0.8, spread: 0.2, low: 0.4, high: 1 },
  expertWidth: { expected: 500, spread: 1, low: 10, high: 10_000 },
  elementwise: { expected: 120, spread: 0.6, low: 20, high: 1000 },
  exposed: { expected: 0.5, spread: 0.6, low: 0.02, high: 1 },
  exposedExpert: { expected: 0.7, spread: 0.7, low: 0.05, high: 10 },
  runLoss: { expected: 0.1, spread: 0.7, low: 0.005, high: 1 },
}
// Scatter of published runs about any model that knows only counts and chips.
const SCATTER = 0.2

/** ln(predicted / measured). */
export function residual(observation: Observation, constants: TrainingConstants): number {
  return Math.log(predicted(observation, constants) / observation.measured)
}

/** The model's value for an observation. */
export function predicted(observation: Observation, constants: TrainingConstants): number {
  const run = prediction(observation, constants)
  if (observation.kind === 'mfu') return run.mfu.value
  if ('unknown' in run.chipHours) throw new Error(`${observation.row.id}: ${run.chipHours.unknown}`)
  return run.chipHours.value
}

/** The whole prediction for an observation's run. */
export function prediction(observation: Observation, constants: TrainingConstants): TrainingPrediction {
  const run = predictTrainingRow(observation.row, observation.arch, constants)
  if ('unknown' in run) throw new Error(`${observation.row.id}: ${run.unknown}`)
  return run
}

/** Most plausible constants: absolute log residuals (an odd run does not pull) plus the priors. */
export function fitConstants(observations: readonly Observation[], start?: TrainingConstants): TrainingConstants {
  const free = NAMES.map((name) => {
    const { expected, low, high } = PRIOR[name]
    return { name, start: start?.[name] ?? expected, low, high }
  })
  const loss = (values: readonly number[]): number => {
    const constants = constantsAt(values)
    const misfit = observations.reduce((sum, each) => sum + rounded(residual(each, constants) / SCATTER), 0)
    return misfit + priorMisfit(values)
  }
  return constantsAt(descend(free, loss, start === undefined ? 40 : 15).values)
}

function constantsAt(values: readonly number[]): TrainingConstants {
  return Object.fromEntries(NAMES.map((name, i) => [name, values[i]!])) as unknown as TrainingConstants
}

// |x| with a round bottom, so that the search sees a slope everywhere.
function rounded(x: number): number {
  return Math.sqrt(1 + x * x) - 1
}

function priorMisfit(values: readonly number[]): number {
  return NAMES.reduce((sum, name, i) => {
    const { expected, spread } = PRIOR[name]
    return sum + 0.5 * (Math.log(values[i]! / expected) / spread) ** 2
  }, 0)
}
