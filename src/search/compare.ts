import { type Chip, type Known, isKnown, storeOf, valueOf } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { hasExperts, weightBytes } from '../model/index.ts'
import { type Band, type Prediction, type Scenario, chipHour, parseScenario } from '../predict/index.ts'
import { predictTraining } from '../training/index.ts'
import type { Format } from '../units/index.ts'
import { operatingPoints } from './operating-point.ts'
import type { Cell, CompareOptions, Comparison, OperatingPoint, Relative, TrainingOutcome } from './types.ts'

/** The pair that the DeepSeek-V2 report compares (arXiv 2405.04434 §3.2.3). */
export const DEFAULT_MODELS: readonly string[] = ['deepseek-67b', 'deepseek-v2']
export const DEFAULT_CHIPS: readonly string[] = ['h100-sxm', 'cerebras-wse3', 'groq-lpu-v1']
export const DEFAULT_PRECISION: Format = 'fp8'
/** Tokens per second. */
export const DEFAULT_USER_SPEED: number = 100
/** Tokens DeepSeek-V2 was trained on (arXiv 2405.04434 §3.1.1); both models are trained on the same number. */
export const DEFAULT_TRAINING_TOKENS: number = 8.1e12

/**
 * The pincer: {dense, sparse} × {HBM GPU, SRAM machines}, each at its cheapest operating point and at the cheapest that is
 * fast for every user, with training, and everything relative to the dense model on the first HBM machine.
 * Without a dense model on an HBM machine the first cell is the baseline.
 * @throws PincerError for unknown models or chips, or none
 */
export function compare(options: CompareOptions = {}): Comparison {
  const models = options.models ?? DEFAULT_MODELS
  const chips = options.chips ?? DEFAULT_CHIPS
  const precision = options.precision ?? DEFAULT_PRECISION
  const userSpeed = options.userSpeed ?? DEFAULT_USER_SPEED
  const trainingTokens = options.trainingTokens ?? DEFAULT_TRAINING_TOKENS
  requireSome(models, 'models')
  requireSome(chips, 'chips')
  const cells: Cell[] = []
  let workload: Scenario['workload'] | undefined
  for (const model of models) {
    for (const chip of chips) {
      const scenario = scenarioOf({
        model,
        chip,
        precision,
        workload: options.workload ?? 'chat',
        prices: options.prices,
        tco: options.tco,
      })
      workload = scenario.workload
      cells.push(cellOf(scenario, userSpeed, trainingTokens))
    }
  }
  const baseline = Math.max(
    0,
    cells.findIndex((cell) => cell.arm === 'dense' && cell.machine === 'hbm'),
  )
  return {
    schema: 'pincer.comparison.v1',
    workload: workload!,
    precision,
    userSpeed,
    trainingTokens,
    cells,
    relative: cells.map((cell) => ({
      cheapest: relativeTo(cells[baseline]!, cell, 'cheapest'),
      fast: relativeTo(cells[baseline]!, cell, 'fast'),
    })),
    baseline,
    ...(options.tco === undefined ? {} : { isBuiltUp: true as const }),
  }
}

function requireSome(list: readonly unknown[], field: string): void {
  if (list.length > 0) return
  throw new PincerError({ code: 'invalid_value', path: [field], message: 'name at least one' })
}

interface CellQuestion {
  readonly model: string | Readonly<Record<string, unknown>>
  readonly chip: string | Readonly<Record<string, unknown>>
  readonly precision: Format
  readonly workload: string | Readonly<Record<string, unknown>>
  readonly prices: CompareOptions['prices']
  readonly tco: CompareOptions['tco']
}

function scenarioOf(question: CellQuestion): Scenario {
  const { model, chip, precision, workload } = question
  const bare = parseScenario({ model, chip, precision, workload })
  const price = question.prices?.get(bare.chip.id)
  const cache: Format = 'fp8'
  const owner = question.tco?.get(bare.chip.id) ?? question.tco?.get('*')
  if (price === undefined && owner !== undefined) {
    return { ...parseScenario({ model, chip, precision, workload, tco: owner }), cache }
  }
  return { ...bare, cache, ...(price === undefined ? {} : { chipHour: price }) }
}

function cellOf(scenario: Scenario, userSpeed: number, trainingTokens: number): Cell {
  const { model, chip } = scenario
  const bytes = weightBytes(model, scenario.weights)
  return {
    model: model.id,
    chip: chip.id,
    arm: hasExperts(model) ? 'sparse' : 'dense',
    machine: chip.kind,
    machinesToHold: Math.ceil(bytes / storeCapacity(chip)),
    weightBytes: bytes,
    ...operatingPoints(scenario, userSpeed),
    training: trainingOf(scenario, trainingTokens),
  }
}

