/**
 * Several replicas behind a router, and pools for prompts and for decoding with links between them: a plain loop over
 * the ticks at which something happens. Readings, beyond those of the single replica:
 *
 *  1. At a tick steps end first, then arrivals are routed, then handovers, then free replicas plan their next step.
 *  2. A router counts a request until it has ended in its own pool: in a prefill pool until its prompt is complete.
 *  3. The cache-aware router goes by the ids where the replicas' prefix cache is on, and its lists hold
 *     floor(blocks / u) units, blocks being those of one rank.
 *  4. Handovers at the same tick are routed in order of row, whichever replicas they come from.
 *  5. A link is taken in order of (prefill end, row), and a request that ends with its prompt never uses it.
 *  6. A client whose request is rejected sends the next one thinkTicks after it would have arrived.
 *  7. Of a request that runs in two pools preemptions are added up.
 */
import { type Replica, arrive, endStep, newReplica, startStep } from './replica.ts'
import { type Router, type RouterKind, newRouter, route } from './router.ts'
import {
  type Prefix,
  type Requests,
  type Sequence,
  type Settings,
  type Timer,
  isTooLong,
  newSequence,
  unitsOf,
} from './sequence.ts'
import { type Observer, unitTokens } from './serve.ts'

export interface Fleet {
  readonly replicas: number
  readonly router: RouterKind
  readonly timer: Timer
  readonly settings: Settings
  readonly decode?: DecodePool
  readonly transfer?: Transfer
}

export interface DecodePool {
  readonly replicas: number
  readonly router: 'round-robin' | 'least-loaded'
  readonly timer: Timer
  readonly settings: Settings
}

/** Ticks from the start of a transfer to the handover: latency + perToken·prompt; the link is busy for the latter. */
export interface Transfer {
  readonly latency: number
  readonly perToken: number
}

/** Clients who send `rounds` requests each, one after another; client c's requests are the rows c·rounds + round. */
export interface Clients {
  readonly clients: number
  readonly rounds: number
  readonly thinkTicks: number
  readonly start?: Float64Array
  readonly prompt: Int32Array
  readonly output: Int32Array
  readonly prefix?: Prefix
}

export type Load = { readonly kind: 'requests'; readonly table: Requests } | ClientLoad
type ClientLoad = { readonly kind: 'clients'; readonly loop: Clients }

/** One request on its way through the fleet. */
export interface Row {
  readonly row: number
  arrival: number
  /** In the only pool or the prefill pool; undefined if it is rejected or has yet to arrive. */
  prefill?: Sequence
  replica: number
  /** In the decode pool. */
  decode?: Sequence
  decodeReplica: number
}

export interface Handover {
  readonly row: Row
  /** Replica that computed the prompt. */
  readonly from: number
  readonly ready: number
  readonly start: number
  readonly tick: number
}

interface Pool {
  readonly router: Router
  readonly replicas: readonly Replica[]
}

export interface FleetRun {
  readonly fleet: Fleet
  readonly load: Load
  readonly rows: readonly Row[]
  readonly prefill: Pool
  readonly decode: Pool | undefined
  /** Requests that have yet to arrive. */
  readonly coming: Row[]
  /** All transfers, and those that have not been handed over. */
  readonly handovers: Handover[]
  readonly underway: Handover[]
  readonly observe: Observer
}

export function runFleet(load: Load, fleet: Fleet, observe: Observer = () => {}): FleetRun {
  const run = newRun(load, fleet, observe)
  for (let tick = nextTick(run); tick < Infinity; tick = nextTick(run)) {
    endSteps(run, tick)
    routeArrivals(run, tick)
    routeHandovers(run, tick)
    for (const replica of allReplicas(run)) {
      if (replica.step === undefined && startStep(replica, tick)) observe(replica, tick)
    }
  }
  return run
}

function newRun(load: Load, fleet: Fleet, observe: Observer): FleetRun {
  const requests = load.kind === 'requests' ? load.table : load.loop
  const { prefix } = requests
  const { replicas, router, timer, settings, decode } = fleet
  const blockTokens = unitTokens(load.kind === 'requests' ? load.table : { ...(prefix && { prefix }) }, settings)
  const keeps = blockTokens && Math.floor(settings.blocks / (blockTokens / settings.blockSize))
  const rows = Array.from(requests.prompt, (_, row): Row => {
    return { row, arrival: firstArrival(load, row), replica: -1, decodeReplica: -1 }
  })
  return {
    fleet,
    load,
    rows,
    prefill: {
      router: newRouter(router, replicas, blockTokens, keeps),
      replicas: Array.from({ length: replicas }, () => newReplica(timer, settings, blockTokens)),
    },
    decode: decode && {
      router: newRouter(decode.router, decode.replicas),
      replicas: Array.from({ length: decode.replicas }, () => newReplica(decode.timer, decode.settings)),
    },
    coming: rows.filter(({ arrival }) => arrival < Infinity),
    handovers: [],
    underway: [],
    observe,
  }
}

