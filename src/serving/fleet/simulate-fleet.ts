import { checkFleet, checkLoad, checkSize } from './check-fleet.ts'
import { type ClientHeap, clientHeap, firstTick, popClient, pushClient } from '../engine/client-heap.ts'
import { addProduct, exactTotal } from '../engine/exact-sum.ts'
import type { Fleet, FleetLoad, FleetRun, Pool } from './fleet.ts'
import { type FleetInput, fleetInput } from './fleet-input.ts'
import { type PrefixTable, prefixTable } from '../prefix/prefix-table.ts'
import { Replica, type ReplicaTotals } from './replica.ts'
import { isServable } from '../engine/request-table.ts'
import { Router } from './router.ts'
import type { FleetObserver } from '../result/run-observer.ts'
import { FINISHED, REJECTED, emptyOutcome } from '../engine/simulation-run.ts'
import { checkClock } from '../engine/tick.ts'

/**
 * Replicas behind a router, or a prefill and a decode pool with a link between, exact to the tick. A request that does not fit a
 * replica of each pool is rejected as it arrives. Throws PincerError for input out of range.
 */
export function simulateFleet(load: FleetLoad, fleet: Fleet, observer?: FleetObserver): FleetRun {
  checkFleet(fleet)
  const input = fleetInput(load)
  const run = new FleetSimulation(input, fleet, observer ?? null)
  run.run()
  return run.result()
}

/** The state of a run. Work is a turn of a replica, an arrival, or a cache that has been handed over. */
class FleetSimulation {
  private readonly input: FleetInput
  private readonly fleet: Fleet
  private readonly arrivals: ClientHeap
  private readonly handovers: ClientHeap
  private readonly first: RunningPool
  private readonly second: RunningPool | null
  /** Of both pools, and those among them that have requests, by their clocks. */
  private readonly replicas: readonly Replica[]
  private readonly busy: ClientHeap
  private readonly linkFree: Float64Array
  private readonly arrival: Float64Array
  private readonly status: Uint8Array
  private readonly replica: Int32Array
  private readonly decodeReplica: Int32Array
  private readonly transferTicks = new Float64Array(2)
  /** Whether what ends may bring new work to other replicas. */
  private readonly isCoupled: boolean
  /** Until it has been told when the first request came. */
  private observer: FleetObserver | null

  constructor(input: FleetInput, fleet: Fleet, observer: FleetObserver | null) {
    const { count } = input
    this.observer = observer
    this.input = input
    this.fleet = fleet
    const { isReady } = input
    // Caches that come from elsewhere are shared with nobody.
    const prefix = isReady ? null : prefixTable(input.prefix, count, fleet.settings)
    checkLoad(fleet, input)
    checkSize(fleet, input, prefix)
    this.arrivals = clientHeap(input.sources)
    this.handovers = clientHeap(fleet.decode === undefined ? 0 : count)
    this.first = new RunningPool(fleet, input, { number: 0, prefix, isReady, observer })
    this.second =
      fleet.decode === undefined
        ? null
        : new RunningPool(fleet.decode, input, { number: 1, prefix: null, isReady: true, observer })
    this.replicas = [...this.first.replicas, ...(this.second?.replicas ?? [])]
    this.busy = clientHeap(this.replicas.length)
    this.linkFree = new Float64Array(fleet.replicas)
    this.arrival = new Float64Array(count).fill(Number.NaN)
    this.status = new Uint8Array(count).fill(REJECTED)
    this.replica = new Int32Array(count).fill(-1)
    this.decodeReplica = new Int32Array(count).fill(-1)
    this.isCoupled = input.isClosed || this.second !== null
  }

  run(): void {
    for (let source = 0; source < this.input.sources; source++) this.sendNext(source, 0)
    for (;;) {
      const tick = Math.min(firstTick(this.arrivals), firstTick(this.handovers))
      if (this.isCoupled) {
        if (!this.turnFirst(tick) && !this.deliver(tick)) break
      } else {
        this.turnAll(tick)
        if (!this.deliver(tick)) break
      }
    }
    for (const { clock } of this.replicas) checkClock(clock)
  }

