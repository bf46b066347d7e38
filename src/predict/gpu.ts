import { type KernelConstants, type Machine, kernelConstants, machineOf } from '../kernel/index.ts'
import { type Pass, decodePass, kvBytes, prefillPass, stateBytes, totalLayers } from '../model/index.ts'
import { type Mapping, chipsOf } from '../parallel/index.ts'
import { type ServingResult, type StepTimer, serveClosedLoop, serveDisaggregated } from '../serving/index.ts'
import {
  type EngineProfile,
  type StepBreakdown,
  type StepSetting,
  draftTime,
  engineProfile,
  passBreakdown,
  passTime,
  stepTokenBudget,
  tokensPerStep,
} from '../step/index.ts'
import type { Seconds } from '../units/index.ts'
import { missingMemory } from './does-not-fit.ts'
import { type MemoryPlan, memoryPlan } from './memory.ts'
import type { MemoryMap, Scenario } from './types.ts'
import { meanLength } from './workload.ts'

/** What the timing of a deployment yields before money, energy and bands are added. */
export interface Timing {
  readonly chips: number
  readonly layout: string
  readonly serving: ServingResult
  readonly capacity: number
  readonly memory: MemoryMap
  readonly decodeStep: StepBreakdown
  readonly prefillStep: StepBreakdown
  readonly notes: readonly string[]
  /** SRAM machines: output tokens per second that remain if batches shared nothing; the lower end of the throughput band. */
  readonly unbatchedRate?: number
}

/** Constants a deployment is timed with; the fitted ones unless a calibration tries others. */
export interface Calibration {
  readonly kernel: KernelConstants
  readonly engine: EngineProfile
}

/** Times a scenario on a machine with main memory (GPU, TPU and kin) through the kernel room. */
export function timeOnGpu(scenario: Scenario, calibration: Calibration = fitted(scenario)): Timing {
  return scenario.disaggregated === undefined
    ? aggregated(scenario, calibration)
    : disaggregated(scenario, scenario.disaggregated, calibration)
}

function fitted(scenario: Scenario): Calibration {
  return { kernel: kernelConstants(), engine: engineProfile(scenario.engine) }
}

function aggregated(scenario: Scenario, calibration: Calibration): Timing {
  const machine = machineOf(scenario.chip)
  const { mapping, workload } = scenario
  const plan = planFor(scenario, machine, mapping, calibration.engine)
  const setting = stepSetting(scenario, machine, mapping, calibration)
  const prompt = meanLength(workload.isl, workload.spread)
  const output = meanLength(workload.osl, workload.spread)
  const serving = serveClosedLoop(
    {
      clients: workload.concurrency,
      prompt,
      output,
      capacity: plan.capacity,
      budget: stepTokenBudget(scenario.engine, workload.isl, workload.concurrency) * mapping.dp,
      prefillFirst: calibration.engine.prefillFirst,
      tokensPerStep: tokensPerStep(scenario.speculation),
      requestOverhead: calibration.engine.requestOverhead,
      rounds: workload.rounds,
      streamInterval:
        scenario.streamInterval === 'harness' ? calibration.engine.streamInterval : scenario.streamInterval - 1,
    },
    stepTimer(scenario, setting),
  )
  return {
    chips: chipsOf(mapping),
    layout: describe(mapping),
    serving,
    capacity: plan.capacity,
    memory: plan.map,
    ...breakdowns(scenario, setting, setting, serving.running, prompt, output),
    notes: machine.notes,
  }
}

