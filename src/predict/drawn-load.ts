import type { Unknown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import {
  type ArrivalProcess,
  type ClientLoop,
  type RequestTable,
  type Trace,
  drawLengths,
  drawRequests,
  inferencexLengths,
  meanRate,
  offeredRate,
  rng,
} from '../serving/index.ts'
import type { Workload } from './types.ts'
import { HARNESS } from './workload.ts'

/** Clients that wait for their answers. */
export interface ClientsLoad {
  readonly kind: 'clients'
  readonly notes: readonly string[]
  readonly loop: ClientLoop
  /** The same with another number of clients; each keeps its lengths. */
  readonly draw: (clients: number) => ClientLoop
}

/** Requests that come when they come. */
export interface OpenLoad {
  readonly kind: 'requests'
  readonly requests: RequestTable
  readonly notes: readonly string[]
  /** Requests per second: of the process, or of the trace from its first to its last. */
  readonly rate: number | Unknown
}

/** Requests of a drawn load when nobody says how many. */
export const DEFAULT_REQUESTS = 2000
/** Most requests of a load: their columns take about a gigabyte. */
export const MOST_REQUESTS = 20_000_000

/**
 * The clients of a workload, at least `requests` requests in all (default: the workload's rounds, or ten a client). Lengths are
 * uniform on [0.8, 1] of the workload's, as in public benchmarks.
 * @throws PincerError `too_large`
 */
export function clientsLoad(workload: Workload, requests: number | undefined, seed: number): ClientsLoad {
  const { isl, osl, concurrency } = workload
  const rounds = requests === undefined ? (workload.rounds ?? HARNESS.rounds) : Math.ceil(requests / concurrency)
  const count = concurrency * rounds
  if (count > MOST_REQUESTS) {
    throw new PincerError({
      code: 'too_large',
      path: ['requests'],
      message: `${count} requests are too many`,
      suggestion: `at most ${MOST_REQUESTS}`,
    })
  }
  const draw = (clients: number): ClientLoop => ({
    clients,
    rounds,
    thinkTicks: 0,
    prompt: drawLengths(inferencexLengths(isl), clients * rounds, rng(seed, 'prompt lengths')),
    output: drawLengths(inferencexLengths(osl), clients * rounds, rng(seed, 'output lengths')),
  })
  return { kind: 'clients', notes: [], loop: draw(concurrency), draw }
}

/** `requests` requests whose times follow a process; lengths as those of `clientsLoad`. */
export function arrivalsLoad(workload: Workload, arrivals: ArrivalProcess, requests: number, seed: number): OpenLoad {
  const drawn = { arrivals, prompt: inferencexLengths(workload.isl), output: inferencexLengths(workload.osl) }
  const rate = meanRate(arrivals) ?? { unknown: 'requests come all at once' }
  return { kind: 'requests', requests: drawRequests(drawn, requests, seed), notes: [], rate }
}

/**
 * The requests of a trace, with what there is to say of its rows.
 * @throws PincerError `missing_field` for a list without times
 */
export function traceLoad({ requests, report }: Trace): OpenLoad {
  if (!requests.timed) {
    const message = 'holds lengths without arrival times'
    throw new PincerError({ code: 'missing_field', path: ['trace'], message, suggestion: 'add an arrival column' })
  }
  const odd = [...report.skipped, ...report.adjusted].map(({ rows, reason }) => `${rows} rows of the trace: ${reason}`)
  const ties =
    report.ties === 0
      ? []
      : [`${report.ties} requests at the same time as the one before; they keep the order of the file`]
  return { kind: 'requests', requests, notes: [...odd, ...ties], rate: offeredRate(requests) }
}
