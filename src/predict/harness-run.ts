import { chipsOf } from '../parallel/index.ts'
import { PincerError } from '../issue/index.ts'
import {
  type ClientLoop,
  type Fleet,
  type FleetRun,
  type ServingResult,
  type SimulationRun,
  TICKS_PER_SECOND,
  type TickTimer,
  drawLengths,
  rng,
  simulateClosedLoop,
  simulateFleet,
  summary,
} from '../serving/index.ts'
import { type EngineProfile, tokensPerStep } from '../step/index.ts'
import type { Seconds } from '../units/index.ts'
import type { FleetPlan } from './fleet-plan.ts'
import type { Scenario, Workload } from './types.ts'
import { meanLength } from './workload.ts'

/** Requests of one benchmark run; more would take seconds and say no more. */
const MOST_REQUESTS = 2e6
/** Lengths are drawn with this seed: the same question always gets the same answer. */
const SEED = 1

/**
 * Clients that each send `rounds` requests, all starting at once, served event by event: what a benchmark of so many requests
 * reports. Means over all requests, the burst at the start included.
 * @throws PincerError `too_large`; `does_not_fit` when no request fits the cache
 */
export function serveRounds(scenario: Scenario, rounds: number, plan: FleetPlan, host: HostTimes): ServingResult {
  const loop = benchmarkLoop(scenario.workload, rounds, host.requestOverhead)
  const { fleet, isSingle } = plan
  const run = isSingle
    ? simulateClosedLoop(loop, fleet.timer, fleet.settings)
    : simulateFleet({ kind: 'clients', loop }, fleet)
  return seenByClients(scenario, { run, fleet, host })
}

/** What a client sees beside the engine's steps, as in `EngineProfile`. */
export type HostTimes = Pick<EngineProfile, 'requestOverhead' | 'streamInterval'>

/**
 * Lengths are uniform on [spread·length, length]. A client thinks for as long as a request takes outside the engine's steps,
 * which delays its next one just as much.
 */
export function benchmarkLoop(workload: Workload, rounds: number, requestOverhead: Seconds): ClientLoop {
  const { isl, osl, concurrency, spread } = workload
  const count = concurrency * rounds
  if (count > MOST_REQUESTS) {
    const message = `${count} requests are too many`
    throw new PincerError({
      code: 'too_large',
      path: ['workload', 'rounds'],
      message,
      suggestion: 'leave rounds out for the steady state',
    })
  }
  const lengths = (high: number, name: string): Int32Array =>
    drawLengths({ kind: 'uniform', low: Math.max(1, Math.ceil(spread * high)), high }, count, rng(SEED, name))
  return {
    clients: concurrency,
    rounds,
    thinkTicks: Math.round(requestOverhead * TICKS_PER_SECOND),
    prompt: lengths(isl, 'prompt lengths'),
    output: lengths(osl, 'output lengths'),
  }
}

interface Served {
  readonly run: SimulationRun | FleetRun
  readonly fleet: Fleet
  readonly host: HostTimes
}

// Engines hand tokens over in groups: the first is seen later, and the others in less time.
function seenByClients(scenario: Scenario, { run, fleet, host }: Served): ServingResult {
  const { workload, streamInterval } = scenario
  const figures = summary(run)
  const decodeTokens = Math.max(0, meanLength(workload.osl, workload.spread) - 1)
  const context = meanLength(workload.isl, workload.spread) + decodeTokens / 2
  const gained = tokensPerStep(scenario.speculation)
  const ttft = mean(figures.ttft)
  const tpot = 'unknown' in figures.tpot ? decodeStep(fleet, 1, context) / gained : figures.tpot.mean
  const interval = streamInterval === 'harness' ? host.streamInterval : streamInterval - 1
  const hidden = Math.min(interval, decodeTokens / gained / 2) * tpot * gained
  const running = figures.requestRate * tpot * decodeTokens
  const clients = workload.concurrency
  return {
    ttft: host.requestOverhead + ttft + hidden,
    tpot: decodeTokens > 0 ? tpot - hidden / decodeTokens : tpot,
    requestRate: figures.requestRate,
    running,
    waiting: Math.max(0, clients - running),
    prefillShare: prefillShare(scenario, fleet, figures.requestRate, running),
    decodeStep: decodeStep(fleet, running, context),
  }
}

function mean(distribution: ReturnType<typeof summary>['ttft']): Seconds {
  if (!('unknown' in distribution)) return distribution.mean
  throw new PincerError({ code: 'does_not_fit', path: ['workload'], message: 'no request fits the KV cache' })
}

// A step of the pool that decodes, with `running` sequences spread evenly over its ranks.
function decodeStep(fleet: Fleet, running: number, context: number): Seconds {
  const { timer, settings, replicas } = fleet.decode ?? fleet
  const each = Math.max(1, Math.round(running / (replicas * (settings.ranks ?? 1))))
  const { width = 1, grain = 1 } = settings.speculation ?? {}
  const { perSequence = 0, perCached, drafting = 0 } = timer
  return (
    (ticksOf(timer, width * each) + drafting + each * (perSequence + perCached * context * grain)) / TICKS_PER_SECOND
  )
}

function ticksOf(timer: TickTimer, tokens: number): number {
  return timer.tokens[Math.min(tokens, timer.tokens.length - 1)] ?? 0
}

/**
 * Share of the chips' time that prompts cost: with pools, the prefill pool's chips; else what prompt tokens add to the steps that
 * they share with decoding.
 */
function prefillShare(scenario: Scenario, fleet: Fleet, requestRate: number, running: number): number {
  const pools = scenario.disaggregated
  if (pools !== undefined) {
    const chips = ({ workers, mapping }: typeof pools.prefill): number => workers * chipsOf(mapping)
    return chips(pools.prefill) / (chips(pools.prefill) + chips(pools.decode))
  }
  const { timer, settings, replicas } = fleet
  const engines = replicas * (settings.ranks ?? 1)
  const prompt = meanLength(scenario.workload.isl, scenario.workload.spread)
  const beside = settings.policy === 'sglang' ? 0 : Math.round((running * (settings.speculation?.width ?? 1)) / engines)
  const chunk = Math.max(1, Math.min(Math.round(prompt), settings.tokenBudget - beside))
  const added = ticksOf(timer, beside + chunk) - (beside > 0 ? ticksOf(timer, beside) : 0)
  const ticks = (added * prompt) / chunk + (timer.perPair * prompt * (prompt + 1)) / 2
  return Math.min(1, ((requestRate / engines) * ticks) / TICKS_PER_SECOND)
}
