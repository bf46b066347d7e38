import { type Machine, machineOf } from '../kernel/index.ts'
import { type Pass, decodePass, kvBytes, prefillPass, stateBytes, totalLayers } from '../model/index.ts'
import { type Mapping, chipsOf } from '../parallel/index.ts'
import { type ServingResult, type StepTimer, serveClosedLoop, serveDisaggregated } from '../serving/index.ts'
import { type StepSetting, draftTime, passBreakdown, passTime, stepTokenBudget, tokensPerStep } from '../step/index.ts'
import type { Seconds } from '../units/index.ts'
import { type Calibration, fitted, planFor, stepSetting } from './calibration.ts'
import { fleetPlan } from './fleet-plan.ts'
import { outsideTime, serveRounds } from './harness-run.ts'
import type { Timing } from './timing.ts'
import type { Scenario } from './types.ts'
import { meanLength } from './workload.ts'

/** Times a scenario on a machine with main memory (GPU, TPU and kin) through the kernel room. */
export function timeOnGpu(scenario: Scenario, calibration: Calibration = fitted(scenario)): Timing {
  return scenario.disaggregated === undefined
    ? aggregated(scenario, calibration)
    : disaggregated(scenario, scenario.disaggregated, calibration)
}

// A benchmark run is simulated, the steady state solved.
function servedBy(scenario: Scenario, calibration: Calibration, steady: () => ServingResult): ServingResult {
  const { rounds } = scenario.workload
  if (rounds === undefined) return steady()
  return serveRounds(scenario, rounds, fleetPlan(scenario, {}, calibration), calibration.engine)
}

function aggregated(scenario: Scenario, calibration: Calibration): Timing {
  const machine = machineOf(scenario.chip)
  const { mapping, workload } = scenario
  const plan = planFor(scenario, machine, mapping, calibration.engine)
  const setting = stepSetting(scenario, machine, mapping, calibration)
  const prompt = meanLength(workload.isl, workload.spread)
  const output = meanLength(workload.osl, workload.spread)
  const steady = (): ServingResult =>
    serveClosedLoop(
      {
        clients: workload.concurrency,
        prompt,
        output,
        capacity: plan.capacity,
        budget:
          (scenario.tokenBudget ?? stepTokenBudget(scenario.engine, workload.isl, workload.concurrency)) * mapping.dp,
        prefillFirst: calibration.engine.prefillFirst,
        tokensPerStep: tokensPerStep(scenario.speculation),
        requestOverhead: outsideTime(scenario, calibration.engine),
        streamInterval:
          scenario.streamInterval === 'harness' ? calibration.engine.streamInterval : scenario.streamInterval - 1,
      },
      stepTimer(scenario, setting),
    )
  const serving = servedBy(scenario, calibration, steady)
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
  const steady = (): ServingResult =>
    serveDisaggregated(
      {
        clients: workload.concurrency,
        prompt,
        output,
        prefillWorkers: prefill.workers,
        decodeWorkers: decode.workers,
        capacity: plan.capacity,
        tokensPerStep: tokensPerStep(scenario.speculation),
        requestOverhead: outsideTime(scenario, calibration.engine),
        transfer: transferTime(scenario, machine, prompt),
        prefillChipShare: prefillChips / chips,
      },
      stepTimer(scenario, prefillSetting),
      stepTimer(scenario, decodeSetting),
    )
  const serving = servedBy(scenario, calibration, steady)
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