function disaggregated(
  scenario: Scenario,
  pools: NonNullable<Scenario['disaggregated']>,
  calibration: Calibration,
): Timing {
  const machine = machineOf(scenario.chip)
  const { workload } = scenario
  const { prefill, decode } = pools
  planFor(
    { ...scenario, workload: { ...workload, osl: 1, concurrency: 1 } },
    machine,
    prefill.mapping,
    calibration.engine,
  )
  const perWorker = Math.ceil(workload.concurrency / decode.workers)
  const prefillChips = prefill.workers * chipsOf(prefill.mapping)
  const chips = prefillChips + decode.workers * chipsOf(decode.mapping)
  const plan = planFor(
    { ...scenario, workload: { ...workload, concurrency: perWorker } },
    machine,
    decode.mapping,
    calibration.engine,
  )
  const prefillSetting = stepSetting(scenario, machine, prefill.mapping, calibration)
  const decodeSetting = stepSetting(scenario, machine, decode.mapping, calibration)
  const prompt = meanLength(workload.isl, workload.spread)
  const output = meanLength(workload.osl, workload.spread)
  const serving = serveDisaggregated(
    {
      clients: workload.concurrency,
      prompt,
      output,
      prefillWorkers: prefill.workers,
      decodeWorkers: decode.workers,
      capacity: plan.capacity,
      tokensPerStep: tokensPerStep(scenario.speculation),
      requestOverhead: calibration.engine.requestOverhead,
      transfer: transferTime(scenario, machine, prompt),
      prefillChipShare: prefillChips / chips,
      rounds: workload.rounds,
    },
    stepTimer(scenario, prefillSetting),
    stepTimer(scenario, decodeSetting),
  )
  return {
    chips,
    layout: `${prefill.workers} × prefill (${describe(prefill.mapping)}) + ${decode.workers} × decode (${describe(decode.mapping)})`,
    serving,
    capacity: plan.capacity * decode.workers,
    memory: plan.map,
    ...breakdowns(scenario, decodeSetting, prefillSetting, serving.running / decode.workers, prompt, output),
    notes: machine.notes,
  }
}

/** Memory of the deployment's chips. @throws PincerError `does_not_fit` */
export function planFor(scenario: Scenario, machine: Machine, mapping: Mapping, engine: EngineProfile): MemoryPlan {
  const formats = { weights: scenario.weights, cache: scenario.cache }
  const plan = memoryPlan(scenario.model, machine, mapping, formats, engine, scenario.workload)
  if (plan.capacity < 1) throw missingMemory(scenario, machine, mapping, plan)
  return plan
}

/** What the step room needs to time passes of a scenario. */
export function stepSetting(
  scenario: Scenario,
  machine: Machine,
  mapping: Mapping,
  calibration: Calibration,
): StepSetting {
  const formats = { weights: scenario.weights, cache: scenario.cache }
  return { arch: scenario.model, machine, mapping, formats, kernel: calibration.kernel, engine: calibration.engine }
}

function stepTimer(scenario: Scenario, setting: StepSetting): StepTimer {
  const { speculation, model } = scenario
  const decodeTokens = 1 + (speculation?.draft ?? 0)
  const layers = totalLayers(model)
  return {
    decode: (sequences, context) => {
      const step = passTime(setting, decodePass(sequences, context, decodeTokens))
      return step + draftTime(speculation, step, model.mtpLayers, layers)
    },
    mixed: (prompts, length, decoding, context) => {
      const step = passTime(setting, mixedPass(prompts, length, { decoding, context, decodeTokens }))
      if (speculation === undefined || decoding === 0) return step
      const alone = passTime(setting, decodePass(decoding, context, decodeTokens))
      return step + draftTime(speculation, alone, model.mtpLayers, layers)
    },
  }
}

interface Decoding {
  readonly decoding: number
  readonly context: number
  readonly decodeTokens: number
}

function mixedPass(prompts: number, length: number, beside: Decoding): Pass {
  return {
    ...prefillPass(prompts, length),
    decodeSequences: beside.decoding,
    decodeTokens: beside.decodeTokens,
    decodeContext: beside.context,
  }
}

// The cache of one prompt leaves over the scale-out links of the chips that hold it.
function transferTime(scenario: Scenario, machine: Machine, prompt: number): Seconds {
  const bytes = kvBytes(scenario.model, prompt, scenario.cache) + stateBytes(scenario.model)
  const senders = scenario.disaggregated === undefined ? 1 : scenario.disaggregated.prefill.mapping.tp
  return bytes / (machine.scaleOutRate * senders)
}

function breakdowns(
  scenario: Scenario,
  decode: StepSetting,
  prefill: StepSetting,
  running: number,
  prompt: number,
  output: number,
): Pick<Timing, 'decodeStep' | 'prefillStep'> {
  const decodeTokens = 1 + (scenario.speculation?.draft ?? 0)
  return {
    decodeStep: passBreakdown(decode, decodePass(Math.max(running, 1), prompt + output / 2, decodeTokens)),
    prefillStep: passBreakdown(prefill, prefillPass(1, prompt)),
  }
}

function describe(mapping: Mapping): string {
  const parts = [`tp ${mapping.tp}`]
  if (mapping.pp > 1) parts.push(`pp ${mapping.pp}`)
  if (mapping.dp > 1) parts.push(`attention dp ${mapping.dp}`)
  if (mapping.moeEp > 1) parts.push(`ep ${mapping.moeEp}`)
  return parts.join(' × ')
}
