import type { Unknown } from '../../catalog/index.ts'
import type { Seconds } from '../../units/index.ts'
import { addProduct, exactTotal } from '../engine/exact-sum.ts'
import { quantiles } from './quantile.ts'
import { FINISHED, type SimulationRun } from '../engine/simulation-run.ts'
import { TICKS_PER_SECOND, invalid } from '../engine/tick.ts'

/** Seconds over finished requests; quantiles of type 7. */
export interface Distribution {
  readonly count: number
  readonly mean: Seconds
  readonly p50: Seconds
  readonly p90: Seconds
  readonly p95: Seconds
  readonly p99: Seconds
}

/** What a request must keep to count as good; a bound left out is no bound. */
export interface ServiceLevel {
  readonly ttft?: Seconds
  /** Requests of one token have no TPOT and keep any bound. */
  readonly tpot?: Seconds
}

/** Both sides of Little's law, exact: ∫ requests in the system dt (in queues, running and between pools), and the sum of the times they spent in it. */
export interface LittleIdentity {
  readonly integral: bigint
  readonly sojourn: bigint
  readonly holds: boolean
}

export interface SimulationSummary {
  /** First token − arrival; last token − arrival; first scheduled − arrival. */
  readonly ttft: Distribution | Unknown
  readonly e2e: Distribution | Unknown
  readonly queue: Distribution | Unknown
  /** (end − first token)/(output − 1) by request, for outputs longer than one token. */
  readonly tpot: Distribution | Unknown
  /** Mean time between consecutive tokens over all tokens of all requests. */
  readonly itl: Seconds | Unknown
  /** First arrival to last end. All rates and means over time are over it. */
  readonly span: Seconds
  readonly requestRate: number
  readonly outputRate: number
  readonly tokenRate: number
  /** Requests per second that keep the service level; absent without one. */
  readonly goodput?: number
  /** Prompt tokens found in the prefix cache, at all admissions, over prompt tokens. */
  readonly hitShare: number
  /** Those of them that came from the host tier, over prompt tokens. */
  readonly hostShare: number
  /** Share of the span spent in steps, over all replicas. */
  readonly utilisation: number
  readonly waiting: number
  readonly running: number
  readonly blocks: number
  readonly little: LittleIdentity
}

const PROBABILITIES = [0.5, 0.9, 0.95, 0.99]

/** Percentiles, rates and identities of a run. Throws PincerError `invalid_value` for a service level that is not positive. */
export function summary(run: SimulationRun, options: { readonly slo?: ServiceLevel } = {}): SimulationSummary {
  const { slo } = options
  if (slo !== undefined) checkLevel(slo)
  const { arrival, scheduled, firstToken, end } = run
  const scratch = new Float64Array(run.finished)
  const ttft = spans(run, scratch, arrival, firstToken)
  const queue = spans(run, scratch, arrival, scheduled)
  const e2e = spans(run, scratch, arrival, end)
  const { ticks, outputTokens, promptTokens, decodeTokens } = totalsOf(run)
  const span = ticks / TICKS_PER_SECOND
  const rate = (amount: number): number => (span > 0 ? amount / span : 0)
  const overTime = (integral: bigint): number => (ticks > 0 ? Number(integral) / ticks : 0)
  const decodeSpan = Number(e2e.sum - ttft.sum) / TICKS_PER_SECOND
  return {
    ttft: ttft.distribution,
    e2e: e2e.distribution,
    queue: queue.distribution,
    tpot: tpotOf(run, scratch),
    itl: decodeTokens > 0 ? decodeSpan / decodeTokens : { unknown: 'no output has two tokens' },
    span,
    requestRate: rate(run.finished),
    outputRate: rate(outputTokens),
    tokenRate: rate(outputTokens + promptTokens),
    ...(slo === undefined ? {} : { goodput: rate(goodCount(run, slo)) }),
    hitShare: promptTokens > 0 ? run.foundTokens / promptTokens : 0,
    hostShare: promptTokens > 0 ? run.loadedTokens / promptTokens : 0,
    utilisation: ticks > 0 ? run.busyTicks / (ticks * (run.replicas ?? 1)) : 0,
    waiting: overTime(run.waitingTicks),
    running: overTime(run.runningTicks),
    blocks: overTime(run.blockTicks),
    little: littleIdentity(run, e2e.sum),
  }
}

