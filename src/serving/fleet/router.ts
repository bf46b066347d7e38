import { type ClientHeap, clientHeap, firstTick, popClient, pushClient } from '../engine/client-heap.ts'
import type { EngineSettings } from '../engine/engine-settings.ts'
import type { PrefixTable } from '../prefix/prefix-table.ts'
import type { Replica } from './replica.ts'
import { UnitList } from './unit-list.ts'

export const ROUTERS = ['round-robin', 'least-loaded', 'cache-aware'] as const

/**
 * Which replica gets a request: each in turn, the one with the fewest requests that have not ended, or the one with the least to
 * compute, counting what it was sent before as still in its cache.
 */
export type RouterKind = (typeof ROUTERS)[number]

/** Sends requests to the replicas of a pool, one after the other. */
export class Router {
  private readonly kind: RouterKind
  private readonly replicas: readonly Replica[]
  private readonly prefix: PrefixTable | null
  private readonly lists: readonly UnitList[]
  /** Prompt tokens that each request was thought to compute. */
  private readonly estimate: Int32Array
  /** Replicas whose last turn ended requests that still count, by the tick of that. */
  private readonly ends: ClientHeap
  private turns = 0

  constructor(kind: RouterKind, replicas: readonly Replica[], options: RouterOptions) {
    const { prefix, settings, count } = options
    this.kind = kind
    this.replicas = replicas
    this.ends = clientHeap(replicas.length)
    this.prefix = kind === 'cache-aware' ? prefix : null
    this.estimate = new Int32Array(kind === 'cache-aware' ? count : 0)
    const { blocks, blockSize } = settings
    this.lists =
      this.prefix === null
        ? []
        : replicas.map(() => new UnitList(Math.floor((blocks * blockSize) / (prefix?.unitTokens ?? 1))))
  }

  /** Sends `row`, which arrives at `tick`; the replica's number, and whether it had nothing to do. */
  send(row: number, tick: number, prompt: number, output: number): { number: number; isWoken: boolean } {
    this.settleUpTo(tick)
    const number = this.choose(row, prompt)
    const replica = this.replicas[number]
    const isWoken = replica?.isBusy === false
    if (replica !== undefined) {
      replica.outstanding += 1
      replica.receive(row, tick, prompt, output)
    }
    return { number, isWoken }
  }

  /** The replica's turn has ended requests at its clock. */
  noteEnds(replica: Replica): void {
    pushClient(this.ends, replica.number, replica.clock)
  }

  /** What ended by `tick` counts no more. */
  settleUpTo(tick: number): void {
    while (firstTick(this.ends) <= tick) {
      const replica = this.replicas[popClient(this.ends)]
      if (replica !== undefined) this.settle(replica)
    }
  }

  private settle(replica: Replica): void {
    replica.outstanding -= replica.ended.length
    if (this.kind === 'cache-aware') for (const row of replica.ended) replica.load -= this.estimate[row] ?? 0
    replica.settle()
  }

  private choose(row: number, prompt: number): number {
    if (this.kind === 'round-robin') return this.turns++ % this.replicas.length
    if (this.kind === 'cache-aware') return this.chooseByCache(row, prompt)
    let best = 0
    let fewest = Infinity
    for (const [i, { outstanding }] of this.replicas.entries()) {
      if (outstanding >= fewest) continue
      best = i
      fewest = outstanding
    }
    return best
  }

  private chooseByCache(row: number, prompt: number): number {
    const { prefix, replicas } = this
    let best = 0
    let least = Infinity
    let estimate = prompt
    for (let i = 0; i < replicas.length; i++) {
      const tokens = prefix === null ? prompt : prompt - this.matched(prefix, i, row, prompt) * prefix.unitTokens
      const cost = tokens + (replicas[i]?.load ?? 0)
      if (cost >= least) continue
      best = i
      least = cost
      estimate = tokens
    }
    this.estimate[row] = estimate
    const replica = replicas[best]
    if (replica !== undefined) replica.load += estimate
    if (prefix !== null) this.remember(prefix, best, row, prompt)
    return best
  }

  private matched(prefix: PrefixTable, replica: number, row: number, prompt: number): number {
    const list = this.lists[replica]
    if (list === undefined) return 0
    const from = prefix.start[row] ?? 0
    const most = promptUnits(prefix, row, prompt)
    let matched = 0
    while (matched < most && list.has(prefix.ids[from + matched] ?? 0)) matched += 1
    return matched
  }

  private remember(prefix: PrefixTable, replica: number, row: number, prompt: number): void {
    const list = this.lists[replica]
    if (list === undefined) return
    const from = prefix.start[row] ?? 0
    for (let at = from + promptUnits(prefix, row, prompt) - 1; at >= from; at--) list.touch(prefix.ids[at] ?? 0)
    list.trim()
  }
}

export interface RouterOptions {
  readonly prefix: PrefixTable | null
  readonly settings: EngineSettings
  readonly count: number
}

function promptUnits(prefix: PrefixTable, row: number, prompt: number): number {
  const units = (prefix.start[row + 1] ?? 0) - (prefix.start[row] ?? 0)
  return Math.min(units, Math.floor(prompt / prefix.unitTokens))
}
