import {
  type ClientsLoad,
  type HighestLoad,
  type LatencyName,
  type OpenLoad,
  type Policy,
  type Scenario,
  type ServedRun,
  type ServiceLevel,
  type SimulationOptions,
  type Source,
  type Timeline,
  arrivalsLoad,
  attainment,
  clientsLoad,
  fleetSize,
  highestClients,
  highestRate,
  isKnown,
  latencies,
  offeredLoad,
  parseArrivalProcess,
  parseScenario,
  PincerError,
  quantileOf,
  runDocument,
  simulateClients,
  simulateRequests,
  summary,
  traceLoad,
} from '../../../src/index.ts'
import { citedSources } from '../cited.ts'
import { type LanePlan, type Lanes, countsByBin, lanePlan, lanesBetween } from '../lanes.ts'
import type { Call } from '../protocol.ts'
import { readTrace } from '../trace-file.ts'
import { type RunDocument } from '../run-document.ts'

/** Who sends requests. */
export type AskedLoad =
  | { readonly kind: 'closed'; readonly requests: number | undefined; readonly seed: number }
  | { readonly kind: 'open'; readonly process: unknown; readonly requests: number; readonly seed: number }
  | { readonly kind: 'trace'; readonly file: File }

/** What `pincer simulate` is asked. */
export interface ServingQuestion {
  /** As in a scenario file. */
  readonly scenario: Readonly<Record<string, unknown>>
  readonly load: AskedLoad
  readonly policy?: Policy
  readonly replicas?: number
}

/** A latency by percentile: as many points as a curve needs. */
export interface PercentileCurve {
  readonly share: readonly number[]
  readonly seconds: readonly number[]
}

export interface ServingAnswer {
  /** What `pincer simulate --json` prints, without a service level. */
  readonly document: RunDocument
  readonly curves: Readonly<Record<LatencyName, PercentileCurve>>
  readonly timeline: Timeline
  /** Requests that have come and that have ended by the end of each bin of the timeline. */
  readonly came: Int32Array
  readonly ended: Int32Array
  /** KV blocks of all engines. */
  readonly blocks: number
  readonly precision: string
  readonly sources: Readonly<Record<string, Source>>
  /** Simulating alone, in the worker, ms. */
  readonly milliseconds: number
}

/** How well a run keeps a service level. */
export interface Kept {
  /** Share of all requests. */
  readonly share: number
  /** Requests per second that keep it. */
  readonly goodput: number
}

const CURVE_POINTS = 140

interface Run extends ServedRun {
  readonly key: string
  readonly load: ClientsLoad | OpenLoad
  readonly milliseconds: number
  plan?: LanePlan
}

// The last run of this worker: most of what a page asks next is about it. Another worker makes it again, the same to the bit.
let last: Run | undefined

async function runOf(question: ServingQuestion, call: Call): Promise<Run> {
  const key = keyOf(question)
  if (last?.key === key) return last
  const { scenario, load, how } = await askedOf(question, call)
  const start = performance.now()
  const options = { ...how, observe: true }
  const served =
    load.kind === 'clients'
      ? simulateClients(scenario, load.loop, options)
      : simulateRequests(scenario, load.requests, options)
  const milliseconds = performance.now() - start
  const offered = load.kind === 'clients' ? {} : { offered: offeredLoad(load.requests, served.fleet) }
  const sharesPrefix = load.kind === 'requests' && load.requests.prefix !== undefined
  last = { key, load, milliseconds, scenario, served, sharesPrefix, notes: load.notes, ...offered }
  return last
}

function keyOf({ load, ...rest }: ServingQuestion): string {
  if (load.kind !== 'trace') return JSON.stringify([rest, load])
  const { name, size, lastModified } = load.file
  return JSON.stringify([rest, name, size, lastModified])
}

interface Asked {
  readonly scenario: Scenario
  readonly load: ClientsLoad | OpenLoad
  readonly how: SimulationOptions
}

