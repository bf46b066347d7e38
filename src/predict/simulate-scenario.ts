import { kernelConstants, machineOf } from '../kernel/index.ts'
import {
  type ClientLoop,
  type EngineSettings,
  type Observed,
  type Observer,
  type RequestTable,
  RunObserver,
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
import { type RunBill, runBill } from './run-bill.ts'
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
  /** Also watch the run over time, token by token: 0.8 µs more a request. */
  readonly observe?: boolean
}

/** How a deployment serves: its scheduler and its step times. */
export interface ServingSetup {
  readonly settings: EngineSettings
  readonly timer: TickTimer
}

export interface SimulatedScenario extends ServingSetup {
  readonly run: SimulationRun
  readonly summary: SimulationSummary
  readonly chips: number
  /** What the run cost and drew. */
  readonly bill: RunBill
  /** Where it was asked for. */
  readonly observed?: Observed
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
  return served(scenario, options, ({ timer, settings }, observer) => simulate(requests, timer, settings, observer))
}

/** Serves closed-loop clients on one aggregated deployment, step by step. */
export function simulateClients(
  scenario: Scenario,
  loop: ClientLoop,
  options: SimulationOptions = {},
): SimulatedScenario {
  return served(scenario, options, ({ timer, settings }, observer) =>
    simulateClosedLoop(loop, timer, settings, observer),
  )
}

/**
 * The scheduler and the step times of one aggregated deployment; what `options` leave open follows the engine's customs.
 * @throws PincerError for what is not simulated yet, and `does_not_fit`
 */
export function servingSetup(scenario: Scenario, options: SimulationOptions = {}): ServingSetup {
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
  const most = largestStep(settings)
  const batch = Math.min(workload.concurrency, settings.maxSequences, Math.max(1, plan.capacity))
  return { settings, timer: tickTimer(setting, most, batch) }
}

// Policies without a budget put as many prompts into a step as the cache holds.
function largestStep({ policy, tokenBudget, maxSequences, blocks, blockSize }: EngineSettings): number {
  const prompts = policy === 'static' || policy === 'continuous' ? blocks * blockSize : tokenBudget
  return prompts + maxSequences + 1
}

function served(
  scenario: Scenario,
  options: SimulationOptions,
  serve: (setup: ServingSetup, observer: Observer | undefined) => SimulationRun,
): SimulatedScenario {
  const setup = servingSetup(scenario, options)
  const observer = options.observe === true ? new RunObserver() : undefined
  const run = serve(setup, observer?.observe)
  const { slo } = options
  const figures = summary(run, slo === undefined ? {} : { slo })
  return {
    ...setup,
    run,
    summary: figures,
    chips: chipsOf(scenario.mapping),
    bill: runBill(scenario, figures),
    ...(observer === undefined ? {} : { observed: observer.result() }),
  }
}