interface Spans {
  readonly distribution: Distribution | Unknown
  /** Exact sum of ticks. */
  readonly sum: bigint
}

// Ticks between two columns, over finished requests.
function spans(run: SimulationRun, scratch: Float64Array, from: Float64Array, to: Float64Array): Spans {
  const { status, count } = run
  const sums = new Float64Array(2)
  let at = 0
  for (let row = 0; row < count; row++) {
    if (status[row] !== FINISHED) continue
    const ticks = (to[row] ?? 0) - (from[row] ?? 0)
    scratch[at++] = ticks
    addProduct(sums, 0, 1, ticks)
  }
  const sum = exactTotal(sums, 0)
  return { distribution: distribution(scratch, at, Number(sum)), sum }
}

function tpotOf(run: SimulationRun, scratch: Float64Array): Distribution | Unknown {
  const { firstToken, end, output, status } = run
  let at = 0
  let sum = 0
  for (let row = 0; row < run.count; row++) {
    const gaps = (output[row] ?? 0) - 1
    if (status[row] !== FINISHED || gaps < 1) continue
    const ticks = ((end[row] ?? 0) - (firstToken[row] ?? 0)) / gaps
    scratch[at++] = ticks
    sum += ticks
  }
  return distribution(scratch, at, sum)
}

interface Totals {
  /** First arrival to last end. */
  readonly ticks: number
  readonly promptTokens: number
  readonly outputTokens: number
  readonly decodeTokens: number
}

// Of finished requests; the span starts with the first arrival of any.
function totalsOf(run: SimulationRun): Totals {
  const { arrival, end, prompt, output, status } = run
  let from = Infinity
  let last = 0
  let promptTokens = 0
  let outputTokens = 0
  for (let row = 0; row < run.count; row++) {
    const tick = arrival[row] ?? 0
    if (tick < from) from = tick
    if (status[row] !== FINISHED) continue
    const ended = end[row] ?? 0
    if (ended > last) last = ended
    promptTokens += prompt[row] ?? 0
    outputTokens += output[row] ?? 0
  }
  const ticks = last > from ? last - from : 0
  return { ticks, promptTokens, outputTokens, decodeTokens: outputTokens - run.finished }
}

function distribution(ticks: Float64Array, count: number, sum: number): Distribution | Unknown {
  if (count === 0) return { unknown: 'no request has it' }
  const [p50 = 0, p90 = 0, p95 = 0, p99 = 0] = quantiles(ticks, count, PROBABILITIES).map((t) => t / TICKS_PER_SECOND)
  return { count, mean: sum / count / TICKS_PER_SECOND, p50, p90, p95, p99 }
}

/**
 * Share of the requests sent that end and keep the service level; those refused or never served do not. NaN for none.
 * Throws PincerError `invalid_value` for a service level that is not positive.
 */
export function attainment(run: SimulationRun, slo: ServiceLevel): number {
  checkLevel(slo)
  return goodCount(run, slo) / run.count
}

function goodCount(run: SimulationRun, slo: ServiceLevel): number {
  const { arrival, firstToken, end, output, status } = run
  const ttft = (slo.ttft ?? Infinity) * TICKS_PER_SECOND
  const tpot = (slo.tpot ?? Infinity) * TICKS_PER_SECOND
  let good = 0
  for (let row = 0; row < run.count; row++) {
    if (status[row] !== FINISHED) continue
    const first = firstToken[row] ?? 0
    const gaps = (output[row] ?? 0) - 1
    if (first - (arrival[row] ?? 0) > ttft) continue
    if (gaps === 0 || ((end[row] ?? 0) - first) / gaps <= tpot) good += 1
  }
  return good
}

function littleIdentity(run: SimulationRun, sojourn: bigint): LittleIdentity {
  const integral = run.waitingTicks + run.runningTicks + (run.transferTicks ?? 0n)
  return { integral, sojourn, holds: integral === sojourn }
}

function checkLevel(slo: ServiceLevel): void {
  for (const [field, value] of Object.entries(slo)) {
    if (!(value > 0)) throw invalid(['slo', field], `is ${String(value)}`, 'give seconds above 0')
  }
}
