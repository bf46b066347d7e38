import {
  type Chip,
  type OperatingPoint,
  type Prediction,
  PincerError,
  type Scenario,
  operatingPoints,
  parseScenario,
  predictScenario,
} from '../../src/index.ts'
import { countCell } from './cell.ts'
import { mlperfTask } from './mlperf.ts'
import { contextLength, lengthsOf, precisionOf, scenarioLabel } from './published-label.ts'
import { serverPower } from './published-power.ts'
import type { PublishedSetting } from './published.ts'
import type { Predicted, Predictions, RowInputs } from './row-kind.ts'

/** Speed and power of a machine with main memory: under the stated load, in a benchmark scenario, or the most it can do. */
export function gpuSpeed(setting: PublishedSetting): Predictions {
  const scenario = scenarioOf(setting)
  const isLoadStated = countCell(setting.inputs, 'concurrency') !== undefined
  const speed = isLoadStated ? predictScenario(scenario) : bestPoint(scenario, setting)
  // Replicas beside each other: rates and powers add, the speed of one user stays.
  return figures(speed, scenario.chip, setting.chips ?? speed.chips)
}

function scenarioOf({ model, chip, chips, inputs }: PublishedSetting): Scenario {
  const precision = precisionOf(inputs)
  return parseScenario({
    model,
    chip: chip.id,
    engine: chip.vendor === 'NVIDIA' ? 'trtllm' : 'vllm',
    workload: { ...lengths(inputs), concurrency: countCell(inputs, 'concurrency') ?? 1, ...STEADY },
    ...(precision === undefined ? {} : { precision }),
    // Submissions in narrow weights keep the cache in FP8.
    ...(precision === 'fp8' || precision === 'fp4' ? { cacheFormat: 'fp8' } : {}),
    ...(inputs.has('scenario') ? { frontEnd: 'none' } : {}),
    ...(chips === undefined ? {} : { chips }),
  })
}

/** Mean lengths, and a run so long that the burst at its start does not count. */
const STEADY = { spread: 1 } as const

/** Output length assumed for a context that is not split into prompt and output. */
const USUAL_OUTPUT = 1024

// Without a word about lengths: the engine's default load.
function lengths(inputs: RowInputs): { isl?: number; osl?: number } {
  const task = inputs.has('scenario') ? mlperfTask(inputs.get('model') ?? '') : undefined
  if (task !== undefined) return { isl: task.isl, osl: task.osl }
  const stated = lengthsOf(inputs)
  if (stated !== undefined) return stated
  const context = contextLength(inputs)
  return context === undefined ? {} : { isl: Math.max(1, context - USUAL_OUTPUT / 2), osl: USUAL_OUTPUT }
}

/** The most tokens per second over mappings and concurrency, within the scenario's limit on the time per token. */
function bestPoint(scenario: Scenario, { inputs, chips }: PublishedSetting): Prediction {
  const limit = tpotLimit(inputs)
  const points = operatingPoints(
    chips === undefined ? scenario : onSystem(scenario, chips),
    limit === undefined ? 1 : 1 / limit,
  )
  return reached(limit === undefined ? points.cheapest : points.fast)
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

/** Offline has no limit; Server and Interactive limit the 99th percentile, which is read as the mean of a closed loop. */
function tpotLimit(inputs: RowInputs): number | undefined {
  const task = mlperfTask(inputs.get('model') ?? '')
  const scenario = scenarioLabel(inputs)
  if (scenario === 'server') return task?.tpotLimit.server
  return scenario === 'interactive' ? task?.tpotLimit.interactive : undefined
}

function reached(point: OperatingPoint): Prediction {
  if ('schema' in point) return point
  throw new PincerError({ code: 'does_not_fit', path: ['n_chips'], message: point.unreachable })
}

function figures({ throughput, chips }: Prediction, chip: Chip, fleet: number): Predictions {
  return {
    tok_s_per_user: scaled(throughput.perUser, 1),
    throughput_tok_s: scaled(throughput.output, fleet / chips),
    ...serverPower(chip, fleet),
  }
}

function scaled({ value, lo, hi }: Predicted, factor: number): Predicted {
  return { value: value * factor, lo: lo * factor, hi: hi * factor }
}
