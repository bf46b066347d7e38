import { isBusy, turn } from '../engine/engine-loop.ts'
import { type EngineSettings, ranksOf } from '../engine/engine-settings.ts'
import { addRow } from '../engine/engine-rows.ts'
import type { ArrivalSource } from '../engine/engine-rules.ts'
import { BLOCKS, Engine, LAGS, RUNNING, WAITING } from '../engine/engine.ts'
import { addProduct, exactTotal } from '../engine/exact-sum.ts'
import type { Observer } from '../engine/observer.ts'
import { PrefixCache } from '../prefix/prefix-cache.ts'
import type { PrefixTable } from '../prefix/prefix-table.ts'
import { stepRanks } from './rank-step.ts'
import { emptyRows } from '../engine/request-table.ts'
import type { TickTimer } from '../engine/tick.ts'

export interface ReplicaOptions {
  /** In its pool, from 0. */
  readonly number: number
  readonly timer: TickTimer
  readonly settings: EngineSettings
  readonly prefix: PrefixTable | null
  readonly isReady: boolean
  readonly longestOutput: number
  /** Requests of the whole run, which bounds those in the replica. */
  readonly count: number
  /** Makes the observer of each rank; null: nobody watches. */
  readonly watch: (() => Observer) | null
}

/** Totals of a replica over a run. */
export interface ReplicaTotals {
  readonly requests: number
  readonly steps: number
  readonly busyTicks: number
  readonly preempted: number
  readonly foundTokens: number
  readonly loadedTokens: number
  readonly peakBlocks: number
  readonly waitingTicks: bigint
  readonly runningTicks: bigint
  readonly blockTicks: bigint
  /** Ticks that last tokens were on the way through a pipeline. */
  readonly lagTicks: bigint
}

/** One engine, or several ranks in lock step, as a router sees it. */
export class Replica {
  readonly number: number
  readonly engines: readonly Engine[]
  private readonly isLeastLoaded: boolean
  private readonly observers: readonly Observer[] | null
  private readonly shared: Float64Array | null
  private turns = 0
  private outstandingByRank: Int32Array
  private steps = 0
  private peak = 0
  /** Requests given to it that have not ended, and their load as the router weighs it. */
  outstanding = 0
  load = 0
  /** Rows that ended in the last turn, and the ticks at which their last tokens come: at the clock or a little later. */
  readonly ended: number[] = []
  readonly endedTick: number[] = []
  private readonly endedRank: number[] = []

  constructor(options: ReplicaOptions) {
    const { settings, count, timer, watch } = options
    this.number = options.number
    this.shared = timer.shared ?? null
    const ranks = ranksOf(settings)
    this.isLeastLoaded = settings.rankRouter !== 'round-robin'
    this.observers = watch === null ? null : Array.from({ length: ranksOf(settings) }, watch)
    this.outstandingByRank = new Int32Array(ranks)
    this.engines = Array.from({ length: ranks }, (_, rank) => this.engineOf(options, rank, Math.min(count, 64)))
  }

  private engineOf(options: ReplicaOptions, rank: number, rows: number): Engine {
    const { timer, settings, longestOutput, prefix, isReady, count } = options
    const source: ArrivalSource = {
      // Rows are added from outside; the tick of the next one only bounds a turn.
      receive: (engine) => {
        engine.nextArrival = Infinity
      },
      ended: (engine, id, tick) => {
        this.ended.push(engine.rowOf?.[id] ?? 0)
        this.endedTick.push(tick)
        this.endedRank.push(rank)
      },
    }
    return new Engine(emptyRows(new Float64Array(rows), new Int32Array(rows), new Int32Array(rows)), {
      timer,
      settings,
      longestOutput,
      source,
      prefix: prefix === null ? null : new PrefixCache(prefix, settings),
      rowOf: new Int32Array(rows),
      isReady,
      most: count,
    })
  }

  get clock(): number {
    return this.engines[0]?.clock ?? 0
  }

  get isBusy(): boolean {
    for (const engine of this.engines) if (isBusy(engine)) return true
    return false
  }

  /** Runs a step, or steps in which nothing changes, but no further than the first end of a step at or after `until`. */
  turn(until: number): void {
    const [engine] = this.engines
    if (engine === undefined) return
    if (this.engines.length === 1) {
      engine.nextArrival = until
      turn(engine)
    } else {
      stepRanks(this.engines, this.shared)
      this.steps += 1
      this.peak = Math.max(this.peak, blocksInStep(this.engines))
    }
    if (this.observers !== null) this.show(this.observers)
  }

  private show(observers: readonly Observer[]): void {
    for (const [rank, engine] of this.engines.entries()) observers[rank]?.(engine)
  }

  /** The request `row` arrives at `tick`; what ended by then has been settled. */
  receive(row: number, tick: number, prompt: number, output: number): void {
    if (!this.isBusy && this.clock < tick) this.sleep(tick)
    const rank = this.rankFor()
    const engine = this.engines[rank]
    if (engine === undefined) return
    this.outstandingByRank[rank] = (this.outstandingByRank[rank] ?? 0) + 1
    addRow(engine, { row, tick, prompt, output })
    addProduct(engine.sums, WAITING, 1, engine.clock - tick)
  }

  /** What ended in the last turn counts no more. */
  settle(): void {
    for (const rank of this.endedRank) this.outstandingByRank[rank] = (this.outstandingByRank[rank] ?? 0) - 1
    this.ended.length = this.endedTick.length = this.endedRank.length = 0
  }

  private sleep(tick: number): void {
    for (const engine of this.engines) {
      engine.idle += tick - engine.clock
      engine.clock = tick
    }
    if (this.observers !== null) this.show(this.observers)
  }

  private rankFor(): number {
    const ranks = this.engines.length
    if (!this.isLeastLoaded) return this.turns++ % ranks
    let best = 0
    for (let rank = 1; rank < ranks; rank++) {
      if ((this.outstandingByRank[rank] ?? 0) < (this.outstandingByRank[best] ?? 0)) best = rank
    }
    return best
  }

  totals(): ReplicaTotals {
    const { engines } = this
    const [first] = engines
    const sum = (pair: number): bigint => engines.reduce((total, engine) => total + exactTotal(engine.sums, pair), 0n)
    const isAlone = engines.length === 1
    return {
      requests: engines.reduce((total, engine) => total + engine.known, 0),
      steps: isAlone ? (first?.steps ?? 0) : this.steps,
      busyTicks: this.clock - (first?.idle ?? 0),
      preempted: engines.reduce((total, engine) => total + engine.preempted, 0),
      foundTokens: engines.reduce((total, engine) => total + engine.foundTokens, 0),
      loadedTokens: engines.reduce((total, engine) => total + engine.loadedTokens, 0),
      peakBlocks: isAlone && first !== undefined ? first.blocks - first.fewestFree : this.peak,
      waitingTicks: sum(WAITING),
      runningTicks: sum(RUNNING),
      blockTicks: sum(BLOCKS),
      lagTicks: sum(LAGS),
    }
  }
}

function blocksInStep(engines: readonly Engine[]): number {
  return engines.reduce((total, engine) => total + engine.stepBlocks, 0)
}
