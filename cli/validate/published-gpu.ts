import {
  type Chip,
  type OperatingPoint,
  type Prediction,
  PincerError,
  type Scenario,
  benchmarkRun,
  meanDrawnLength,
  operatingPoints,
  parseScenario,
  predictScenario,
} from '../../src/index.ts'
import { countCell } from './cell.ts'
import { type MlperfTask, SHORTEST_RUN, mlperfTask } from './mlperf.ts'
import { contextLength, lengthsOf, precisionOf, scenarioLabel } from './published-label.ts'
import { serverPower } from './published-power.ts'
import type { PublishedSetting } from './published.ts'
import type { Predicted, Predictions, RowInputs } from './row-kind.ts'

/** Speed and power of a machine with main memory: in a benchmark, under the stated load, or the most it can do. */
export function gpuSpeed(setting: PublishedSetting): Predictions {
  const benchmark = benchmarkOf(setting)
  if (benchmark !== undefined) return mlperfSpeed(setting, benchmark)
  const { inputs, chips } = setting
  const scenario = scenarioOf(setting, { ...lengths(inputs), concurrency: countCell(inputs, 'concurrency') ?? 1 })
  const isLoadStated = countCell(inputs, 'concurrency') !== undefined
  const speed = isLoadStated ? predictScenario(scenario) : reached(operatingPoints(scenario, 1).cheapest)
  return figures(speed, speed.throughput.outputPerChip, scenario.chip, chips ?? speed.chips)
}

function scenarioOf(setting: PublishedSetting, workload: object, more: object = {}): Scenario {
  const { model, chip, chips, inputs } = setting
  const precision = precisionOf(inputs)
  const scenario = parseScenario({
    model,
    chip: chip.id,
    engine: chip.vendor === 'NVIDIA' ? 'trtllm' : 'vllm',
    workload: { ...workload, ...STEADY },
    ...(precision === undefined ? {} : { precision }),
    // Submissions in narrow weights keep the cache in FP8.
    ...(precision === 'fp8' || precision === 'fp4' ? { cacheFormat: 'fp8' } : {}),
    ...(chips === undefined ? {} : { chips }),
    ...more,
  })
  return chips === undefined ? scenario : onSystem(scenario, chips)
}

/** Mean lengths, and a run so long that the burst at its start does not count. */
const STEADY = { spread: 1 } as const

/** Output length assumed for a context that is not split into prompt and output. */
const USUAL_OUTPUT = 1024

// Without a word about lengths: the engine's default load.
function lengths(inputs: RowInputs): { isl?: number; osl?: number } {
  const stated = lengthsOf(inputs)
  if (stated !== undefined) return stated
  const context = contextLength(inputs)
  return context === undefined ? {} : { isl: Math.max(1, context - USUAL_OUTPUT / 2), osl: USUAL_OUTPUT }
}

// No replica may be larger than the system: to the search, a node of the system's size.
function onSystem(scenario: Scenario, chips: number): Scenario {
  const { node } = scenario.chip
  const size = 'value' in node.chips ? Math.min(node.chips.value, chips) : chips
  return {
    ...scenario,
    chip: { ...scenario.chip, node: { chips: { value: size, unit: 'chips', source: 'given', basis: 'estimate' } } },
  }
}

interface Benchmark {
  readonly task: MlperfTask
  readonly scenario: 'offline' | 'server' | 'interactive'
}

function benchmarkOf({ model, inputs }: PublishedSetting): Benchmark | undefined {
  const scenario = scenarioLabel(inputs)
  const task = typeof model === 'string' ? mlperfTask(model) : mlperfTask(inputs.get('model') ?? '')
  return scenario === undefined || task === undefined ? undefined : { task, scenario }
}

/** A submission: the best deployment, called in process, as long as LoadGen wants and within its limits. */
function mlperfSpeed(setting: PublishedSetting, { task, scenario: name }: Benchmark): Predictions {
  const { prompt, output, limits, requests } = task
  const means = { isl: Math.round(meanDrawnLength(prompt)), osl: Math.round(meanDrawnLength(output)), concurrency: 1 }
  const scenario = scenarioOf(setting, means, { frontEnd: 'none' })
  const load = { prompt, output, requests, seconds: SHORTEST_RUN }
  const { chips } = setting
  const run = askedBefore(setting, name, () =>
    benchmarkRun(scenario, name === 'offline' ? load : { ...load, slo: limits[name] }, chips),
  )
  if ('unknown' in run) throw new PincerError({ code: 'does_not_fit', path: ['n_chips'], message: run.unknown })
  const { value, lo, hi } = run.prediction.throughput.outputPerChip
  const rate = run.outputPerChip
  return figures(
    run.prediction,
    { value: rate, lo: (rate * lo) / value, hi: (rate * hi) / value },
    scenario.chip,
    chips ?? run.prediction.chips,
  )
}

const RUNS = new Map<string, ReturnType<typeof benchmarkRun>>()

// Many submissions are of one system: a simulated second each.
function askedBefore(
  { model, chip, chips, inputs }: PublishedSetting,
  name: string,
  ask: () => ReturnType<typeof benchmarkRun>,
): ReturnType<typeof benchmarkRun> {
  if (typeof model !== 'string') return ask()
  const key = [model, chip.id, chips, precisionOf(inputs), name].join(' ')
  const run = RUNS.get(key) ?? ask()
  RUNS.set(key, run)
  return run
}

function reached(point: OperatingPoint): Prediction {
  if ('schema' in point) return point
  throw new PincerError({ code: 'does_not_fit', path: ['n_chips'], message: point.unreachable })
}

// Replicas beside each other: rates and powers add, the speed of one user stays.
function figures({ throughput }: Prediction, perChip: Predicted, chip: Chip, fleet: number): Predictions {
  return {
    tok_s_per_user: scaled(throughput.perUser, 1),
    throughput_tok_s: scaled(perChip, fleet),
    ...serverPower(chip, fleet),
  }
}

function scaled({ value, lo, hi }: Predicted, factor: number): Predicted {
  return { value: value * factor, lo: lo * factor, hi: hi * factor }
}
