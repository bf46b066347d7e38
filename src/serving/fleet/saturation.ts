import { denseIds } from './dense-id.ts'
import type { Unknown } from '../../catalog/index.ts'
import { ranksOf } from '../engine/engine-settings.ts'
import type { Fleet, FleetRun, Pool } from './fleet.ts'
import { type PrefixTable, prefixTable } from '../prefix/prefix-table.ts'
import { type RequestTable, isServable } from '../engine/request-table.ts'
import type { ClientLoop } from '../engine/simulate-closed-loop.ts'
import { simulateFleet } from './simulate-fleet.ts'
import { TICKS_PER_SECOND } from '../engine/tick.ts'
import type { PrefixBlocks } from '../trace/trace-table.ts'

/** How much of what a fleet can serve is asked of it. */
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
/** Requests of a mix with shared prefixes that are measured: what one finds in the cache depends on those before. */
const MOST_SHARED = 20_000

/**
 * Requests of the mix of `requests` per second that a fleet serves in the long run while its queue is never empty. The
 * mix is sent over and over, all at once. The requests that start at the same moment would all end at about the same
 * moment, wave upon wave; their outputs are cut to evenly spread remainders, which is the state that long runs come to.
 * Counted are admissions between the second filling and the last one (static batching: whole batches). Of equal replicas one
 * is measured, unless they share prefixes (then all, and a router that is aware of caches follows clients); of two pools the slower one and the links between count. Unknown when no request
 * fits the cache. Throws PincerError as `simulateFleet` does.
 */
export function saturatedRate(requests: RequestTable, fleet: Fleet): number | Unknown {
  const mix = mixOf(requests, fleet)
  const { rows, prompt, output } = mix
  if (rows.length === 0) return { unknown: 'no request fits the cache' }
  const { decode } = fleet
  if (decode === undefined) return poolRate(mix, fleet, requests.ready === true)
  const first = { ...mix, output: new Int32Array(rows.length).fill(1) }
  const kept = rows.map((_, i) => i).filter((i) => (output[i] ?? 0) > 1)
  const rates = [poolRate(first, fleet, false)]
  if (kept.length > 0) {
    const pick = (column: Int32Array): Int32Array => Int32Array.from(kept, (i) => column[i] ?? 0)
    const long = { rows: pick(rows), prompt: pick(prompt), output: pick(output), prefix: null }
    const share = rows.length / kept.length
    rates.push(times(poolRate(long, decode, true), share), times(linkRate(long, fleet), share))
  }
  const known = rates.filter((rate) => typeof rate === 'number')
  return known.length > 0 ? Math.min(...known) : (rates[0] ?? { unknown: 'no request fits the cache' })
}

/**
 * Offered load against capacity, for requests that come when they come. Unknown when they come all at once or the
 * capacity is unknown. Throws PincerError as `simulateFleet` does.
 */
export function offeredLoad(
  requests: RequestTable,
  fleet: Fleet,
  offered: number | Unknown = offeredRate(requests),
): OfferedLoad | Unknown {
  if (typeof offered !== 'number') return offered
  const capacity = saturatedRate(requests, fleet)
  return typeof capacity === 'number' ? { offered, capacity, rho: offered / capacity } : capacity
}

/** Requests per second between the first and the last arrival. */
export function offeredRate({ count, arrival }: Pick<RequestTable, 'count' | 'arrival'>): number | Unknown {
  let first = Infinity
  let last = 0
  for (let row = 0; row < count; row++) {
    first = Math.min(first, arrival[row] ?? 0)
    last = Math.max(last, arrival[row] ?? 0)
  }
  if (!(last > first)) return { unknown: 'requests come all at once' }
  return ((count - 1) / (last - first)) * TICKS_PER_SECOND
}

/** Lengths of the requests that fit, in the order in which they come, and the prefixes they share. */
interface Mix {
  /** Rows of the table that has the prefixes. */
  readonly rows: Int32Array
  readonly prompt: Int32Array
  readonly output: Int32Array
  readonly prefix: PrefixTable | null
}

function mixOf(requests: RequestTable, fleet: Fleet): Mix {
  const { count, arrival, prompt, output } = requests
  const { settings, decode } = fleet
  const fits = (row: number): boolean => {
    const [tokens, more] = [prompt[row] ?? 0, output[row] ?? 0]
    if (decode === undefined) return isServable(tokens, more, settings)
    return isServable(tokens, 1, settings) && isServable(tokens, more, decode.settings)
  }
  const rows = Int32Array.from({ length: count }, (_, row) => row).filter(fits)
  const prefix = requests.ready === true ? null : prefixTable(requests.prefix, count, settings)
  if (prefix !== null) rows.sort((a, b) => (arrival[a] ?? 0) - (arrival[b] ?? 0) || a - b)
  const pick = (column: RequestTable['prompt']): Int32Array => Int32Array.from(rows, (row) => column[row] ?? 0)
  return { rows, prompt: pick(prompt), output: pick(output), prefix }
}

function times(rate: number | Unknown, factor: number): number | Unknown {
  return typeof rate === 'number' ? rate * factor : rate
}

// Each replica of the prefill pool sends one cache at a time.
function linkRate({ prompt }: Mix, { replicas, transfer }: Fleet): number {
  const tokens = prompt.reduce((sum, length) => sum + length, 0) / prompt.length
  return (replicas * TICKS_PER_SECOND) / ((transfer?.perToken ?? 0) * tokens)
}

