import { type Machine, machineOf } from '../kernel/index.ts'
import { decodePass, kvBytes, prefillPass, stateBytes, totalLayers } from '../model/index.ts'
import { type Mapping, chipsOf } from '../parallel/index.ts'
import {
  type ClosedLoop,
  type DisaggregatedLoop,
  type ServingResult,
  type StepTimer,
  serveClosedLoop,
  serveDisaggregated,
} from '../serving/index.ts'
import {
  type PassTimer,
  type StepSetting,
  draftTime,
  passBreakdown,
  passTimer,
  stepTokenBudget,
  tokensPerStep,
} from '../step/index.ts'
import type { Seconds } from '../units/index.ts'
import { type Calibration, fitted, roomFor, stepSetting } from './calibration.ts'
import { fleetPlan } from './fleet-plan.ts'
import { outsideTime, serveRounds } from './harness-run.ts'
import type { DeploymentTimer, Timing, TimingDetails } from './timing.ts'
import type { MemoryMap, Scenario } from './types.ts'
import { meanLength } from './workload.ts'

/** Times a scenario on a machine with main memory (GPU, TPU and kin) through the kernel room. */
export function timeOnGpu(scenario: Scenario, calibration: Calibration = fitted(scenario)): Timing {
  return prepareGpu(scenario, calibration)(scenario.workload.concurrency)
}

/**
 * The same for any number of clients: what does not depend on them is worked out once.
 * @throws PincerError `does_not_fit`
 */
export function prepareGpu(scenario: Scenario, calibration: Calibration = fitted(scenario)): DeploymentTimer {
  return scenario.disaggregated === undefined
    ? aggregated(scenario, calibration)
    : disaggregated(scenario, scenario.disaggregated, calibration)
}

// A benchmark run is simulated, the steady state solved.
function server(
  scenario: Scenario,
  calibration: Calibration,
  steady: (clients: number) => ServingResult,
): typeof steady {
  const { rounds } = scenario.workload
  if (rounds === undefined) return steady
  return (clients) => {
    const load = withClients(scenario, clients)
    return serveRounds(load, rounds, fleetPlan(load, {}, calibration), calibration.engine)
  }
}

/** The scenario with another number of clients. */
export function withClients(scenario: Scenario, concurrency: number): Scenario {
  const { workload } = scenario
  return concurrency === workload.concurrency ? scenario : { ...scenario, workload: { ...workload, concurrency } }
}

function aggregated(scenario: Scenario, calibration: Calibration): DeploymentTimer {
  const machine = machineOf(scenario.chip)
  const { mapping, engine } = scenario
  const room = roomFor(scenario, machine, mapping, calibration.engine)
  const setting = stepSetting(scenario, machine, mapping, calibration)
  const means = meanLengths(scenario)
  const { capacity } = room
  const timer = stepTimer(scenario, setting)
  const { isl } = scenario.workload
  const { prefillFirst, streamInterval } = calibration.engine
  const gained = tokensPerStep(scenario.speculation)
  const outside = outsideTime(scenario, calibration.engine)
  const held = scenario.streamInterval === 'harness' ? streamInterval : scenario.streamInterval - 1
  // Written out field by field, here and below: a search comes by for every load, and copying costs it a tenth of its time.
  const serve = server(scenario, calibration, (clients) => {
    const loop: ClosedLoop = {
      clients,
      prompt: means.prompt,
      output: means.output,
      capacity,
      budget: (scenario.tokenBudget ?? stepTokenBudget(engine, isl, clients)) * mapping.dp,
      prefillFirst,
      tokensPerStep: gained,
      requestOverhead: outside,
      streamInterval: held,
    }
    // Halves are worth cutting where every attention rank has a prompt of its own.
    return serveClosedLoop(scenario.overlap === undefined ? loop : { ...loop, promptsAtOnce: mapping.dp }, timer)
  })
  const chips = chipsOf(mapping)
  const layout = describe(mapping)
  return (clients) => {
    const serving = serve(clients)
    const details = (): TimingDetails =>
      detailsOf(scenario, setting, setting, serving.running, means, room.map(clients))
    return { chips, layout, serving, capacity, notes: machine.notes, details }
  }
}

