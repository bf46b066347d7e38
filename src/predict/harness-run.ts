import { hasExperts } from '../model/index.ts'
import { chipsOf } from '../parallel/index.ts'
import { PincerError } from '../issue/index.ts'
import {
  type ClientLoop,
  type Fleet,
  type ServingResult,
  type SimulationSummary,
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
export function serveRounds(
  scenario: Scenario,
  rounds: number,
  { fleet, isSingle }: FleetPlan,
  host: HostTimes,
): ServingResult {
  const { workload } = scenario
  const serve = (backlog: Seconds): SimulationSummary => {
    const loop = benchmarkLoop(workload, rounds, host.turnaround + backlog)
    return summary(
      isSingle
        ? simulateClosedLoop(loop, fleet.timer, fleet.settings)
        : simulateFleet({ kind: 'clients', loop }, fleet),
    )
  }
  // Pools and ranks come with a front end each.
  const rate = isSingle ? host.streamRate : Number.POSITIVE_INFINITY
  return seenByClients(scenario, { ...throughFrontEnd(workload, rate, serve), fleet, host })
}

/** What a client sees beside the engine's steps, as in `EngineProfile`. */
export type HostTimes = Pick<
  EngineProfile,
  'requestOverhead' | 'promptOverhead' | 'expertLayerOverhead' | 'turnaround' | 'streamRate' | 'streamInterval'
>

/** Nothing beside the engine's steps. */
export const NO_HOST: HostTimes = {
  requestOverhead: 0,
  promptOverhead: 0,
  expertLayerOverhead: 0,
  turnaround: 0,
  streamRate: Number.POSITIVE_INFINITY,
  streamInterval: 0,
}

/** Runs to find the backlog; each brings the rate within a few percent of the front end's. */
const BACKLOG_RUNS = 3

interface Streamed {
  readonly figures: SimulationSummary
  /** Time by which each token waits in front of the front end. */
  readonly backlog: Seconds
}

/**
 * An engine's front end passes on at most `rate` tokens per second. When the engine makes more, tokens queue up until so many
 * clients wait for theirs that the engine makes no more than that: the time around the loop, N·osl/rate, is then given.
 */
function throughFrontEnd(
  { concurrency, osl, spread }: Workload,
  rate: number,
  serve: (backlog: Seconds) => SimulationSummary,
): Streamed {
  const tokens = concurrency * meanLength(osl, spread)
  let backlog = 0
  let figures = serve(0)
  for (let i = 0; i < BACKLOG_RUNS; i++) {
    const made = figures.outputRate
    if (made <= 1.01 * rate && (backlog === 0 || made >= 0.99 * rate)) break
    backlog = Math.max(0, backlog + tokens / rate - tokens / made)
    figures = serve(backlog)
  }
  return { figures, backlog }
}

/** Time that a request spends outside the engine's steps before its first token. */
export function outsideTime({ model, workload }: Scenario, host: HostTimes): Seconds {
  const expertLayers = model.layers.reduce((sum, { ffn, count }) => sum + (ffn.kind === 'moe' ? count : 0), 0)
  const prompt = meanLength(workload.isl, workload.spread)
  return host.requestOverhead + host.promptOverhead * prompt + host.expertLayerOverhead * expertLayers
}

/** Lengths are uniform on [spread·length, length]; `turnaround` is the time from a last token to the client's next request. */
export function benchmarkLoop(workload: Workload, rounds: number, turnaround: Seconds): ClientLoop {
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
    thinkTicks: Math.round(turnaround * TICKS_PER_SECOND),
    prompt: lengths(isl, 'prompt lengths'),
    output: lengths(osl, 'output lengths'),
  }
}

interface Served extends Streamed {
  readonly fleet: Fleet
  readonly host: HostTimes
}

// Engines hand tokens over in groups: the first is seen later, and the others in less time.
function seenByClients(scenario: Scenario, { figures, fleet, host, backlog }: Served): ServingResult {
  const { workload } = scenario
  const decodeTokens = Math.max(0, meanLength(workload.osl, workload.spread) - 1)
  const context = meanLength(workload.isl, workload.spread) + decodeTokens / 2
  const gained = tokensPerStep(scenario.speculation)
  const ttft = mean(figures.ttft)
  const tpot = 'unknown' in figures.tpot ? decodeStep(fleet, 1, context) / gained : figures.tpot.mean
  const hidden = Math.min(groupedSteps(scenario, host), decodeTokens / gained / 2) * tpot * gained
  const running = figures.requestRate * tpot * decodeTokens
  const clients = workload.concurrency
  return {
    ttft: outsideTime(scenario, host) + ttft + hidden + backlog,
    tpot: decodeTokens > 0 ? tpot - hidden / decodeTokens : tpot,
    requestRate: figures.requestRate,
    running,
    waiting: Math.max(0, clients - running),
    prefillShare: prefillShare(scenario, fleet, figures.requestRate, running),
    decodeStep: decodeStep(fleet, running, context),
  }
}

/**
 * Steps by which the first token is held back to be sent in a group. In benchmark recipes for TensorRT-LLM only models with
 * experts stream in groups, and dense ones for 1024 tokens in and out on fewer than eight chips.
 */
function groupedSteps({ streamInterval, engine, model, mapping, workload }: Scenario, host: HostTimes): number {
  if (streamInterval !== 'harness') return streamInterval - 1
  const isShort = workload.isl === 1024 && workload.osl === 1024 && mapping.tp < 8
  return engine === 'trtllm' && !hasExperts(model) && !isShort ? 0 : host.streamInterval
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
