import {
  type ClientLoop,
  type EngineSettings,
  type FleetLoad,
  FleetObserver,
  type FleetRun,
  type Observed,
  type Observer,
  type PrefixBlocks,
  type RequestTable,
  RunObserver,
  type ServiceLevel,
  type SessionTable,
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
  /** Also watch the run over time, token by token: 0.8 µs more a request. */
  readonly observe?: boolean
}

/** How a deployment serves: its engines, their scheduler and step times (those of the prefill pool, where there are two). */
export interface ServingSetup extends FleetPlan {
  readonly settings: EngineSettings
  readonly timer: TickTimer
}

export interface SimulatedScenario extends ServingSetup {
  readonly run: SimulationRun
  /** The same run with what became of each replica, where a fleet served it. */
  readonly fleetRun?: FleetRun
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
  const setup = servingSetup(scenario, options)
  const { timer, settings, isSingle } = setup
  if (!isSingle) return fleetServed(scenario, { kind: 'requests', table: requests }, setup, options)
  return engineServed(scenario, (observe) => simulate(requests, timer, settings, observe), setup, options)
}

/** Serves closed-loop clients on a deployment, step by step. */
export function simulateClients(
  scenario: Scenario,
  loop: ClientLoop,
  options: SimulationOptions = {},
): SimulatedScenario {
  const setup = servingSetup(scenario, options)
  const { timer, settings, isSingle } = setup
  if (!isSingle) return fleetServed(scenario, { kind: 'clients', loop }, setup, options)
  return engineServed(scenario, (observe) => simulateClosedLoop(loop, timer, settings, observe), setup, options)
}

/** Serves sessions on a deployment, step by step: a turn comes when the one before has ended and its wait is over. */
export function simulateSessions(
  scenario: Scenario,
  sessions: SessionTable,
  prefix: PrefixBlocks | undefined,
  options: SimulationOptions = {},
): SimulatedScenario {
  const load: FleetLoad = { kind: 'sessions', sessions, ...(prefix === undefined ? {} : { prefix }) }
  return fleetServed(scenario, load, servingSetup(scenario, options), options)
}

/**
 * The scheduler and the step times of a deployment; what `options` leave open follows the engine's customs.
 * @throws PincerError `does_not_fit`
 */
export function servingSetup(scenario: Scenario, options: SimulationOptions = {}): ServingSetup {
  const plan = fleetPlan(scenario, options)
  return { ...plan, settings: plan.fleet.settings, timer: plan.fleet.timer }
}

function engineServed(
  scenario: Scenario,
  serve: (observe: Observer | undefined) => SimulationRun,
  setup: ServingSetup,
  { observe, slo }: SimulationOptions,
): SimulatedScenario {
  const observer = observe === true ? new RunObserver() : undefined
  const run = serve(observer?.observe)
  return { ...judged(scenario, run, setup, slo), ...(observer === undefined ? {} : { observed: observer.result() }) }
}

function fleetServed(
  scenario: Scenario,
  load: FleetLoad,
  setup: ServingSetup,
  { observe, slo }: SimulationOptions,
): SimulatedScenario {
  const observer = observe === true ? new FleetObserver() : undefined
  const fleetRun = simulateFleet(load, setup.fleet, observer)
  return {
    ...judged(scenario, fleetRun, setup, slo),
    fleetRun,
    ...(observer === undefined ? {} : { observed: observer.result() }),
  }
}

function judged(
  scenario: Scenario,
  run: SimulationRun,
  setup: ServingSetup,
  slo: ServiceLevel | undefined,
): SimulatedScenario {
  const figures = summary(run, slo === undefined ? {} : { slo })
  return { ...setup, run, summary: figures, bill: runBill(scenario, figures, setup.chips) }
}