function poolRate(mix: Mix, pool: Pool, isReady: boolean): number | Unknown {
  const each = sequencesAtOnce(mix, pool)
  // Where prefixes are shared, what a replica finds depends on what the router sends to the others.
  const most = mix.prefix === null ? 1 : Math.max(1, Math.floor(MOST_SEQUENCES / each))
  const replicas = Math.min(pool.replicas, most)
  const atOnce = each * replicas
  const shared = mix.prefix === null ? 0 : Math.min(mix.rows.length, MOST_SHARED)
  const count = Math.max(shared, (FILLS + 2) * atOnce + FEWEST_MEASURED)
  const { timer, settings, router } = pool
  const fleet = { replicas, router, timer, settings }
  const isFollowing = router === 'cache-aware' && mix.prefix !== null && replicas > 1
  const rate = isFollowing
    ? followedRate(mix, fleet, atOnce, count)
    : backlogRate({ mix, atOnce, count, isReady }, fleet)
  return times(rate, pool.replicas / replicas)
}

// All requests are there from the start.
function backlogRate(backlog: Backlog, fleet: Fleet): number | Unknown {
  const { atOnce, count, isReady } = backlog
  const table = { count, arrival: new Float64Array(count), ready: isReady, ...columns(backlog, count, (row) => row) }
  return admissionRate(simulateFleet({ kind: 'requests', table }, fleet), 2 * atOnce, 1)
}

// A router that weighs what is under way needs requests that come as others end: twice as many clients as run at once.
function followedRate(mix: Mix, fleet: Fleet, atOnce: number, most: number): number | Unknown {
  const clients = 2 * atOnce
  const rounds = Math.ceil(most / clients)
  const count = clients * rounds
  const inTurn = (row: number): number => (row % rounds) * clients + Math.floor(row / rounds)
  const lengths = columns({ mix, atOnce, count, isReady: false }, count, inTurn)
  const run = simulateFleet({ kind: 'clients', loop: { clients, rounds, thinkTicks: 0, ...lengths } }, fleet)
  return admissionRate(run, 2 * atOnce, clients)
}

// Admissions per second from number `skipped` on, until a replica has none left or no more than `left` are to come.
function admissionRate(run: FleetRun, skipped: number, left: number): number | Unknown {
  const { scheduled, replica, pools } = run
  const last = new Float64Array(pools[0]?.length ?? 1)
  for (const [row, tick] of scheduled.entries()) {
    const at = replica[row] ?? 0
    if (tick > (last[at] ?? 0)) last[at] = tick
  }
  const starts = Float64Array.from(scheduled.filter((tick) => !Number.isNaN(tick))).sort()
  const from = starts[Math.min(skipped, starts.length - 1)] ?? 0
  const to = last.reduce((first, tick) => (tick > 0 && tick < first ? tick : first), starts.at(-left) ?? 0)
  if (to <= from) return { unknown: 'all requests fit at once' }
  const first = starts.findIndex((tick) => tick >= from)
  const behind = starts.findIndex((tick) => tick >= to)
  return ((behind - first) / (to - from)) * TICKS_PER_SECOND
}

/** Sequences that run at once in a replica, about: as many as allowed, or as the cache holds halfway through their outputs. */
function sequencesAtOnce({ prompt, output }: Mix, { settings }: Pool): number {
  const { blocks, blockSize, maxSequences } = settings
  let tokens = 0
  for (let i = 0; i < prompt.length; i++) tokens += (prompt[i] ?? 0) + (output[i] ?? 0) / 2
  const held = Math.ceil((blocks * blockSize) / (tokens / prompt.length))
  return Math.max(1, Math.min(ranksOf(settings) * Math.min(maxSequences, held), MOST_SEQUENCES))
}

interface Backlog {
  readonly mix: Mix
  /** Requests that start together, more or less. */
  readonly atOnce: number
  readonly count: number
  readonly isReady: boolean
}

// Lengths and prefixes of `count` rows; `placeOf` a row is its place in the mix that comes over and over.
function columns(
  { mix, atOnce, isReady }: Backlog,
  count: number,
  placeOf: (row: number) => number,
): Pick<ClientLoop, 'prompt' | 'output' | 'prefix'> {
  const { rows, prompt, output, prefix } = mix
  const { length } = rows
  const places = Int32Array.from({ length: count }, (_, row) => placeOf(row))
  // Remainders in scrambled order: the golden ratio spreads any number of them evenly.
  const share = (place: number): number => (place < atOnce ? (place * 0.618_033_988_749_895) % 1 : 1)
  const least = isReady ? 2 : 1
  return {
    prompt: places.map((place) => prompt[place % length] ?? 0),
    output: places.map((place) => Math.max(least, Math.ceil((output[place % length] ?? 0) * share(place)))),
    ...(prefix === null ? {} : { prefix: repeated(prefix, rows, places) }),
  }
}

// The prefixes over and over; what comes again has other content.
function repeated(prefix: PrefixTable, rows: Int32Array, places: Int32Array): PrefixBlocks {
  const { unitTokens, start } = prefix
  const { ids, kinds } = denseIds(prefix.ids)
  const { length } = rows
  const starts = new Float64Array(places.length + 1)
  for (const [i, place] of places.entries()) {
    const row = rows[place % length] ?? 0
    starts[i + 1] = (starts[i] ?? 0) + (start[row + 1] ?? 0) - (start[row] ?? 0)
  }
  const all = new Int32Array(starts[places.length] ?? 0)
  for (const [i, place] of places.entries()) {
    const from = start[rows[place % length] ?? 0] ?? 0
    const to = starts[i] ?? 0
    const base = kinds * Math.floor(place / length)
    for (let at = to; at < (starts[i + 1] ?? 0); at++) all[at] = base + (ids[from + at - to] ?? 0)
  }
  return { blockTokens: unitTokens, start: starts, ids: all }
}
