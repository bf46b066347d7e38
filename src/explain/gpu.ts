import {
  type KernelConstants,
  type Machine,
  collectiveLightTime,
  collectiveTime,
  lightTime,
  machineOf,
  operatorTime,
} from '../kernel/index.ts'
import { type Operator, type Pass, decodePass, totalLayers } from '../model/index.ts'
import { type ChipWork, type Collective, type Mapping, chipWork } from '../parallel/index.ts'
import { type Prediction, type Scenario, fitted, meanLength } from '../predict/index.ts'
import { draftTime } from '../step/index.ts'
import type { Format } from '../units/index.ts'
import { type Tally, tallied } from './tally.ts'
import type { Cause, OperatorRow, StepAccount, Stretch } from './types.ts'

/** The decode step of a deployment on a machine with main memory, as `predict` times it. */
export function gpuAccount(scenario: Scenario, prediction: Prediction): StepAccount {
  const machine = machineOf(scenario.chip)
  const { kernel } = fitted(scenario)
  const work = stepWork(scenario, prediction)
  const operators = tallied([
    ...work.operators.map((operator) => operatorTally(operator, machine, kernel)),
    ...work.collectives.map((collective) => collectiveTally(collective, machine, kernel)),
  ])
  const formats = [...new Set(work.operators.filter(({ flops }) => flops > 0).map(({ format }) => format))]
  return {
    operators: [...operators, ...hostRow(prediction)],
    roofs: {
      bandwidth: machine.memoryRate,
      peaks: formats.map((format) => ({ format, flops: peakOf(machine, format) })),
    },
    waterfall: [...operatorStretches(work, machine, kernel), ...hostStretches(scenario, prediction)],
  }
}

function peakOf(machine: Machine, format: Format): number {
  return machine.rates[format].flops
}

// The pass whose breakdown a prediction shows: the mean batch at the mean context.
function stepWork({ model, weights, cache, ...scenario }: Scenario, { batch }: Prediction): ChipWork {
  const { workload, disaggregated, speculation } = scenario
  const mapping: Mapping = disaggregated?.decode.mapping ?? scenario.mapping
  const running = Math.max(batch.running / (disaggregated?.decode.workers ?? 1), 1)
  const context = meanLength(workload.isl, workload.spread) + meanLength(workload.osl, workload.spread) / 2
  const pass: Pass = decodePass(running, context, 1 + (speculation?.draft ?? 0))
  return chipWork(model, pass, mapping, { weights, cache })
}

function operatorTally(operator: Operator, machine: Machine, kernel: KernelConstants): Tally {
  const { name, count, flops, weightBytes, cacheBytes, activationBytes } = operator
  const time = operatorTime(operator, machine, kernel)
  const bytes = weightBytes + cacheBytes + activationBytes
  return { name, count, flops, bytes, seconds: time.seconds, light: lightTime(operator, machine), bound: time.bound }
}

function collectiveTally(collective: Collective, machine: Machine, kernel: KernelConstants): Tally {
  const { name, count, bytes } = collective
  const { seconds, bound } = collectiveTime(collective, machine, kernel)
  const light = collective.ranks <= 1 ? 0 : collectiveLightTime(collective, machine)
  return { name, count, flops: 0, bytes, seconds, light, bound }
}

function hostRow({ decodeStep }: Prediction): OperatorRow[] {
  return decodeStep.parts
    .filter(({ bound }) => bound === 'host')
    .map(({ name, count, seconds, bound }) => ({ name, count, flops: 0, bytes: 0, seconds, light: 0, bound }))
}

/**
 * Time of kernels by what it goes to. What an operator takes with neither bytes nor FLOPs is its launch; the rest belongs to
 * memory or to arithmetic, whichever alone would take longer, and memory time to its bytes as each kind is read.
 */
function operatorStretches(work: ChipWork, machine: Machine, kernel: KernelConstants): Stretch[] {
  const seconds = new Map<string, { cause: Cause; seconds: number }>()
  const add = (name: string, cause: Cause, more: number): void => {
    seconds.set(name, { cause, seconds: (seconds.get(name)?.seconds ?? 0) + more })
  }
  for (const operator of work.operators) {
    const alone = (part: Partial<Operator>): number => {
      return operatorTime({ ...operator, ...IDLE, ...part }, machine, kernel).seconds
    }
    const { count, flops, weightBytes, cacheBytes, activationBytes } = operator
    const launch = alone({})
    const rest = operatorTime(operator, machine, kernel).seconds - launch
    const weights = alone({ weightBytes }) - launch
    const kv = alone({ cacheBytes }) - launch
    const activations = alone({ activationBytes }) - launch
    const memory = weights + kv + activations
    add('kernel launch', 'latency', count * launch)
    if (memory > 0 && memory >= alone({ flops }) - launch) {
      add('weights', 'weights', (count * rest * weights) / memory)
      add('KV cache', 'kv', (count * rest * kv) / memory)
      add('activations', 'activations', (count * rest * activations) / memory)
    } else add('compute', 'compute', count * rest)
  }
  for (const collective of work.collectives) {
    const latency = collectiveTime({ ...collective, bytes: 0 }, machine, kernel).seconds
    const whole = collectiveTime(collective, machine, kernel).seconds
    add('collectives: latency', 'latency', collective.count * latency)
    add('collectives: bytes', 'links', collective.count * (whole - latency))
  }
  return [...seconds].map(([name, { cause, seconds: sum }]) => ({ name, cause, seconds: sum }))
}

const IDLE: Pick<Operator, 'flops' | 'weightBytes' | 'cacheBytes' | 'activationBytes'> = {
  flops: 0,
  weightBytes: 0,
  cacheBytes: 0,
  activationBytes: 0,
}

function hostStretches({ speculation, model }: Scenario, { decodeStep }: Prediction): Stretch[] {
  const host = decodeStep.parts.reduce((sum, part) => (part.bound === 'host' ? sum + part.seconds : sum), 0)
  const drafts = draftTime(speculation, decodeStep.seconds, model.mtpLayers, totalLayers(model))
  return [
    { name: 'host', cause: 'host', seconds: host },
    { name: 'drafting', cause: 'drafts', seconds: drafts },
  ]
}
