import type { Unknown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import {
  type RunBill,
  type Scenario,
  type ServingSetup,
  type SimulatedScenario,
  type SimulationOptions,
  servingSetup,
  simulateClients,
  simulateRequests,
} from '../predict/index.ts'
import {
  type ClientLoop,
  type Distribution,
  LAST_TICK,
  type RequestTable,
  type ServiceLevel,
  TICKS_PER_SECOND,
  attainment,
  fleetSize,
  saturatedRate,
} from '../serving/index.ts'
import { formatPercent, formatSeconds } from '../units/index.ts'
import { type LonePoint, lonePoint } from './lone-request.ts'

/** The level to keep, and the share of requests that must keep it: 0.99 = the 99th percentiles of those that do. */
export interface LoadQuestion extends SimulationOptions {
  readonly slo: ServiceLevel
  /** Above 0, at most 1. Default 0.99. */
  readonly attain?: number
}

/** One load that was tried. */
export interface LoadPoint {
  /** Requests per second, or clients. */
  readonly load: number
  readonly isMet: boolean
  /** Share of the requests that keep the level. */
  readonly attainment: number
  readonly ttft: Distribution | Unknown
  readonly tpot: Distribution | Unknown
  /** Requests served per second, and those among them that keep the level. */
  readonly requestRate: number
  readonly goodput: number
  readonly outputRate: number
  readonly bill: RunBill
}

/** What keeps the load from being higher. */
export type LoadLimit = 'service level' | 'capacity' | 'one request alone' | 'arrivals'

export interface HighestLoad extends ServingSetup {
  readonly kind: 'rate' | 'clients'
  readonly slo: ServiceLevel
  readonly attain: number
  readonly limit: LoadLimit
  readonly found: LoadPoint | Unknown
  /** Requests per second of the same mix at saturation; for clients the most that run at once. */
  readonly capacity: number | Unknown
  /** One request at a time, with an empty cache. */
  readonly lone: LonePoint
  /** By ascending load. */
  readonly points: readonly LoadPoint[]
}

/** Rates found are this close to one that fails. */
const TOLERANCE = 1.01
/** The lowest rate tried, as a share of capacity: requests hardly meet. */
const LOWEST = 1 / 1024
const DEFAULT_ATTAIN = 0.99

/**
 * The highest arrival rate at which `requests` keep the service level, to 1 %: the same requests are served with their
 * arrival times scaled, so all rates share their random numbers. `rate` is that of the times as they are. Bisects
 * between a 1,024th of the capacity and all of it, on a grid that does not depend on the level, so that an easier level
 * never gives a lower rate.
 * @throws PincerError for a level or share out of range, requests that come all at once, and as `simulateRequests` does
 */
export function highestRate(
  scenario: Scenario,
  requests: RequestTable,
  rate: number,
  question: LoadQuestion,
): HighestLoad {
  const asked = checked(question)
  if (!(rate > 0 && Number.isFinite(rate))) throw fault(['rate'], `is ${rate}`, 'give requests per second')
  const setup = servingSetup(scenario, question)
  const capacity = saturatedRate(requests, setup.fleet)
  const lone = lonePoint(requests, setup, asked)
  const common = { ...setup, ...asked, kind: 'rate', capacity, lone } as const
  const serve = (load: number): SimulatedScenario =>
    simulateRequests(scenario, { ...requests, arrival: scaled(requests, rate / load) }, question)
  if (typeof capacity !== 'number') return { ...common, limit: 'capacity', found: capacity, points: [] }
  const least = Math.max(capacity * LOWEST, (1.1 * requests.count * TICKS_PER_SECOND) / LAST_TICK)
  const sharesPrefix = requests.prefix !== undefined && question.prefixCache !== false
  return bisected(common, { least, most: capacity, next: betweenRates, serve, sharesPrefix })
}

/**
 * The most clients that keep the service level, each sending its next request when the last one has ended. `draw` makes
 * the loop of so many clients; a client's lengths should not depend on how many there are. At most as many are tried as
 * run at once: more would only wait.
 * @throws PincerError for a level or share out of range, and as `simulateClients` does
 */
export function highestClients(
  scenario: Scenario,
  draw: (clients: number) => ClientLoop,
  question: LoadQuestion,
): HighestLoad {
  const asked = checked(question)
  const setup = servingSetup(scenario, question)
  const one = draw(1)
  const requests = { count: one.rounds, arrival: new Float64Array(one.rounds), prompt: one.prompt, output: one.output }
  const lone = lonePoint(requests, setup, asked)
  const capacity = fleetSize(setup.fleet).sequences
  const serve = (load: number): SimulatedScenario => simulateClients(scenario, draw(load), question)
  const common = { ...setup, ...asked, kind: 'clients', capacity, lone } as const
  return bisected(common, { least: 1, most: capacity, next: betweenClients, serve })
}

type Common = Omit<HighestLoad, 'limit' | 'found' | 'points'>

interface Search {
  readonly least: number
  readonly most: number
  /** A load between two, or undefined when they are close enough. */
  readonly next: (low: number, high: number) => number | undefined
  readonly serve: (load: number) => SimulatedScenario
  /** Whether requests may find parts of their prompts in the cache. */
  readonly sharesPrefix?: boolean
}

function betweenRates(low: number, high: number): number | undefined {
  return high / low > TOLERANCE ? Math.sqrt(low * high) : undefined
}

function betweenClients(low: number, high: number): number | undefined {
  return high - low > 1 ? Math.floor((low + high) / 2) : undefined
}

function bisected(common: Common, { least, most, next, serve, sharesPrefix = false }: Search): HighestLoad {
  const { lone, attain, slo } = common
  // Behind others, a request may find in the cache what it had to compute alone.
  if (lone.attainment < attain && !sharesPrefix) {
    return { ...common, limit: 'one request alone', found: { unknown: loneReason(lone) }, points: [] }
  }
  const points: LoadPoint[] = []
  const attempt = (load: number): LoadPoint => {
    const point = pointOf(load, serve(load), slo, attain)
    points.push(point)
    return point
  }
  const done = (limit: LoadLimit, found: LoadPoint | Unknown): HighestLoad => {
    return { ...common, limit, found, points: points.toSorted((a, b) => a.load - b.load) }
  }
  const top = attempt(most)
  if (top.isMet) return done('capacity', top)
  let best = most > least ? attempt(least) : top
  if (!best.isMet) return done('arrivals', { unknown: together(best) })
  let [low, high] = [least, most]
  for (let middle = next(low, high); middle !== undefined; middle = next(low, high)) {
    const point = attempt(middle)
    if (point.isMet) [best, low] = [point, middle]
    else high = middle
  }
  return done('service level', best)
}

function loneReason({ attainment: share, ttft, tpot }: LonePoint): string {
  const at = (seconds: LonePoint['ttft']): string => (typeof seconds === 'number' ? formatSeconds(seconds) : 'n/a')
  return `only ${formatPercent(share)} of requests keep the level on an idle machine: TTFT ${at(ttft)}, TPOT ${at(tpot)}`
}

function together({ attainment: share }: LoadPoint): string {
  return `at the lowest load tried only ${formatPercent(share)} of requests keep the level, since some come together`
}

function pointOf(load: number, served: SimulatedScenario, slo: ServiceLevel, attain: number): LoadPoint {
  const { run, summary, bill } = served
  const share = attainment(run, slo)
  const { ttft, tpot, requestRate, outputRate, goodput = 0 } = summary
  return { load, isMet: share >= attain, attainment: share, ttft, tpot, requestRate, goodput, outputRate, bill }
}

function scaled({ count, arrival }: RequestTable, factor: number): Float64Array {
  return arrival.subarray(0, count).map((tick) => Math.round(tick * factor))
}

function checked({ slo, attain = DEFAULT_ATTAIN }: LoadQuestion): { slo: ServiceLevel; attain: number } {
  if (slo.ttft === undefined && slo.tpot === undefined) throw fault(['slo'], 'has no bound', 'give ttft or tpot')
  if (attain > 0 && attain <= 1) return { slo, attain }
  throw fault(['attain'], `is ${attain}`, 'give a share above 0 and at most 1')
}

function fault(path: readonly string[], message: string, suggestion: string): PincerError {
  return new PincerError({ code: 'invalid_value', path, message, suggestion })
}
