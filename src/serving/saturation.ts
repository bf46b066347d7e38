import type { Unknown } from '../catalog/index.ts'
import type { EngineSettings } from './engine-settings.ts'
import { type RequestTable, isServable } from './request-table.ts'
import { simulate } from './simulate.ts'
import { TICKS_PER_SECOND, type TickTimer } from './tick.ts'

/** How much of what the replica can serve is asked of it. */
export interface OfferedLoad {
  /** Requests per second that come, first to last arrival. */
  readonly offered: number
  /** Requests of the same mix per second that are served while the queue is never empty. */
  readonly capacity: number
  /** ρ = offered / capacity: from 1 on the queue grows without bound. */
  readonly rho: number
}

/** Requests measured, at least: the mean of their lengths is that of the mix to a few percent. */
const FEWEST_MEASURED = 1000
/** Times the replica is filled while it is measured. */
const FILLS = 4
/** Sequences at once beyond which a measurement would take too long. */
const MOST_SEQUENCES = 50_000

/**
 * Requests of the mix of `requests` per second that a replica serves in the long run while its queue is never empty. The
 * mix is sent over and over, all at once. The requests that start at the same moment would all end at about the same
 * moment, wave upon wave; their outputs are cut to evenly spread remainders, which is the state that long runs come to.
 * Counted are admissions between the second filling and the last one (static batching: whole batches). Unknown when no
 * request fits the cache. Throws PincerError as `simulate` does.
 */
export function saturatedRate(requests: RequestTable, timer: TickTimer, settings: EngineSettings): number | Unknown {
  const rows = servableRows(requests, settings)
  if (rows.length === 0) return { unknown: 'no request fits the cache' }
  const atOnce = sequencesAtOnce(requests, rows, settings)
  const table = backlog(requests, rows, atOnce, (FILLS + 2) * atOnce + FEWEST_MEASURED)
  const { scheduled } = simulate(table, timer, settings)
  const starts = Float64Array.from(scheduled.filter((tick) => !Number.isNaN(tick))).sort()
  const from = starts[Math.min(2 * atOnce, starts.length - 1)] ?? 0
  const to = starts.at(-1) ?? 0
  if (to <= from) return { unknown: 'all requests fit the replica at once' }
  const first = starts.findIndex((tick) => tick >= from)
  const last = starts.findIndex((tick) => tick >= to)
  return ((last - first) / (to - from)) * TICKS_PER_SECOND
}

/**
 * Offered load against capacity, for requests that come when they come. Unknown when they come all at once or the
 * capacity is unknown. Throws PincerError as `simulate` does.
 */
export function offeredLoad(requests: RequestTable, timer: TickTimer, settings: EngineSettings): OfferedLoad | Unknown {
  const offered = offeredRate(requests)
  if (typeof offered !== 'number') return offered
  const capacity = saturatedRate(requests, timer, settings)
  return typeof capacity === 'number' ? { offered, capacity, rho: offered / capacity } : capacity
}

/** Requests per second between the first and the last arrival. */
export function offeredRate({ count, arrival }: RequestTable): number | Unknown {
  let first = Infinity
  let last = 0
  for (let row = 0; row < count; row++) {
    first = Math.min(first, arrival[row] ?? 0)
    last = Math.max(last, arrival[row] ?? 0)
  }
  if (!(last > first)) return { unknown: 'requests come all at once' }
  return ((count - 1) / (last - first)) * TICKS_PER_SECOND
}

function servableRows({ count, prompt, output }: RequestTable, settings: EngineSettings): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row).filter((row) =>
    isServable(prompt[row] ?? 0, output[row] ?? 0, settings),
  )
}

/** Sequences that run at once, about: as many as allowed, or as the cache holds halfway through their outputs. */
function sequencesAtOnce({ prompt, output }: RequestTable, rows: Int32Array, settings: EngineSettings): number {
  let tokens = 0
  for (const row of rows) tokens += (prompt[row] ?? 0) + (output[row] ?? 0) / 2
  const held = Math.ceil((settings.blocks * settings.blockSize) / (tokens / rows.length))
  return Math.max(1, Math.min(settings.maxSequences, held, MOST_SEQUENCES))
}

function backlog(requests: RequestTable, rows: Int32Array, atOnce: number, count: number): RequestTable {
  const rowOf = (i: number): number => rows[i % rows.length] ?? 0
  // Remainders in scrambled order: the golden ratio spreads any number of them evenly.
  const share = (i: number): number => (i < atOnce ? (i * 0.618_033_988_749_895) % 1 : 1)
  return {
    count,
    arrival: new Float64Array(count),
    prompt: Int32Array.from({ length: count }, (_, i) => requests.prompt[rowOf(i)] ?? 0),
    output: Int32Array.from({ length: count }, (_, i) =>
      Math.max(1, Math.ceil((requests.output[rowOf(i)] ?? 0) * share(i))),
    ),
  }
}