  // Every busy replica up to the first end of a step at or after `tick`: nothing that ends concerns another one.
  private turnAll(tick: number): void {
    while (firstTick(this.busy) < tick) {
      const number = popClient(this.busy)
      const replica = this.replicas[number]
      if (replica === undefined) return
      while (replica.clock < tick && replica.isBusy) this.first.turn(replica, tick)
      if (replica.isBusy) pushClient(this.busy, number, replica.clock)
    }
  }

  // The busy replica that is furthest behind, if it is behind `tick`; no further than where the next one is.
  private turnFirst(tick: number): boolean {
    if (!(firstTick(this.busy) < tick)) return false
    const number = popClient(this.busy)
    const behind = this.replicas[number]
    if (behind === undefined) return false
    const isFirst = number < this.first.replicas.length
    const pool = isFirst ? this.first : this.second
    // Equal clocks: one goes first, and no run of steps may pass the other.
    const until = Math.max(Math.min(tick, firstTick(this.busy)), behind.clock + 1)
    pool?.turn(behind, until)
    if (behind.isBusy) pushClient(this.busy, number, behind.clock)
    this.passOn(behind, isFirst)
    return true
  }

  // What the ends of a turn set off: a cache goes over the link, or a client thinks.
  private passOn(replica: Replica, isFirst: boolean): void {
    if (replica.ended.length === 0) return
    const ended = replica.ended.map((row, i) => ({ row, tick: replica.endedTick[i] ?? 0 }))
    if (this.second !== null && isFirst) ended.sort((a, b) => a.row - b.row)
    for (const { row, tick } of ended) {
      if (isFirst && this.second !== null && (this.input.output[row] ?? 0) > 1) this.transfer(row, tick)
      else this.answered(row, tick)
    }
  }

  private transfer(row: number, tick: number): void {
    const { latency, perToken } = this.fleet.transfer ?? NO_TRANSFER
    const link = this.replica[row] ?? 0
    const start = Math.max(tick, this.linkFree[link] ?? 0)
    const sent = start + perToken * (this.input.prompt[row] ?? 0)
    this.linkFree[link] = sent
    pushClient(this.handovers, row, sent + latency)
    addProduct(this.transferTicks, 0, 1, sent + latency - tick)
  }

  private answered(row: number, tick: number): void {
    if (this.input.isClosed) this.sendNext(this.input.sourceOf(row), tick)
  }

  private sendNext(source: number, tick: number): void {
    const next = this.input.nextTick(source, tick)
    if (next !== Infinity) pushClient(this.arrivals, source, next)
  }

  // The arrival or handover that is due; false when nothing is left.
  private deliver(tick: number): boolean {
    if (tick === Infinity) return false
    if (firstTick(this.arrivals) === tick) this.arrive(popClient(this.arrivals), tick)
    else this.handOver(popClient(this.handovers), tick)
    return true
  }

  private arrive(source: number, tick: number): void {
    const row = this.input.take(source)
    const prompt = this.input.prompt[row] ?? 0
    const output = this.input.output[row] ?? 0
    this.arrival[row] = tick
    if (this.fits(prompt, output)) {
      this.observer?.start(tick)
      this.observer = null
      this.status[row] = FINISHED
      this.replica[row] = this.send(this.first, row, tick, this.second === null ? output : 1)
      if (!this.input.isClosed) this.sendNext(source, tick)
      return
    }
    this.sendNext(source, tick)
  }

  private fits(prompt: number, output: number): boolean {
    const { settings, decode } = this.fleet
    if (decode === undefined) return isServable(prompt, output, settings)
    return (
      isServable(prompt, output, decode.settings) &&
      isServable(prompt, 1, settings) &&
      prompt + output <= (settings.maxContext ?? Infinity)
    )
  }

  private handOver(row: number, tick: number): void {
    if (this.second !== null) this.decodeReplica[row] = this.send(this.second, row, tick, this.input.output[row] ?? 0)
  }

  // To a replica of the pool, which is at work from then on; its number in the pool.
  private send(pool: RunningPool, row: number, tick: number, output: number): number {
    const { number, isWoken } = pool.router.send(row, tick, this.input.prompt[row] ?? 0, output)
    const first = pool === this.first ? 0 : this.first.replicas.length
    if (isWoken) pushClient(this.busy, first + number, pool.replicas[number]?.clock ?? tick)
    return number
  }

