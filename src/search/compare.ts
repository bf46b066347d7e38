import { type Chip, type Known, isKnown, storeOf, valueOf } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { hasExperts, weightBytes } from '../model/index.ts'
import { type Band, type Prediction, type Scenario, chipHour, parseScenario } from '../predict/index.ts'
import { predictTraining } from '../training/index.ts'
import type { Format } from '../units/index.ts'
import { operatingPoints } from './operating-point.ts'
import type {
  Cell,
  CellQuestion,
  CompareOptions,
  Comparison,
  ComparisonPlan,
  OperatingPoint,
  Relative,
  TrainingOutcome,
} from './types.ts'

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
  const plan = planComparison(options)
  return comparisonResult(plan, plan.cells.map(comparisonCell))
}

/**
 * The first step of `compare`: options checked, every cell a question of its own, as plain JSON that a worker can be sent.
 * @throws PincerError as `compare` does
 */
export function planComparison(options: CompareOptions = {}): ComparisonPlan {
  const models = options.models ?? DEFAULT_MODELS
  const chips = options.chips ?? DEFAULT_CHIPS
  const precision = options.precision ?? DEFAULT_PRECISION
  const userSpeed = options.userSpeed ?? DEFAULT_USER_SPEED
  const trainingTokens = options.trainingTokens ?? DEFAULT_TRAINING_TOKENS
  requireSome(models, 'models')
  requireSome(chips, 'chips')
  const workload = options.workload ?? 'chat'
  const shared = { precision, workload, userSpeed, trainingTokens }
  const scenarios = models.flatMap((model) =>
    chips.map((chip) => ({ model, chip, scenario: parseScenario({ model, chip, precision, workload }) })),
  )
  const cells = scenarios.map(({ model, chip, scenario }): CellQuestion => {
    const price = options.prices?.get(scenario.chip.id)
    const tco = price === undefined ? (options.tco?.get(scenario.chip.id) ?? options.tco?.get('*')) : undefined
    const money = { ...(price === undefined ? {} : { price }), ...(tco === undefined ? {} : { tco }) }
    return { model, chip, ...shared, ...money }
  })
  const isBuiltUp = options.tco === undefined ? {} : { isBuiltUp: true as const }
  return { cells, workload: scenarios.at(-1)!.scenario.workload, precision, userSpeed, trainingTokens, ...isBuiltUp }
}

/** One cell of a comparison: most of the work, independent of the other cells. */
export function comparisonCell(question: CellQuestion): Cell {
  return cellOf(scenarioOf(question), question.userSpeed, question.trainingTokens)
}

/** The last step of `compare`: the cells of a plan, in its order, and what each is relative to the baseline. */
export function comparisonResult(plan: ComparisonPlan, cells: readonly Cell[]): Comparison {
  const baseline = Math.max(
    0,
    cells.findIndex((cell) => cell.arm === 'dense' && cell.machine === 'hbm'),
  )
  return {
    schema: 'pincer.comparison.v1',
    workload: plan.workload,
    precision: plan.precision,
    userSpeed: plan.userSpeed,
    trainingTokens: plan.trainingTokens,
    cells,
    relative: cells.map((cell) => ({
      cheapest: relativeTo(cells[baseline]!, cell, 'cheapest'),
      fast: relativeTo(cells[baseline]!, cell, 'fast'),
    })),
    baseline,
    ...(plan.isBuiltUp === undefined ? {} : { isBuiltUp: plan.isBuiltUp }),
  }
}

function requireSome(list: readonly unknown[], field: string): void {
  if (list.length > 0) return
  throw new PincerError({ code: 'invalid_value', path: [field], message: 'name at least one' })
}

function scenarioOf({ model, chip, precision, workload, price, tco }: CellQuestion): Scenario {
  const bare = parseScenario({ model, chip, precision, workload })
  const cache: Format = 'fp8'
  if (tco !== undefined) return { ...parseScenario({ model, chip, precision, workload, tco }), cache }
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
