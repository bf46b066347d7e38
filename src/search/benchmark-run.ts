import type { Unknown } from '../catalog/index.ts'
import { type Prediction, type Scenario, predictScenario, simulateRequests } from '../predict/index.ts'
import {
  type LengthDistribution,
  type RequestTable,
  type ServiceLevel,
  drawRequests,
  meanLength,
} from '../serving/index.ts'
import type { Chips, Seconds } from '../units/index.ts'
import { type Candidate, candidates } from './candidate.ts'
import { highestRate } from './highest-load.ts'

/** What a throughput benchmark sends, and when its figure counts. */
export interface BenchmarkLoad {
  readonly prompt: LengthDistribution
  readonly output: LengthDistribution
  /** A run lasts at least so long … */
  readonly seconds: Seconds
  /** … and has at least so many requests. */
  readonly requests: number
  /** Limits that 99 % of the requests keep while they come at random; absent: all requests are there from the start. */
  readonly slo?: ServiceLevel
}

export interface BenchmarkRun {
  /** Output tokens per second of each chip: all tokens over the time from the first arrival to the last token. */
  readonly outputPerChip: number
  /** The steady state of the deployment that does best, at as many clients as the run has sequences on average. */
  readonly prediction: Prediction
}

/** Deployments that are simulated: those that do best in the steady state. */
const SIMULATED = 2
/** Shares of the full cache to which the sequences at once are held: fewer end sooner, which counts in a short run. */
const BATCH_SHARES = [1, 1 / 2, 1 / 4, 1 / 8]
/** Most sequences that a scheduler is given. */
const MOST_SEQUENCES = 4096
/** Prompt tokens of a step, beside the engine's custom: smaller steps delay those who decode less. */
const BUDGETS = [undefined, 512]
/** Requests of a run with arrivals, at most: percentiles are settled by then, and the rest of the run is as the part simulated. */
const MOST_ARRIVALS = 4000
/** An offline run is given a tenth more than the requests of its shortest time. */
const SLACK = 1.1
const ATTEMPTS = 4
const SEED = 1

/**
 * The most output tokens per second that a benchmark can report of `chips` chips, as replicas of the best deployment side by side: each
 * serves its share of the requests, which are drawn and simulated to the last token, the drain at the end included.
 */
export function benchmarkRun(scenario: Scenario, load: BenchmarkLoad, chips: Chips): BenchmarkRun | Unknown {
  const promising = candidates(scenario)
    .map((candidate) => ({ candidate, rate: steadyRate(candidate, load.slo?.tpot) }))
    .filter(({ rate }) => rate > 0)
    .toSorted((a, b) => b.rate - a.rate)
    .slice(0, SIMULATED)
  const runs = promising.flatMap(({ candidate }) => (load.slo === undefined ? offline : arriving)(candidate, load, chips))
  const best = runs.reduce<Run | undefined>((a, b) => (a === undefined || b.rate > a.rate ? b : a), undefined)
  if (best === undefined) return { unknown: `no deployment of ${scenario.model.id} on ${scenario.chip.id} keeps the limits` }
  const clients = Math.max(1, Math.round(best.running))
  const workload = { ...best.scenario.workload, concurrency: clients }
  return { outputPerChip: best.rate, prediction: predictScenario({ ...best.scenario, workload }) }
}

interface Run {
  readonly scenario: Scenario
  /** Output tokens per second and chip. */
  readonly rate: number
  readonly running: number
}

function steadyRate({ points }: Candidate, tpot = Number.POSITIVE_INFINITY): number {
  return Math.max(0, ...points.filter((point) => point.tpot.value <= tpot).map(perChip))
}

function perChip({ throughput }: Prediction): number {
  return throughput.outputPerChip.value
}

// One replica's share of the requests, and what it needs to be asked as a deployment of its own.
function replica({ scenario, points }: Candidate, load: BenchmarkLoad, chips: Chips) {
  const [size = 1, capacity = 1] = [points[0]?.chips, points[0]?.batch.capacity]
  const ranks = scenario.mapping.dp
  const full = Math.max(1, Math.min(MOST_SEQUENCES, Math.floor(capacity / ranks)))
  return { size, ranks, full, requests: Math.max(1, Math.ceil((load.requests * size) / chips)) }
}

function offline(candidate: Candidate, load: BenchmarkLoad, chips: Chips): Run[] {
  const { size, ranks, full, requests } = replica(candidate, load, chips)
  const steady = (steadyRate(candidate) * size) / meanLength(load.output)
  return BATCH_SHARES.map((share) => {
    const maxSequences = Math.max(1, Math.floor(full * share))
    const workload = { ...candidate.scenario.workload, concurrency: ranks * maxSequences }
    const scenario = { ...candidate.scenario, workload }
    let count = Math.max(requests, Math.ceil(SLACK * load.seconds * steady))
    for (let attempt = 1; ; attempt++) {
      const { summary } = simulateRequests(scenario, drawn(load, count), { maxSequences })
      const wanted = Math.max(requests, Math.ceil((count * SLACK * load.seconds) / summary.span))
      if (attempt === ATTEMPTS || Math.abs(wanted / count - 1) < 0.02) {
        return { scenario, rate: summary.outputRate / size, running: summary.running }
      }
      count = wanted
    }
  })
}

function drawn({ prompt, output }: BenchmarkLoad, count: number, rate?: number): RequestTable {
  const arrivals = rate === undefined ? ({ kind: 'burst' } as const) : ({ kind: 'poisson', rate } as const)
  return drawRequests({ arrivals, prompt, output }, count, SEED)
}

function arriving(candidate: Candidate, load: BenchmarkLoad, chips: Chips): Run[] {
  const { slo = {} } = load
  const { size, full, requests } = replica(candidate, load, chips)
  const steady = (steadyRate(candidate, slo.tpot) * size) / meanLength(load.output)
  const count = Math.min(MOST_ARRIVALS, Math.max(requests, Math.ceil(load.seconds * steady)))
  const table = drawn(load, count, 1)
  return BUDGETS.flatMap((budget) => {
    const custom = budget === undefined ? {} : { tokenBudget: budget }
    const scenario = { ...candidate.scenario, ...custom }
    const { found } = highestRate(scenario, table, 1, { slo, maxSequences: full })
    if ('unknown' in found || 'unknown' in found.tpot) return []
    // The part simulated and the whole run end with the same drain.
    const drain = Math.max(0, (count * meanLength(load.output)) / found.outputRate - count / found.load)
    const span = Math.max(requests / found.load, load.seconds)
    const rate = (found.load * meanLength(load.output) * span) / (span + drain)
    return [{ scenario, rate: rate / size, running: found.outputRate * found.tpot.mean }]
  })
}
