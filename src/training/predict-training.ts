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
  leastRecompute,
  mappingCandidates,
  memoryPerChip,
  minimumChips,
  type Recompute,
  type TrainingBatch,
  type TrainingMapping,
  type TrainingMemory,
  type TrainingPlan,
} from './mapping.ts'
import { CHIP_HOURS_PER_INTERRUPTION, type Reliability, type ReliabilityInput, reliability } from './reliability.ts'
import type { PipelineSchedule } from './schedule.ts'
import { type TrainingTime, trainingTime } from './step.ts'
import { adapterParams, loraRank, type Tuning } from './tuning.ts'
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
  /** Degrees of the mapping that are fixed, before the others are searched. */
  readonly plan?: TrainingPlan
  /** Default: the fastest candidate that fits the memory. */
  readonly mapping?: TrainingMapping
  /** Default: interleaved 1F1B. */
  readonly schedule?: PipelineSchedule
  /** Default: all parameters are trained. */
  readonly tuning?: Tuning
  /** Interruptions and checkpoints; default: what Llama 3's run lost to them. */
  readonly reliability?: ReliabilityInput
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
  readonly schedule: PipelineSchedule
  /** Parameters that the run changes. */
  readonly trainedParams: number
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
  /** What interruptions and checkpoints add to it, where the input says how they come. */
  readonly reliability?: Reliability
  readonly chipHours: Estimate | Unknown
  readonly seconds: Estimate | Unknown
  readonly joules: Estimate | Unknown
  readonly usd: Estimate | Unknown
  readonly notes: readonly string[]
}

/** Hours a run stands still or repeats work per interruption; the same section's 90 % effective time bounds it at 0.3. */
const HOURS_LOST = 0.25

/**
 * Predicts a training run from the model's FLOPs, the chip's figures and seven fitted constants.
 * Unknown, with the reason, when a figure of the chip that training needs is not published.
 * @throws PincerError for an unknown chip, a value out of range, or a model that does not fit the chips given
 */
