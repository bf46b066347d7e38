import type { Unknown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import {
  type LoadPrediction,
  type Prediction,
  type Scenario,
  predictScenario,
  simulateRequests,
} from '../predict/index.ts'
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
 * serves its share of the requests, which are drawn and simulated to the last token, the drain at the end included. Without `chips`: one
 * replica. Approximations: arrivals are split among replicas at random, which queues a little more than a balancing router; an offline
 * run is as short as it may be.
 * @throws PincerError `unsupported` for SRAM machines, whose batches are not simulated by mapping; as `simulateRequests` does
 */
export function benchmarkRun(scenario: Scenario, load: BenchmarkLoad, chips?: Chips): BenchmarkRun | Unknown {
  if (scenario.chip.kind === 'sram') {
    const message = `benchmark runs are not modelled on ${scenario.chip.id}`
    throw new PincerError({
      code: 'unsupported',
      path: ['chip'],
      message,
      suggestion: 'ask predict for its steady state',
    })
  }
  const promising = candidates(scenario)
    .flatMap((candidate) => {
      const steady = steadyBest(candidate, load.slo?.tpot)
      return steady === undefined ? [] : [{ scenario: candidate.scenario, steady }]
    })
    .toSorted((a, b) => perChip(b.steady) - perChip(a.steady))
    .slice(0, SIMULATED)
  const runs = promising.flatMap((one) => (load.slo === undefined ? offline : arriving)(one, load, chips))
  const best = runs.reduce<Run | undefined>((a, b) => (a === undefined || b.rate > a.rate ? b : a), undefined)
  if (best === undefined)
    return { unknown: `no deployment of ${scenario.model.id} on ${scenario.chip.id} keeps the limits` }
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

/** A deployment at the number of clients that suits it best. */
interface Promising {
  readonly scenario: Scenario
  readonly steady: LoadPrediction
}

function steadyBest({ points }: Candidate, tpot = Number.POSITIVE_INFINITY): LoadPrediction | undefined {
  const within = points.flatMap(({ load }) => (load.tpot.value <= tpot ? [load] : []))
  return within.reduce<LoadPrediction | undefined>(
    (a, b) => (a === undefined || perChip(b) > perChip(a) ? b : a),
    undefined,
  )
}

function perChip({ throughput }: LoadPrediction): number {
  return throughput.outputPerChip.value
}

interface Replica {
  /** Chips. */
  readonly size: Chips
  /** Requests per second in the steady state. */
  readonly rate: number
  readonly ranks: number
  /** Sequences that fill the cache of a rank. */
  readonly full: number
  /** Its share of the fewest requests of a run. */
  readonly requests: number
}

function replicaOf({ scenario, steady }: Promising, load: BenchmarkLoad, chips: Chips | undefined): Replica {
  const { chips: size, batch, throughput } = steady
  const ranks = scenario.mapping.dp
  return {
    size,
    rate: throughput.output.value / meanLength(load.output),
    ranks,
    full: Math.max(1, Math.min(MOST_SEQUENCES, Math.floor(batch.capacity / ranks))),
    requests: Math.max(1, Math.ceil((load.requests * size) / (chips ?? size))),
  }
}

function offline(promising: Promising, load: BenchmarkLoad, chips: Chips | undefined): Run[] {
  const { size, rate, ranks, full, requests } = replicaOf(promising, load, chips)
  return BATCH_SHARES.map((share) => {
    const maxSequences = Math.max(1, Math.floor(full * share))
    const workload = { ...promising.scenario.workload, concurrency: ranks * maxSequences }
    const scenario = { ...promising.scenario, workload }
    let count = Math.max(requests, Math.ceil(SLACK * load.seconds * rate))
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

function arriving(promising: Promising, load: BenchmarkLoad, chips: Chips | undefined): Run[] {
  const { slo = {} } = load
  const { size, rate, full, requests } = replicaOf(promising, load, chips)
  const count = Math.min(MOST_ARRIVALS, Math.max(requests, Math.ceil(load.seconds * rate)))
  const table = drawn(load, count, 1)
  const { concurrency } = promising.steady
  return BUDGETS.flatMap((budget) => {
    const workload = { ...promising.scenario.workload, concurrency }
    const scenario = { ...promising.scenario, workload, ...(budget === undefined ? {} : { tokenBudget: budget }) }
    const { found } = highestRate(scenario, table, 1, { slo, maxSequences: full })
    if ('unknown' in found || 'unknown' in found.tpot) return []
    // The part simulated and the whole run end with the same drain.
    const drain = Math.max(0, count / found.requestRate - count / found.load)
    const span = Math.max(requests / found.load, load.seconds)
    const output = (found.load * meanLength(load.output) * span) / (span + drain)
    return [{ scenario, rate: output / size, running: found.outputRate * found.tpot.mean }]
  })
}
