import { kernelConstants, machineOf } from '../kernel/index.ts'
import {
  type ClientLoop,
  type EngineSettings,
  type RequestTable,
  type ServiceLevel,
  type SimulationRun,
  type SimulationSummary,
  type TickTimer,
  simulate,
  simulateClosedLoop,
  summary,
} from '../serving/index.ts'
import { engineProfile, isEngine, stepTokenBudget } from '../step/index.ts'
import { chipsOf } from '../parallel/index.ts'
import { PincerError } from '../issue/index.ts'
import { planFor, stepSetting } from './gpu.ts'
import { tickTimer } from './tick-timer.ts'
import type { Scenario } from './types.ts'
import { meanLength } from './workload.ts'

/** What a run may fix instead of leaving it to the engine's customs. */
export interface SimulationOptions {
  readonly policy?: EngineSettings['policy']
  readonly maxSequences?: number
  readonly tokenBudget?: number
  readonly blocks?: number
  readonly blockSize?: number
  readonly watermark?: number
  readonly slo?: ServiceLevel
}

export interface SimulatedScenario {
  readonly settings: EngineSettings
  readonly timer: TickTimer
  readonly run: SimulationRun
  readonly summary: SimulationSummary
  readonly chips: number
}

/** vLLM's `max_num_seqs` on large GPUs; the others' defaults are no smaller. */
const DEFAULT_SEQUENCES = 1024
const DEFAULT_BLOCK = 16

/** Serves a list of requests on one aggregated deployment, step by step. */
export function simulateRequests(
  scenario: Scenario,
  requests: RequestTable,
  options: SimulationOptions = {},
): SimulatedScenario {
  const { settings, timer } = prepare(scenario, options)
  return finish(scenario, simulate(requests, timer, settings), { settings, timer }, options)
}

/** Serves closed-loop clients on one aggregated deployment, step by step. */
export function simulateClients(
  scenario: Scenario,
  loop: ClientLoop,
  options: SimulationOptions = {},
): SimulatedScenario {
  const { settings, timer } = prepare(scenario, options)
  return finish(scenario, simulateClosedLoop(loop, timer, settings), { settings, timer }, options)
}

interface Prepared {
  readonly settings: EngineSettings
  readonly timer: TickTimer
}

function prepare(scenario: Scenario, options: SimulationOptions): Prepared {
  if (scenario.chip.kind === 'sram' || scenario.disaggregated !== undefined || scenario.speculation !== undefined) {
    const message = 'only aggregated deployments on HBM machines without speculative decoding are simulated so far'
    throw new PincerError({ code: 'unsupported', path: ['scenario'], message, suggestion: 'use predict' })
  }
  const { mapping, workload } = scenario
  const engine = engineProfile(scenario.engine)
  const machine = machineOf(scenario.chip)
  const plan = planFor(scenario, machine, mapping, engine)
  const blockSize = options.blockSize ?? DEFAULT_BLOCK
  const prompt = meanLength(workload.isl, workload.spread)
  const output = meanLength(workload.osl, workload.spread)
  // Another engine's scheduler comes with that engine's recipe.
  const recipe = options.policy !== undefined && isEngine(options.policy) ? options.policy : scenario.engine
  const settings: EngineSettings = {
    policy: options.policy ?? scenario.engine,
    maxSequences: options.maxSequences ?? DEFAULT_SEQUENCES * mapping.dp,
    tokenBudget: options.tokenBudget ?? stepTokenBudget(recipe, workload.isl, workload.concurrency) * mapping.dp,
    blocks: options.blocks ?? Math.max(1, Math.floor((plan.capacity * (prompt + output / 2)) / blockSize)),
    blockSize,
    watermark: options.watermark ?? 0,
  }
  const setting = stepSetting(scenario, machine, mapping, { kernel: kernelConstants(), engine })
  const most = settings.tokenBudget + settings.maxSequences + 1
  const batch = Math.min(workload.concurrency, settings.maxSequences, Math.max(1, plan.capacity))
  return { settings, timer: tickTimer(setting, most, batch) }
}

function finish(
  scenario: Scenario,
  run: SimulationRun,
  prepared: Prepared,
  options: SimulationOptions,
): SimulatedScenario {
  const slo = options.slo
  return { ...prepared, run, summary: summary(run, slo === undefined ? {} : { slo }), chips: chipsOf(scenario.mapping) }
}
