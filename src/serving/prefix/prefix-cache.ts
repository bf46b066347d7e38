import type { EngineSettings } from '../engine/engine-settings.ts'
import type { PrefixTable } from './prefix-table.ts'
import { UnitMap } from './unit-map.ts'

/**
 * Four numbers of a unit that is in the cache lie together: its state, its neighbours in the list it is in and the plain blocks
 * before it. State: in the host tier, or the number of requests that hold it on the device.
 */
const STATE = 0
const NEXT = 1
const PREVIOUS = 2
const GAP = 3
const HOST = -1
const UNHELD = 0

/**
 * The KV cache of equal prefixes of one replica. A unit is a block of the table's ids, `unitBlocks` blocks of the cache; each that is
 * there has a place. What no request holds lies in a queue in the order in which it will be given to others: units, and before
 * each a gap of plain blocks. Blocks that were handed out leave the queue only when its order is looked at (`settle`): until
 * then they are a number.
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
  private readonly placeOf: UnitMap
  private unitAt: Int32Array = new Int32Array(64)
  private links: Int32Array = new Int32Array(4 * 64)
  /** Places ever used; those left again are linked by NEXT from `spare` on. */
  private used = 0
  private spare = -1
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
    this.placeOf = new UnitMap(Math.min(2 ** 16, Math.ceil(settings.blocks / this.unitBlocks) + this.hostUnits))
    this.lastGap = this.total = settings.blocks
  }

  /** Takes out of the queue what has been handed out since the last time: `free` blocks are left. */
  settle(free: number): void {
    if (this.total > free) this.take(this.total - free)
  }

  /** Blocks that will be handed out before the next unit is dropped. */
  get plainAhead(): number {
    return this.head < 0 ? this.lastGap : (this.links[4 * this.head + GAP] ?? 0)
  }

  /** Leading units of `row` that are there, at most as many as leave one of `goal` tokens to compute. */
  find(row: number, goal: number): number {
    const { start, ids } = this.table
    const from = start[row] ?? 0
    const most = Math.min((start[row + 1] ?? 0) - from, Math.floor((goal - 1) / this.unitTokens))
    let found = 0
    this.held = this.loaded = 0
    while (found < most) {
      const place = this.placeOf.get(ids[from + found] ?? 0)
      if (place < 0) break
      const state = this.links[4 * place + STATE] ?? 0
      if (state === HOST) this.loaded += 1
      else if (state > UNHELD) this.held += 1
      found += 1
    }
    return found
  }

  /** `row` holds its first `count` units, all of which are there. */
  hold(row: number, count: number): void {
    const { start, ids, heldAt } = this.table
    const { links } = this
    const from = start[row] ?? 0
    for (let at = from; at < from + count; at++) {
      const place = this.placeOf.get(ids[at] ?? 0)
      const state = links[4 * place + STATE] ?? 0
      if (state === HOST) this.leaveHost(place)
      else if (state === UNHELD) this.unlink(place)
      links[4 * place + STATE] = state === HOST ? 1 : state + 1
      heldAt[at] = place + 1
    }
  }

  /** Units from the row's `first` on that its `tokens` cached tokens fill and nobody else has become its own; how many. */
  make(row: number, first: number, tokens: number): number {
    const { start, ids, heldAt } = this.table
    const from = start[row] ?? 0
    const end = Math.min(start[row + 1] ?? 0, from + Math.floor(tokens / this.unitTokens))
    let made = 0
    for (let at = from + first; at < end; at++) {
      const unit = ids[at] ?? 0
      const known = this.placeOf.claim(unit, this.nextPlace())
      const place = known < 0 ? this.enter(unit) : known
      if (known >= 0) {
        if (this.links[4 * place + STATE] !== HOST) continue
        this.leaveHost(place)
      }
      this.links[4 * place + STATE] = 1
      heldAt[at] = place + 1
      made += 1
    }
    return made
  }

  /** Units of `row` from the first on that it holds without a break; the first `first` are known to be. */
  heldFront(row: number, first: number): number {
    const { start, heldAt } = this.table
    const from = start[row] ?? 0
    const end = start[row + 1] ?? 0
    let at = from + first
    while (at < end && heldAt[at] !== 0) at += 1
    return at - from
  }

  /** `row` lets go of its units, after `plain` blocks that nobody else can use; blocks that came free. */
  release(row: number, plain: number): number {
    const { start, heldAt } = this.table
    const { links } = this
    const from = start[row] ?? 0
    let freed = plain
    this.givePlain(plain)
    for (let at = (start[row + 1] ?? 0) - 1; at >= from; at--) {
      const place = (heldAt[at] ?? 0) - 1
      if (place < 0) continue
      heldAt[at] = 0
      const state = (links[4 * place + STATE] ?? 0) - 1
      links[4 * place + STATE] = state
      if (state > UNHELD) continue
      this.append(place)
      freed += this.unitBlocks
    }
    return freed
  }

  private givePlain(count: number): void {
    this.total += count
    if (this.isOneQueue || this.head < 0) this.lastGap += count
    else this.widenGap(this.head, count)
  }

  private widenGap(place: number, count: number): void {
    this.links[4 * place + GAP] = (this.links[4 * place + GAP] ?? 0) + count
  }

  private append(place: number): void {
    const { links } = this
    this.total += this.unitBlocks
    links[4 * place + GAP] = this.lastGap
    this.lastGap = 0
    links[4 * place + NEXT] = -1
    links[4 * place + PREVIOUS] = this.tail
    if (this.tail >= 0) links[4 * this.tail + NEXT] = place
    else this.head = place
    this.tail = place
  }

  private unlink(place: number): void {
    const { links } = this
    const before = links[4 * place + PREVIOUS] ?? -1
    const after = links[4 * place + NEXT] ?? -1
    const gap = links[4 * place + GAP] ?? 0
    this.total -= this.unitBlocks
    if (before >= 0) links[4 * before + NEXT] = after
    else this.head = after
    if (after >= 0) {
      links[4 * after + PREVIOUS] = before
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
      const gap = first < 0 ? this.lastGap : (this.links[4 * first + GAP] ?? 0)
      if (gap === 0) {
        this.evict(first)
        continue
      }
      const taken = Math.min(gap, left)
      left -= taken
      if (first < 0) this.lastGap -= taken
      else this.links[4 * first + GAP] = gap - taken
    }
  }

  // The first unit becomes plain blocks at the head of the queue.
  private evict(place: number): void {
    const after = this.links[4 * place + NEXT] ?? -1
    this.head = after
    if (after >= 0) {
      this.links[4 * after + PREVIOUS] = -1
      this.widenGap(after, this.unitBlocks)
    } else {
      this.tail = -1
      this.lastGap += this.unitBlocks
    }
    if (this.hostUnits > 0) this.enterHost(place)
    else this.forget(place)
  }

  private enterHost(place: number): void {
    const { links } = this
    links[4 * place + STATE] = HOST
    links[4 * place + NEXT] = -1
    links[4 * place + PREVIOUS] = this.hostTail
    if (this.hostTail >= 0) links[4 * this.hostTail + NEXT] = place
    else this.hostHead = place
    this.hostTail = place
    this.hostCount += 1
    if (this.hostCount <= this.hostUnits) return
    const oldest = this.hostHead
    this.leaveHost(oldest)
    this.forget(oldest)
  }

  private leaveHost(place: number): void {
    const { links } = this
    const before = links[4 * place + PREVIOUS] ?? -1
    const after = links[4 * place + NEXT] ?? -1
    if (before >= 0) links[4 * before + NEXT] = after
    else this.hostHead = after
    if (after >= 0) links[4 * after + PREVIOUS] = before
    else this.hostTail = before
    this.hostCount -= 1
  }

  // The place that the next unit which was nowhere will have.
  private nextPlace(): number {
    return this.spare >= 0 ? this.spare : this.used
  }

  private enter(unit: number): number {
    const place = this.nextPlace()
    if (place === this.used) {
      this.used += 1
      if (place === this.unitAt.length) this.grow()
    } else this.spare = this.links[4 * place + NEXT] ?? -1
    this.unitAt[place] = unit
    return place
  }

  private forget(place: number): void {
    this.placeOf.delete(this.unitAt[place] ?? 0)
    this.links[4 * place + NEXT] = this.spare
    this.spare = place
  }

  private grow(): void {
    const { unitAt, links } = this
    this.unitAt = new Int32Array(2 * unitAt.length)
    this.unitAt.set(unitAt)
    this.links = new Int32Array(2 * links.length)
    this.links.set(links)
  }
}
