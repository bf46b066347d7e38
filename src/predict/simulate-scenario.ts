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
  simulateFleet,
  summary,
} from '../serving/index.ts'
import { type FleetOptions, type FleetPlan, fleetPlan } from './fleet-plan.ts'
import { type RunBill, runBill } from './run-bill.ts'
import type { Scenario } from './types.ts'

/** What a run may fix instead of leaving it to the engine's customs, and what is wanted of it. */
export interface SimulationOptions extends FleetOptions {
  readonly slo?: ServiceLevel
  /** Also watch the run over time, token by token: 0.8 µs more a request. Single engines only. */
  readonly observe?: boolean
}

/** How a deployment serves: its engines, their scheduler and step times (those of the prefill pool, where there are two). */
export interface ServingSetup extends FleetPlan {
  readonly settings: EngineSettings
  readonly timer: TickTimer
}

export interface SimulatedScenario extends ServingSetup {
  readonly run: SimulationRun
  readonly summary: SimulationSummary
  /** What the run cost and drew. */
  readonly bill: RunBill
  /** Where it was asked for. */
  readonly observed?: Observed
}

/** Serves a list of requests on a deployment, step by step. */
export function simulateRequests(
  scenario: Scenario,
  requests: RequestTable,
  options: SimulationOptions = {},
): SimulatedScenario {
  return served(scenario, options, (setup, observer) =>
    setup.isSingle
      ? simulate(requests, setup.timer, setup.settings, observer)
      : simulateFleet({ kind: 'requests', table: requests }, setup.fleet),
  )
}

/** Serves closed-loop clients on a deployment, step by step. */
export function simulateClients(
  scenario: Scenario,
  loop: ClientLoop,
  options: SimulationOptions = {},
): SimulatedScenario {
  return served(scenario, options, (setup, observer) =>
    setup.isSingle
      ? simulateClosedLoop(loop, setup.timer, setup.settings, observer)
      : simulateFleet({ kind: 'clients', loop }, setup.fleet),
  )
}

/**
 * The scheduler and the step times of a deployment; what `options` leave open follows the engine's customs.
 * @throws PincerError `does_not_fit`
 */
export function servingSetup(scenario: Scenario, options: SimulationOptions = {}): ServingSetup {
  const plan = fleetPlan(scenario, options)
  return { ...plan, settings: plan.fleet.settings, timer: plan.fleet.timer }
}

function served(
  scenario: Scenario,
  options: SimulationOptions,
  serve: (setup: ServingSetup, observer: Observer | undefined) => SimulationRun,
): SimulatedScenario {
  const setup = servingSetup(scenario, options)
  const observer = options.observe === true && setup.isSingle ? new RunObserver() : undefined
  const run = serve(setup, observer?.observe)
  const { slo } = options
  const figures = summary(run, slo === undefined ? {} : { slo })
  return {
    ...setup,
    run,
    summary: figures,
    bill: runBill(scenario, figures, setup.chips),
    ...(observer === undefined ? {} : { observed: observer.result() }),
  }
}
