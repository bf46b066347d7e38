import type { Chip, Known, Unknown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import type { ModelArch } from '../model/index.ts'
import { type Chips, type Flop, SECONDS_PER_HOUR, type UsdPerHour, type Watts } from '../units/index.ts'
import { type Estimate, estimate, scaled } from './band.ts'
import { catalogTrainingChip, type TrainingChip, trainingChip, type TrainingPrecision } from './chip.ts'
import { type TrainingConstants, TRAINING_CONSTANTS, TRAINING_RESIDUALS } from './constant.ts'
import { CUSTOMARY_SEQUENCE, customaryBatch, customaryChips, customaryTokens } from './customary.ts'
import {
  fewestReplicas,
  isMappable,
  mappingCandidates,
  memoryPerChip,
  minimumChips,
  type Recompute,
  type TrainingBatch,
  type TrainingMapping,
  type TrainingMemory,
} from './mapping.ts'
import { type TrainingTime, trainingTime } from './step.ts'
import { archWork, type DeclaredModel, declaredWork, trainingFlopsPerToken, type TrainingWork } from './work.ts'

/** A training run to predict. What is left out takes a customary value, and the prediction's notes say so. */
export interface TrainingInput {
  /** The architecture, or the two counts when nothing more is public. */
  readonly model: ModelArch | DeclaredModel
  /** A catalog chip, or the id or alias of one (retired chips of published runs included). */
  readonly chip: Chip | string
  readonly chips?: number
  /** Tokens of the whole run; without them speed is predicted, but no chip-hours. */
  readonly tokens?: number
  readonly precision?: TrainingPrecision
  readonly sequence?: number
  readonly batchTokens?: number
  readonly recompute?: Recompute
  /** Default: the fastest candidate that fits the memory. */
  readonly mapping?: TrainingMapping
  /** Mean power per chip at the meter, for energy. */
  readonly wattsPerChip?: Known<Watts>
  /** Price of a chip-hour, for cost. */
  readonly usdPerChipHour?: Known<UsdPerHour>
  readonly constants?: TrainingConstants
}

/** Time, energy and money of a training run, with the reasons for the distance from the peak. */
export interface TrainingPrediction {
  readonly model: string
  readonly chip: string
  readonly chips: number
  readonly precision: TrainingPrecision
  readonly batch: TrainingBatch
  readonly mapping: TrainingMapping
  readonly memory: TrainingMemory
  readonly minimumChips: number
  /** Model FLOPs per token, forward and backward, attention included, recomputation excluded. */
  readonly flopsPerToken: Flop
  /** Model FLOPs of the run, operator by operator. */
  readonly flops: Flop | Unknown
  /** The customary 6 · active parameters · tokens. */
  readonly flops6nd: Flop | Unknown
  /** Chip-seconds per token in the steady state, by cause. */
  readonly timePerToken: TrainingTime
  readonly tokensPerSecondPerChip: Estimate
  /** Steady state, model FLOPs over the dense peak of the precision used. */
  readonly mfu: Estimate
  /** Whole run over steady state (restarts, evaluation, schedule), at least 1. */
  readonly runOverhead: number
  readonly chipHours: Estimate | Unknown
  readonly seconds: Estimate | Unknown
  readonly joules: Estimate | Unknown
  readonly usd: Estimate | Unknown
  readonly notes: readonly string[]
}

/** 419 unexpected interruptions on 16,384 chips in 54 days (Llama 3, arXiv 2407.21783, section 3.3.4). */
const CHIP_HOURS_PER_INTERRUPTION = (16_384 * 54 * 24) / 419
/** Hours a run stands still or repeats work per interruption; the same section's 90 % effective time bounds it at 0.3. */
const HOURS_LOST = 0.25

/**
 * Predicts a training run from the model's FLOPs, the chip's figures and seven fitted constants.
 * Unknown, with the reason, when a figure of the chip that training needs is not published.
 * @throws PincerError for an unknown chip, a value out of range, or a model that does not fit the chips given
 */
export function predictTraining(input: TrainingInput): TrainingPrediction | Unknown {
  checkInput(input)
  const chip = typeof input.chip === 'string' ? trainingChip(input.chip) : catalogTrainingChip(input.chip)
  if ('unknown' in chip) return chip
  const sequence = sequenceLength(input)
  const work = 'layers' in input.model ? archWork(input.model, sequence) : declaredWork(input.model, sequence)
  const precision = input.precision ?? 'bf16'
  if (chip.peak[precision] === undefined) return { unknown: `${chip.name} has no published ${precision} peak` }
  const setup = runSetup(input, chip, work)
  const constants = input.constants ?? TRAINING_CONSTANTS
  const chosen = fastest({ chip, work, precision, ...setup }, input, constants)
  return result({ input, chip, work, precision, constants, ...setup, ...chosen })
}

function sequenceLength({ sequence, model }: TrainingInput): number {
  if (sequence !== undefined) return sequence
  return 'layers' in model ? Math.min(CUSTOMARY_SEQUENCE, model.maxContext) : CUSTOMARY_SEQUENCE
}

interface Setup {
  readonly chips: number
  readonly batch: TrainingBatch
  readonly notes: readonly string[]
}

function runSetup(input: TrainingInput, chip: TrainingChip, work: TrainingWork): Setup {
  const perToken = trainingFlopsPerToken(work)
  const runFlops = input.tokens === undefined ? undefined : perToken * input.tokens
  const notes = [...chip.notes]
  if (work.inferred) notes.push('shapes inferred from parameter counts')
  const chips = input.chips ?? customaryChips(chip, runFlops, minimumChips(chip, work.totalParams))
  if (input.chips === undefined) notes.push(`${chips} chips assumed`)
  const sequence = sequenceLength(input)
  const customary = customaryBatch(runFlops ?? perToken * customaryTokens(work.activeParams))
  // Whoever occupies that many chips has a sequence for each replica.
  const tokens = input.batchTokens ?? Math.max(customary, sequence * fewestReplicas(chip, chips))
  checkBatch(tokens, sequence)
  if (input.batchTokens === undefined) notes.push(`batch of ${(tokens / 1e6).toPrecision(2)} M tokens assumed`)
  if (input.sequence === undefined) notes.push(`sequences of ${sequence} tokens assumed`)
  return { chips, batch: { tokens, sequence }, notes }
}

function checkBatch(tokens: number, sequence: number): void {
  if (tokens >= sequence) return
  throw new PincerError({
    code: 'invalid_value',
    path: ['batchTokens'],
    message: `a batch of ${tokens} tokens does not hold one sequence of ${sequence}`,
  })
}

interface Choice {
  readonly mapping: TrainingMapping
  readonly time: TrainingTime
}

function fastest(
  setup: Setup & { chip: TrainingChip; work: TrainingWork; precision: TrainingPrecision },
  input: TrainingInput,
  constants: TrainingConstants,
): Choice {
  const { chip, work, chips, batch, precision } = setup
  const asked = input.mapping
  if (asked !== undefined) checkMapping(asked, chips, batch)
  const recompute = input.recompute ?? (chip.isRetired ? 'full' : undefined)
  const candidates = asked === undefined ? mappingCandidates(chip, work, chips, batch, recompute) : [asked]
  if (candidates.length === 0) throw tooFewSequences(chips, batch)
  let best: Choice | undefined
  for (const mapping of candidates) {
    if (!isMappable(chip, work, mapping, batch)) continue
    const time = trainingTime({ chip, work, mapping, batch, precision }, constants)
    if (best === undefined || time.total < best.time.total) best = { mapping, time }
  }
  if (best !== undefined) return best
  throw new PincerError({
    code: 'does_not_fit',
    path: [asked === undefined ? 'chips' : 'mapping'],
    message: `${work.name} does not fit ${chips} × ${chip.name} in training`,
    suggestion: `fully sharded optimizer state alone needs ${minimumChips(chip, work.totalParams)} chips, activations come on top`,
  })
}

function tooFewSequences(chips: Chips, batch: TrainingBatch): PincerError {
  const sequences = Math.floor(batch.tokens / batch.sequence)
  return new PincerError({
    code: 'invalid_mapping',
    path: ['batchTokens'],
    message: `no mapping gives each replica of ${chips} chips one of the ${sequences} sequences of a batch of ${batch.tokens} tokens`,
    suggestion: 'take a larger batch, fewer chips, or a number of chips with more factors of two',
  })
}

function result(
  run: Setup &
    Choice & {
      input: TrainingInput
      chip: TrainingChip
      work: TrainingWork
      precision: TrainingPrecision
      constants: TrainingConstants
    },
): TrainingPrediction {
  const { input, chip, work, chips, batch, mapping, time, constants } = run
  const { tokens } = input
  const flopsPerToken = trainingFlopsPerToken(work)
  const runOverhead = 1 + constants.runLoss + (chips * HOURS_LOST) / CHIP_HOURS_PER_INTERRUPTION
  const noTokens: Unknown = { unknown: 'the number of training tokens is not stated' }
  const chipHours =
    tokens === undefined
      ? noTokens
      : estimate((tokens * time.total * runOverhead) / SECONDS_PER_HOUR, TRAINING_RESIDUALS.chipHours, work.inferred)
  return {
    model: work.name,
    chip: chip.id,
    chips,
    precision: run.precision,
    batch,
    mapping,
    memory: memoryPerChip(work, mapping, batch),
    minimumChips: minimumChips(chip, work.totalParams),
    flopsPerToken,
    flops: tokens === undefined ? noTokens : flopsPerToken * tokens,
    flops6nd: tokens === undefined ? noTokens : 6 * work.activeParams * tokens,
    timePerToken: time,
    tokensPerSecondPerChip: estimate(1 / time.total, TRAINING_RESIDUALS.mfu, work.inferred),
    mfu: estimate(time.ideal / time.total, TRAINING_RESIDUALS.mfu, work.inferred),
    runOverhead,
    chipHours,
    seconds: times(chipHours, SECONDS_PER_HOUR / chips),
    joules: perChipHour(chipHours, input.wattsPerChip, SECONDS_PER_HOUR, 'power per chip'),
    usd: perChipHour(chipHours, input.usdPerChipHour, 1, 'price of a chip-hour'),
    notes: run.notes,
  }
}

function times(base: Estimate | Unknown, factor: number): Estimate | Unknown {
  return 'unknown' in base ? base : scaled(base, factor)
}

function perChipHour(
  chipHours: Estimate | Unknown,
  rate: Known<Watts> | Known<UsdPerHour> | undefined,
  factor: number,
  what: string,
): Estimate | Unknown {
  if (rate === undefined) return { unknown: `no ${what} given` }
  if ('unknown' in rate) return rate
  return times(chipHours, rate.value * factor)
}

/** Ends far beyond any run; a fraction of a token, chip or sequence is a slip. */
const MOST = { chips: 1e7, tokens: 1e18, sequence: 1e8, batchTokens: 1e12 } as const

function checkInput(input: TrainingInput): void {
  for (const field of ['chips', 'tokens', 'sequence', 'batchTokens'] as const) {
    const value = input[field]
    const isWhole = field === 'tokens' || Number.isInteger(value)
    if (value === undefined || (isWhole && value >= 1 && value <= MOST[field])) continue
    const kind = field === 'tokens' ? 'number' : 'whole number'
    const message = `must be a ${kind} from 1 to ${MOST[field].toLocaleString('en-US')}, not ${value}`
    throw new PincerError({ code: 'invalid_value', path: [field], message })
  }
  for (const field of ['wattsPerChip', 'usdPerChipHour'] as const) {
    const figure = input[field]
    if (figure === undefined || 'unknown' in figure || (figure.value >= 0 && Number.isFinite(figure.value))) continue
    throw new PincerError({
      code: 'invalid_value',
      path: [field],
      message: `must be a number of at least 0, got ${figure.value}`,
    })
  }
}

function checkMapping(mapping: TrainingMapping, chips: Chips, batch: TrainingBatch): void {
  const { tp, pp, dp, ep } = mapping
  const isWhole = [tp, pp, dp, ep].every((size) => Number.isInteger(size) && size >= 1)
  if (!isWhole || tp * pp * dp !== chips) {
    const message = `tp ${tp} × pp ${pp} × dp ${dp} must be whole numbers that make ${chips} chips`
    throw new PincerError({ code: 'invalid_mapping', path: ['mapping'], message })
  }
  if (dp > batch.tokens / batch.sequence) throw tooFewSequences(chips, batch)
}