  result(): FleetRun {
    const { count, prompt, output } = this.input
    const outcome = emptyOutcome(count)
    collect(outcome, this.first, true)
    if (this.second !== null) collect(outcome, this.second, false)
    const rejected = this.status.reduce((sum, status) => sum + (status === REJECTED ? 1 : 0), 0)
    const pools = (this.second === null ? [this.first] : [this.first, this.second]).map(({ replicas }) =>
      replicas.map((replica) => replica.totals()),
    )
    const lags = pools.flat().reduce((sum, { lagTicks }) => sum + lagTicks, 0n)
    return {
      ...outcome,
      count,
      arrival: this.arrival,
      prompt,
      output,
      status: this.status,
      replica: this.replica,
      decodeReplica: this.decodeReplica,
      finished: count - rejected,
      rejected,
      lastTick: this.replicas.reduce((last, { clock }) => Math.max(last, clock), 0),
      ...sumOf(pools.flat()),
      replicas: this.replicas.length,
      transferTicks: exactTotal(this.transferTicks, 0) + lags,
      pools,
    }
  }
}

interface PoolKind {
  readonly number: number
  readonly prefix: PrefixTable | null
  readonly isReady: boolean
  readonly observer: FleetObserver | null
}

/** Replicas at work and the router before them. */
class RunningPool {
  readonly replicas: readonly Replica[]
  readonly router: Router

  constructor(pool: Pool, input: FleetInput, kind: PoolKind) {
    const { timer, settings } = pool
    const { count, longestOutput } = input
    const { prefix, isReady, observer } = kind
    const options = { timer, settings, prefix, isReady, longestOutput, count }
    this.replicas = Array.from({ length: pool.replicas }, (_, number) => {
      const watch = observer === null ? null : () => observer.engine(kind.number, number)
      return new Replica({ ...options, number, watch })
    })
    this.router = new Router(pool.router, this.replicas, { prefix, settings, count })
  }

  /** A turn of one of the replicas; what ended before counts no more. */
  turn(replica: Replica, until: number): void {
    this.router.settleUpTo(replica.clock)
    replica.turn(until)
    if (replica.ended.length > 0) this.router.noteEnds(replica)
  }
}

const NO_TRANSFER = { latency: 0, perToken: 0 }

// The prefill pool schedules first and counts hits, the decode pool hands out the first token and ends; each counts preemptions.
function collect(outcome: ReturnType<typeof emptyOutcome>, pool: RunningPool, isFirst: boolean): void {
  for (const { engines } of pool.replicas) {
    for (const engine of engines) {
      for (let id = 0; id < engine.known; id++) {
        const row = engine.rowOf?.[id] ?? 0
        if (isFirst) outcome.scheduled[row] = engine.scheduled[id] ?? 0
        outcome.firstToken[row] = engine.firstToken[id] ?? 0
        outcome.end[row] = engine.end[id] ?? 0
        outcome.preemptions[row] = (outcome.preemptions[row] ?? 0) + (engine.preemptions[id] ?? 0)
        outcome.hitTokens[row] = (outcome.hitTokens[row] ?? 0) + (engine.hitTokens[id] ?? 0)
        outcome.hostTokens[row] = (outcome.hostTokens[row] ?? 0) + (engine.hostTokens[id] ?? 0)
      }
    }
  }
}

function sumOf(totals: readonly ReplicaTotals[]): Omit<ReplicaTotals, 'requests' | 'lagTicks'> {
  const count = (key: 'steps' | 'busyTicks' | 'preempted' | 'peakBlocks' | 'foundTokens' | 'loadedTokens'): number =>
    totals.reduce((sum, replica) => sum + replica[key], 0)
  const ticks = (key: 'waitingTicks' | 'runningTicks' | 'blockTicks'): bigint =>
    totals.reduce((sum, replica) => sum + replica[key], 0n)
  return {
    steps: count('steps'),
    busyTicks: count('busyTicks'),
    preempted: count('preempted'),
    foundTokens: count('foundTokens'),
    loadedTokens: count('loadedTokens'),
    peakBlocks: count('peakBlocks'),
    waitingTicks: ticks('waitingTicks'),
    runningTicks: ticks('runningTicks'),
    blockTicks: ticks('blockTicks'),
  }
}
