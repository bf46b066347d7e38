import type { EngineSettings } from './engine-settings.ts'
import type { PrefixTable } from './prefix-table.ts'

/**
 * Four numbers of a unit lie together, so that touching one costs one line of memory: its state, its neighbours in the list it is in
 * and the plain blocks before it. State: nowhere, in the host tier, or on the device with (state − 1) holders.
 */
const STATE = 0
const NEXT = 1
const PREVIOUS = 2
const GAP = 3
const ABSENT = 0
const HOST = -1
const UNHELD = 1

/**
 * The KV cache of equal prefixes of one replica. A unit is a block of the table's ids, `unitBlocks` blocks of the cache. What no
 * request holds lies in a queue in the order in which it will be given to others: units, and before each a gap of plain blocks.
 * Blocks that were handed out leave the queue only when its order is looked at (`settle`): until then they are a number.
 */
export class PrefixCache {
  readonly table: PrefixTable
  readonly unitBlocks: number
  readonly unitTokens: number
  /** Set by `find`: of the units found, those on the device that a request holds, and those in the host tier. */
  held = 0
  loaded = 0

  /** Given back plain blocks go to the end of the queue (vllm) or are the first to be used again (the others). */
  private readonly isOneQueue: boolean
  private readonly hostUnits: number
  private readonly units: Int32Array
  private head = -1
  private tail = -1
  /** Plain blocks behind the last unit, and all blocks in the queue. */
  private lastGap: number
  private total: number
  private hostHead = -1
  private hostTail = -1
  private hostCount = 0

  /** The empty cache of a replica. */
  constructor(table: PrefixTable, settings: EngineSettings) {
    this.table = table
    this.unitTokens = table.unitTokens
    this.unitBlocks = table.unitTokens / settings.blockSize
    this.isOneQueue = settings.policy === 'vllm'
    this.hostUnits = settings.hostUnits ?? 0
    this.units = new Int32Array(4 * table.kinds)
    this.lastGap = this.total = settings.blocks
  }

  /** Takes out of the queue what has been handed out since the last time: `free` blocks are left. */
  settle(free: number): void {
    if (this.total > free) this.take(this.total - free)
  }

  /** Blocks that will be handed out before the next unit is dropped. */
  get plainAhead(): number {
    return this.head < 0 ? this.lastGap : (this.units[4 * this.head + GAP] ?? 0)
  }

  /** Leading units of `row` that are there, at most as many as leave one of `goal` tokens to compute. */
  find(row: number, goal: number): number {
    const { start, ids } = this.table
    const { units } = this
    const from = start[row] ?? 0
    const most = Math.min((start[row + 1] ?? 0) - from, Math.floor((goal - 1) / this.unitTokens))
    let found = 0
    this.held = this.loaded = 0
    while (found < most) {
      const state = units[4 * (ids[from + found] ?? 0) + STATE] ?? 0
      if (state === ABSENT) break
      if (state === HOST) this.loaded += 1
      else if (state > UNHELD) this.held += 1
      found += 1
    }
    return found
  }

  /** `row` holds its first `count` units, all of which are there. */
  hold(row: number, count: number): void {
    const { start, ids, isHeld } = this.table
    const { units } = this
    const from = start[row] ?? 0
    for (let at = from; at < from + count; at++) {
      const unit = ids[at] ?? 0
      const state = units[4 * unit + STATE] ?? 0
      if (state === HOST) this.leaveHost(unit)
      else if (state === UNHELD) this.unlink(unit)
      units[4 * unit + STATE] = state === HOST ? UNHELD + 1 : state + 1
      isHeld[at] = 1
    }
  }

  /** Units from the row's `first` on that its `tokens` cached tokens fill and nobody else has become its own; how many. */
  make(row: number, first: number, tokens: number): number {
    const { start, ids, isHeld } = this.table
    const { units } = this
    const from = start[row] ?? 0
    const end = Math.min(start[row + 1] ?? 0, from + Math.floor(tokens / this.unitTokens))
    let made = 0
    for (let at = from + first; at < end; at++) {
      const unit = ids[at] ?? 0
      const state = units[4 * unit + STATE] ?? 0
      if (state >= UNHELD) continue
      if (state === HOST) this.leaveHost(unit)
      units[4 * unit + STATE] = UNHELD + 1
      isHeld[at] = 1
      made += 1
    }
    return made
  }