function disaggregated(
  scenario: Scenario,
  pools: NonNullable<Scenario['disaggregated']>,
  calibration: Calibration,
): DeploymentTimer {
  const machine = machineOf(scenario.chip)
  const { prefill, decode } = pools
  const prompts = { ...scenario, workload: { ...scenario.workload, osl: 1, concurrency: 1 } }
  roomFor(prompts, machine, prefill.mapping, calibration.engine)
  const prefillChips = prefill.workers * chipsOf(prefill.mapping)
  const chips = prefillChips + decode.workers * chipsOf(decode.mapping)
  const room = roomFor(scenario, machine, decode.mapping, calibration.engine)
  const prefillSetting = stepSetting(scenario, machine, prefill.mapping, calibration)
  const decodeSetting = stepSetting(scenario, machine, decode.mapping, calibration)
  const means = meanLengths(scenario)
  const timers = [stepTimer(scenario, prefillSetting), stepTimer(scenario, decodeSetting)] as const
  const loop: Omit<DisaggregatedLoop, 'clients'> = {
    prompt: means.prompt,
    output: means.output,
    prefillWorkers: prefill.workers,
    decodeWorkers: decode.workers,
    capacity: room.capacity,
    tokensPerStep: tokensPerStep(scenario.speculation),
    requestOverhead: outsideTime(scenario, calibration.engine),
    transfer: transferTime(scenario, machine, means.prompt),
    prefillChipShare: prefillChips / chips,
  }
  const serve = server(scenario, calibration, (clients) => serveDisaggregated({ ...loop, clients }, ...timers))
  const about = {
    chips,
    layout: `${prefill.workers} × prefill (${describe(prefill.mapping)}) + ${decode.workers} × decode (${describe(decode.mapping)})`,
    capacity: room.capacity * decode.workers,
    notes: machine.notes,
  }
  return (clients) => {
    const serving = serve(clients)
    const running = serving.running / decode.workers
    const details = (): TimingDetails =>
      detailsOf(scenario, decodeSetting, prefillSetting, running, means, room.map(Math.ceil(clients / decode.workers)))
    return { ...about, serving, details }
  }
}

/** Mean lengths of a workload, tokens. */
interface MeanLengths {
  readonly prompt: number
  readonly output: number
}

function meanLengths({ workload }: Scenario): MeanLengths {
  return { prompt: meanLength(workload.isl, workload.spread), output: meanLength(workload.osl, workload.spread) }
}

// A loop asks for passes of one shape: it is prepared when first asked for, and anew should another one come.
function stepTimer(scenario: Scenario, setting: StepSetting): StepTimer {
  const { speculation, model } = scenario
  const decodeTokens = 1 + (speculation?.draft ?? 0)
  const layers = totalLayers(model)
  let shape = { prompt: Number.NaN, decodeTokens, context: Number.NaN }
  let time: PassTimer | undefined
  const shaped = (prompt: number, context: number): PassTimer => {
    if (time !== undefined && prompt === shape.prompt && context === shape.context) return time
    shape = { prompt, decodeTokens, context }
    return (time = remembered(passTimer(setting, shape)))
  }
  const prompt = meanLength(scenario.workload.isl, scenario.workload.spread)
  const drafting = (step: Seconds): Seconds => draftTime(speculation, step, model.mtpLayers, layers)
  return {
    decode: (sequences, context) => {
      const step = shaped(prompt, context)(0, sequences)
      return step + drafting(step)
    },
    mixed: (prompts, length, decoding, context) => {
      const passes = shaped(length, context)
      const step = passes(prompts, decoding)
      return speculation === undefined || decoding === 0 ? step : step + drafting(passes(0, decoding))
    },
  }
}

/** A pass timer that has the last pass of each sort at hand: drafts ask for a decode step again, prompts alone never change. */
function remembered(time: PassTimer): PassTimer {
  const alone = { prompts: Number.NaN, seconds: 0 }
  const plain = { decoding: Number.NaN, seconds: 0 }
  return (prompts, decoding) => {
    if (prompts === 0) {
      if (decoding !== plain.decoding) Object.assign(plain, { decoding, seconds: time(0, decoding) })
      return plain.seconds
    }
    if (decoding !== 0) return time(prompts, decoding)
    if (prompts !== alone.prompts) Object.assign(alone, { prompts, seconds: time(prompts, 0) })
    return alone.seconds
  }
}

// The cache of one prompt leaves over the scale-out links of the chips that hold it.
function transferTime(scenario: Scenario, machine: Machine, prompt: number): Seconds {
  const bytes = kvBytes(scenario.model, prompt, scenario.cache) + stateBytes(scenario.model)
  const senders = scenario.disaggregated === undefined ? 1 : scenario.disaggregated.prefill.mapping.tp
  return bytes / (machine.scaleOutRate * senders)
}

function detailsOf(
  scenario: Scenario,
  decode: StepSetting,
  prefill: StepSetting,
  running: number,
  { prompt, output }: MeanLengths,
  memory: MemoryMap,
): TimingDetails {
  const decodeTokens = 1 + (scenario.speculation?.draft ?? 0)
  return {
    memory,
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