/** When the request arrives, or infinity if that is yet to be seen. */
function firstArrival(load: Load, row: number): number {
  if (load.kind === 'requests') return load.table.arrival[row]!
  const { rounds, start } = load.loop
  return row % rounds === 0 ? (start?.[row / rounds] ?? 0) : Infinity
}

function allReplicas({ prefill, decode }: FleetRun): Replica[] {
  return [...prefill.replicas, ...(decode?.replicas ?? [])]
}

function nextTick(run: FleetRun): number {
  const arrivals = run.coming.map(({ arrival }) => arrival)
  const handovers = run.underway.map(({ tick }) => tick)
  const ends = allReplicas(run).map(({ step }) => step?.end ?? Infinity)
  return Math.min(Infinity, ...arrivals, ...handovers, ...ends)
}

function endSteps(run: FleetRun, tick: number): void {
  const ended: Sequence[] = []
  for (const replica of allReplicas(run)) {
    if (replica.step?.end !== tick) continue
    ended.push(...endStep(replica))
    run.observe(replica, tick)
  }
  for (const sequence of ended.sort((a, b) => a.id - b.id)) settle(run, run.rows[sequence.id]!, tick)
}

/** A request has ended in one of its pools: it goes over the link, or its client thinks about the next. */
function settle(run: FleetRun, row: Row, tick: number): void {
  const { load, fleet, handovers, underway } = run
  const requests = load.kind === 'requests' ? load.table : load.loop
  if (fleet.decode === undefined || row.decode !== undefined || requests.output[row.row] === 1) {
    sendNext(run, row, tick)
    return
  }
  const { latency, perToken } = fleet.transfer ?? { latency: 0, perToken: 0 }
  const busy = perToken * row.prefill!.prompt
  const before = handovers.findLast(({ from }) => from === row.replica)
  const start = Math.max(tick, before === undefined ? 0 : before.start + perToken * before.row.prefill!.prompt)
  const handover = { row, from: row.replica, ready: tick, start, tick: start + latency + busy }
  handovers.push(handover)
  underway.push(handover)
}

/** Closed loop: the client of this request, which has ended at this tick, sends its next. */
function sendNext({ load, rows, coming }: FleetRun, { row }: Row, tick: number): void {
  if (load.kind === 'requests' || (row + 1) % load.loop.rounds === 0) return
  const next = rows[row + 1]!
  next.arrival = tick + load.loop.thinkTicks
  coming.push(next)
}

function routeArrivals(run: FleetRun, tick: number): void {
  const { coming, prefill } = run
  for (;;) {
    const due = coming.filter(({ arrival }) => arrival <= tick).sort((a, b) => a.row - b.row)[0]
    if (due === undefined) return
    coming.splice(coming.indexOf(due), 1)
    const sequence = sequenceOf(run, due)
    if (sequence === undefined) {
      sendNext(run, due, tick)
    } else {
      due.prefill = sequence
      due.replica = route(prefill.router, sequence)
      arrive(prefill.replicas[due.replica]!, sequence)
    }
  }
}

/** The request as the pool it arrives in sees it, or undefined if it cannot be served. */
function sequenceOf({ load, fleet }: FleetRun, { row, arrival }: Row): Sequence | undefined {
  const { prompt, output, prefix } = load.kind === 'requests' ? load.table : load.loop
  const ready = load.kind === 'requests' && load.table.ready === true
  const request = { id: row, arrival, prompt: prompt[row]!, output: output[row]!, units: unitsOf(prefix, row), ready }
  const whole = newSequence(request)
  if (fleet.decode === undefined) return isTooLong(whole, fleet.settings) ? undefined : whole
  const { maxContext = Infinity } = fleet.settings
  const prefill = newSequence({ ...request, output: 1 })
  const isRejected =
    isTooLong(prefill, fleet.settings) ||
    isTooLong(whole, fleet.decode.settings) ||
    whole.prompt + whole.output > maxContext
  return isRejected ? undefined : prefill
}

/** Hands over what has come through the links: the decode pool serves it as a ready request. */
function routeHandovers({ load, underway, decode }: FleetRun, tick: number): void {
  const { output } = load.kind === 'requests' ? load.table : load.loop
  const due = underway.filter((handover) => handover.tick <= tick).sort((a, b) => a.row.row - b.row.row)
  for (const handover of due) {
    underway.splice(underway.indexOf(handover), 1)
    const { row } = handover
    const { id, prompt } = row.prefill!
    row.decode = newSequence({ id, prompt, output: output[row.row]!, arrival: tick, ready: true })
    row.decodeReplica = route(decode!.router, row.decode)
    arrive(decode!.replicas[row.decodeReplica]!, row.decode)
  }
}