function storeCapacity(chip: Chip): number {
  const store = storeOf(chip)
  return (store === undefined ? undefined : valueOf(store.capacity)) ?? Number.NaN
}

function trainingOf(scenario: Scenario, tokens: number): TrainingOutcome {
  const hour = chipHour(scenario)
  const run = predictTraining({ model: scenario.model, chip: scenario.chip, tokens, usdPerChipHour: hour })
  if ('unknown' in run) return { chipHours: run, cost: run }
  const figure = (estimate: typeof run.chipHours, unit: string): Known =>
    'unknown' in estimate
      ? estimate
      : {
          value: estimate.value,
          low: estimate.band90[0],
          high: estimate.band90[1],
          unit,
          source: 'derived',
          basis: 'derived',
        }
  return { run, chipHours: figure(run.chipHours, 'chip-h'), cost: figure(run.usd, 'USD') }
}

function relativeTo(baseline: Cell, cell: Cell, point: 'cheapest' | 'fast'): Relative {
  const training = {
    ...ratio('trainingChipHours', valueOf(cell.training.chipHours), valueOf(baseline.training.chipHours)),
    ...ratio('trainingCost', valueOf(cell.training.cost), valueOf(baseline.training.cost)),
  }
  const a = cell[point]
  const b = reached(baseline, point)
  if ('unreachable' in a || b === undefined) return training
  return {
    ...ratio('perUser', a.throughput.perUser.value, b.throughput.perUser.value),
    ...ratio('perMachine', a.throughput.outputPerChip.value, b.throughput.outputPerChip.value),
    ...ratio('energyPerToken', valueOf(a.energy.perOutputToken), valueOf(b.energy.perOutputToken)),
    ...costRatio({ point: a, rate: cell.rate[point] }, { point: b, rate: baselineRate(baseline, point) }),
    ...training,
  }
}

// Where the baseline cannot reach the user speed at all, ratios are taken to its cheapest point.
function reached(baseline: Cell, point: 'cheapest' | 'fast'): Prediction | undefined {
  const wanted: OperatingPoint = 'unreachable' in baseline[point] ? baseline.cheapest : baseline[point]
  return 'unreachable' in wanted ? undefined : wanted
}

function ratio<K extends string>(key: K, a: number | undefined, b: number | undefined): { [P in K]?: number } {
  return a === undefined || b === undefined || b === 0 ? {} : ({ [key]: a / b } as { [P in K]?: number })
}

// As `reached`: the baseline's cheapest point stands in where its fast one is out of reach.
function baselineRate(baseline: Cell, point: 'cheapest' | 'fast'): Band | undefined {
  return 'unreachable' in baseline[point] ? baseline.rate.cheapest : baseline.rate[point]
}

interface Side {
  readonly point: Prediction
  readonly rate: Band | undefined
}

/**
 * Ratio of $ per output token with its band: prices and speeds of the two sides err independently, so their half-widths on a
 * log scale add in quadrature. On one chip its price cancels, and with it the price's range.
 */
function costRatio(a: Side, b: Side): { costPerToken?: Band } {
  const above = a.point.cost.perMtokOutput
  const below = b.point.cost.perMtokOutput
  if (!isKnown(above) || !isKnown(below)) return {}
  const value = above.value / below.value
  const withPrice = a.point.chip.id !== b.point.chip.id
  const down = Math.hypot(...logSpread(a, 'lo', withPrice), ...logSpread(b, 'hi', withPrice))
  const up = Math.hypot(...logSpread(a, 'hi', withPrice), ...logSpread(b, 'lo', withPrice))
  return { costPerToken: { value, lo: value * Math.exp(-down), hi: value * Math.exp(up), level: a.point.tpot.level } }
}

/** Log distances by which cost per token may lie below (lo) or above (hi) its central value: by speed, and by price. */
function logSpread({ point, rate }: Side, side: 'lo' | 'hi', withPrice: boolean): number[] {
  const { value, lo, hi } = rate ?? point.throughput.outputPerChip
  const speed = Math.log(side === 'lo' ? value / hi : value / lo)
  const { chipHour: hour } = point.cost
  if (!withPrice || !isKnown(hour)) return [speed]
  return [speed, Math.log(((side === 'lo' ? hour.low : hour.high) ?? hour.value) / hour.value)]
}