async function askedOf({ scenario: file, load, policy, replicas }: ServingQuestion, call: Call): Promise<Asked> {
  const scenario = parseScenario(file)
  return {
    scenario,
    load: load.kind === 'trace' ? traceLoad(await readTrace(load.file, call)) : drawn(load, scenario),
    how: { ...(policy === undefined ? {} : { policy }), ...(replicas === undefined ? {} : { replicas }) },
  }
}

function drawn(load: Exclude<AskedLoad, { kind: 'trace' }>, { workload }: Scenario): ClientsLoad | OpenLoad {
  const { requests, seed } = load
  if (load.kind === 'closed') return clientsLoad(workload, requests, seed)
  return arrivalsLoad(workload, parseArrivalProcess(load.process), load.requests, seed)
}

async function run(question: ServingQuestion, call: Call): Promise<ServingAnswer> {
  const made = await runOf(question, call)
  const { served, scenario, milliseconds } = made
  const { timeline } = served.observed!
  const { chipHour } = served.bill.cost
  const { power } = served.bill.energy
  const curve = (name: LatencyName): PercentileCurve => curveOf(latencies(served.run, name))
  return {
    document: runDocument(made) as RunDocument,
    curves: { ttft: curve('ttft'), tpot: curve('tpot'), e2e: curve('e2e') },
    timeline,
    ...countsByBin(served.run, timeline.binSeconds, timeline.queue.length),
    blocks: fleetSize(served.fleet).blocks,
    precision: scenario.precision,
    sources: citedSources([...(isKnown(chipHour) ? [chipHour.source] : []), ...(isKnown(power) ? [power.source] : [])]),
    milliseconds,
  }
}

// Points are equally far apart on an axis on which 90, 99 and 99.9 % are.
function curveOf(ascending: Float64Array): PercentileCurve {
  const most = Math.max(1, Math.min(4, Math.log10(Math.max(1, ascending.length))))
  const points = Array.from({ length: CURVE_POINTS + 1 }, (_, i) => 1 - 10 ** -((i * most) / CURVE_POINTS)).flatMap(
    (share) => {
      const seconds = quantileOf(ascending, share)
      return typeof seconds === 'number' ? [{ share, seconds }] : []
    },
  )
  return { share: points.map(({ share }) => share), seconds: points.map(({ seconds }) => seconds) }
}

interface LanesQuestion {
  readonly question: ServingQuestion
  readonly from: number
  readonly to: number
  readonly rows: number
  readonly pixels: number
}

async function lanes({ question, from, to, rows, pixels }: LanesQuestion, call: Call): Promise<Lanes> {
  const made = await runOf(question, call)
  if (made.plan?.rows !== rows) made.plan = lanePlan(made.served.run, rows)
  return lanesBetween(made.served.run, made.plan, from, to, pixels)
}

async function kept({ question, slo }: { question: ServingQuestion; slo: ServiceLevel }, call: Call): Promise<Kept> {
  const { served } = await runOf(question, call)
  return { share: attainment(served.run, slo), goodput: summary(served.run, { slo }).goodput ?? 0 }
}

interface HighestQuestion {
  readonly question: ServingQuestion
  readonly slo: ServiceLevel
  /** Share of requests that must keep it. */
  readonly attain: number
}

/** What is said of the highest load: the JSON of the search, without its tables of step times. */
export type Highest = Pick<HighestLoad, 'kind' | 'slo' | 'attain' | 'limit' | 'found' | 'capacity' | 'lone' | 'points'>

async function highest({ question, slo, attain }: HighestQuestion, call: Call): Promise<Highest> {
  const { scenario, load, how } = await askedOf(question, call)
  const asked = { ...how, slo, attain }
  const found =
    load.kind === 'clients'
      ? highestClients(scenario, load.draw, asked)
      : highestRate(scenario, load.requests, rateOf(load), asked)
  const { kind, limit, capacity, lone, points } = found
  return { kind, slo, attain, limit, found: found.found, capacity, lone, points }
}

function rateOf({ rate }: OpenLoad): number {
  if (typeof rate === 'number') return rate
  throw new PincerError({
    code: 'invalid_value',
    path: ['arrivals'],
    message: `${rate.unknown}: there is no rate to search`,
  })
}

export const methods = { run, lanes, kept, highest }