  /** Units of `row` from the first on that it holds without a break. */
  heldFront(row: number, first: number): number {
    const { start, isHeld } = this.table
    const from = start[row] ?? 0
    const end = start[row + 1] ?? 0
    let at = from + first
    while (at < end && isHeld[at] === 1) at += 1
    return at - from
  }

  /** `row` lets go of its units, after `plain` blocks that nobody else can use; blocks that came free. */
  release(row: number, plain: number): number {
    const { start, ids, isHeld } = this.table
    const { units } = this
    const from = start[row] ?? 0
    let freed = plain
    this.givePlain(plain)
    for (let at = (start[row + 1] ?? 0) - 1; at >= from; at--) {
      if (isHeld[at] !== 1) continue
      isHeld[at] = 0
      const unit = ids[at] ?? 0
      const state = (units[4 * unit + STATE] ?? 0) - 1
      units[4 * unit + STATE] = state
      if (state > UNHELD) continue
      this.append(unit)
      freed += this.unitBlocks
    }
    return freed
  }

  private givePlain(count: number): void {
    this.total += count
    if (this.isOneQueue || this.head < 0) this.lastGap += count
    else this.widenGap(this.head, count)
  }

  private widenGap(unit: number, count: number): void {
    this.units[4 * unit + GAP] = (this.units[4 * unit + GAP] ?? 0) + count
  }

  private append(unit: number): void {
    const { units } = this
    this.total += this.unitBlocks
    units[4 * unit + GAP] = this.lastGap
    this.lastGap = 0
    units[4 * unit + NEXT] = -1
    units[4 * unit + PREVIOUS] = this.tail
    if (this.tail >= 0) units[4 * this.tail + NEXT] = unit
    else this.head = unit
    this.tail = unit
  }

  private unlink(unit: number): void {
    const { units } = this
    const before = units[4 * unit + PREVIOUS] ?? -1
    const after = units[4 * unit + NEXT] ?? -1
    const gap = units[4 * unit + GAP] ?? 0
    this.total -= this.unitBlocks
    if (before >= 0) units[4 * before + NEXT] = after
    else this.head = after
    if (after >= 0) {
      units[4 * after + PREVIOUS] = before
      this.widenGap(after, gap)
    } else {
      this.tail = before
      this.lastGap += gap
    }
  }

  private take(count: number): void {
    this.total -= count
    let left = count
    while (left > 0) {
      const first = this.head
      const gap = first < 0 ? this.lastGap : (this.units[4 * first + GAP] ?? 0)
      if (gap === 0) {
        this.evict(first)
        continue
      }
      const taken = Math.min(gap, left)
      left -= taken
      if (first < 0) this.lastGap -= taken
      else this.units[4 * first + GAP] = gap - taken
    }
  }

  // The first unit becomes plain blocks at the head of the queue.
  private evict(unit: number): void {
    const after = this.units[4 * unit + NEXT] ?? -1
    this.head = after
    if (after >= 0) {
      this.units[4 * after + PREVIOUS] = -1
      this.widenGap(after, this.unitBlocks)
    } else {
      this.tail = -1
      this.lastGap += this.unitBlocks
    }
    if (this.hostUnits > 0) this.enterHost(unit)
    else this.units[4 * unit + STATE] = ABSENT
  }

  private enterHost(unit: number): void {
    const { units } = this
    units[4 * unit + STATE] = HOST
    units[4 * unit + NEXT] = -1
    units[4 * unit + PREVIOUS] = this.hostTail
    if (this.hostTail >= 0) units[4 * this.hostTail + NEXT] = unit
    else this.hostHead = unit
    this.hostTail = unit
    this.hostCount += 1
    if (this.hostCount <= this.hostUnits) return
    const oldest = this.hostHead
    this.leaveHost(oldest)
    units[4 * oldest + STATE] = ABSENT
  }

  private leaveHost(unit: number): void {
    const { units } = this
    const before = units[4 * unit + PREVIOUS] ?? -1
    const after = units[4 * unit + NEXT] ?? -1
    if (before >= 0) units[4 * before + NEXT] = after
    else this.hostHead = after
    if (after >= 0) units[4 * after + PREVIOUS] = before
    else this.hostTail = before
    this.hostCount -= 1
  }
}