export function predictTraining(input: TrainingInput): TrainingPrediction | Unknown {
  checkInput(input)
  checkPlan(input.plan)
  const chip = typeof input.chip === 'string' ? trainingChip(input.chip) : catalogTrainingChip(input.chip)
  if ('unknown' in chip) return chip
  const sequence = sequenceLength(input)
  const work = 'layers' in input.model ? archWork(input.model, sequence) : declaredWork(input.model, sequence)
  const precision = input.precision ?? 'bf16'
  if (chip.peak[precision] === undefined) return { unknown: `${chip.name} has no published ${precision} peak` }
  const trained = trainedParams(input)
  const setup = runSetup(input, chip, { work, trained })
  const constants = input.constants ?? TRAINING_CONSTANTS
  const run = { chip, work, precision, trained, ...setup }
  const chosen = fastest(run, input, constants)
  return result({ input, constants, ...run, ...chosen })
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

/** Parameters of the adapters; undefined when all are trained. */
function trainedParams({ model, tuning }: TrainingInput): number | undefined {
  if (tuning === undefined || tuning.kind === 'full') return undefined
  const rank = loraRank(tuning)
  if ('layers' in model && model.declared === undefined) return adapterParams(model, rank)
  const message = 'adapters need the shapes of the projections, which are not known of a model given by its counts'
  throw new PincerError({ code: 'unsupported', path: ['tuning'], message })
}

function runSetup(
  input: TrainingInput,
  chip: TrainingChip,
  { work, trained }: { readonly work: TrainingWork; readonly trained: number | undefined },
): Setup {
  const perToken = trainingFlopsPerToken(work)
  const runFlops = input.tokens === undefined ? undefined : perToken * input.tokens
  const notes = [...chip.notes]
  if (work.inferred) notes.push('shapes inferred from parameter counts')
  const chips = input.chips ?? customaryChips(chip, runFlops, minimumChips(chip, work.totalParams, trained))
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

interface Run extends Setup {
  readonly chip: TrainingChip
  readonly work: TrainingWork
  readonly precision: TrainingPrecision
  readonly trained: number | undefined
}

function fastest(setup: Run, input: TrainingInput, constants: TrainingConstants): Choice {
  const { chip, work, chips, batch, precision, trained } = setup
  const { mapping: asked, schedule = 'interleaved' } = input
  if (asked !== undefined) checkMapping(asked, chips, batch)
  const plan = runPlan(input, chip)
  const candidates = asked === undefined ? mappingCandidates(chip, work, chips, batch, plan) : [asked]
  if (candidates.length === 0) throw noCandidate(plan, chips, batch)
  let best: Choice | undefined
  // Where recomputation is nobody's choice it goes no further than the memory asks.
  const isFree = asked === undefined && plan.recompute === undefined
  for (const candidate of candidates) {
    const by = { schedule, trained }
    const mapping =
      isFree && candidate.recompute === 'full' ? leastRecompute(chip, work, candidate, batch, by) : candidate
    if (mapping === undefined || !isMappable(chip, work, mapping, batch, by)) continue
    const time = trainingTime({ chip, work, mapping, batch, precision, schedule, ...only(trained) }, constants)
    if (best === undefined || time.total < best.time.total) best = { mapping, time }
  }
  if (best !== undefined) return best
  throw new PincerError({
    code: 'does_not_fit',
    path: [asked === undefined ? 'chips' : 'mapping'],
    message: `${work.name} does not fit ${chips} × ${chip.name} in training`,
    suggestion: `fully sharded optimizer state alone needs ${minimumChips(chip, work.totalParams, trained)} chips, activations come on top`,
  })
}

function runPlan({ plan = {}, recompute }: TrainingInput, chip: TrainingChip): TrainingPlan {
  const kind = plan.recompute ?? recompute ?? (chip.isRetired ? 'full' : undefined)
  return kind === undefined ? plan : { ...plan, recompute: kind }
}

function noCandidate({ tp = 1, pp = 1, zero }: TrainingPlan, chips: Chips, batch: TrainingBatch): PincerError {
  const group = tp * pp
  if (chips % group === 0 && !(zero === 3 && pp > 1)) return tooFewSequences(chips, batch)
  const message =
    chips % group === 0
      ? `fully sharded weights (ZeRO-3) go without a pipeline, not with ${pp} stages`
      : `groups of tp ${tp} × pp ${pp} do not divide ${chips} chips`
  return new PincerError({ code: 'invalid_mapping', path: ['plan'], message })
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
  run: Run & Choice & { readonly input: TrainingInput; readonly constants: TrainingConstants },
): TrainingPrediction {
  const { input, chip, work, chips, batch, mapping, time, constants, trained } = run
  const { tokens } = input
  const flopsPerToken = trainingFlopsPerToken(work, trained)
  const lost = input.reliability === undefined ? undefined : reliability(chips, input.reliability)
  const runOverhead = 1 + constants.runLoss + (lost?.share ?? (chips * HOURS_LOST) / CHIP_HOURS_PER_INTERRUPTION)
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
    schedule: input.schedule ?? 'interleaved',
    memory: memoryPerChip(work, mapping, batch, { schedule: input.schedule, trained }),
    trainedParams: trained ?? work.totalParams,
    minimumChips: minimumChips(chip, work.totalParams, trained),
    flopsPerToken,
    flops: tokens === undefined ? noTokens : flopsPerToken * tokens,
    flops6nd: tokens === undefined ? noTokens : 6 * work.activeParams * tokens,
    timePerToken: time,
    tokensPerSecondPerChip: estimate(1 / time.total, TRAINING_RESIDUALS.mfu, work.inferred),
    mfu: estimate(time.ideal / time.total, TRAINING_RESIDUALS.mfu, work.inferred),
    runOverhead,
    ...(lost === undefined ? {} : { reliability: lost }),
    chipHours,
    seconds: times(chipHours, SECONDS_PER_HOUR / chips),
    joules: perChipHour(chipHours, input.wattsPerChip, SECONDS_PER_HOUR, 'power per chip'),
    usd: perChipHour(chipHours, input.usdPerChipHour, 1, 'price of a chip-hour'),
    notes: run.notes,
  }
}

function only(trained: number | undefined): { readonly trained?: number } {
  return trained === undefined ? {} : { trained }
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

function checkPlan(plan: TrainingPlan = {}): void {
  for (const name of ['tp', 'pp', 'ep'] as const) {
    const degree = plan[name]
    if (degree === undefined || (Number.isInteger(degree) && degree >= 1 && degree <= MOST.chips)) continue
    const message = `must be a whole number of at least 1, not ${degree}`
    throw new PincerError({ code: 'invalid_value', path: ['plan', name], message })
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
