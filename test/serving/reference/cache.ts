/**
 * The blocks of one replica as a prefix cache: which units lie on the device and how many hold them, the queue of free
 * blocks, and the host tier behind it. Knows ids and blocks, but no requests.
 */

/** Free blocks in the queue: plain ones without content (unit null), or those of a unit that nobody holds. */
export interface FreeEntry {
  readonly unit: number | null
  readonly blocks: number
}

/** What happened to a unit: the kinds are explained where they are logged. */
export interface CacheEvent {
  readonly kind: 'revive' | 'share' | 'load' | 'make' | 'copy' | 'cap' | 'evict' | 'drop'
  readonly unit: number
  /** Request that did it; −1 where none in particular. */
  readonly row: number
}

export interface Cache {
  /** Whether a block is taken from the head of the queue even if that is a unit and plain blocks lie behind it. */
  readonly headFirst: boolean
  readonly unitBlocks: number
  readonly hostUnits: number
  /** Free blocks in the order in which they are taken. */
  readonly queue: FreeEntry[]
  /** Number of requests that hold each unit on the device; absent units have no entry. */
  readonly holders: Map<number, number>
  /** Units in the host tier, least recent first. */
  readonly host: number[]
  readonly log: CacheEvent[]
}

export function freeBlocks({ queue }: Cache): number {
  return queue.reduce((sum, { blocks }) => sum + blocks, 0)
}

/** Takes blocks out of the queue one by one. */
export function takeBlocks(cache: Cache, count: number): void {
  const { queue } = cache
  for (let taken = 0; taken < count; taken++) {
    const plain = cache.headFirst ? 0 : queue.findIndex(({ unit }) => unit === null)
    if (plain === -1 || queue[plain]?.unit !== null) evictHead(cache)
    const index = Math.max(0, plain)
    const { blocks } = queue[index]!
    queue.splice(index, 1, ...(blocks > 1 ? [{ unit: null, blocks: blocks - 1 }] : []))
  }
}

/** Makes the unit at the head of the queue plain blocks; the unit goes to the host, which may drop another for it. */
function evictHead({ queue, holders, host, hostUnits, log }: Cache): void {
  const entry = queue.shift()
  if (entry === undefined || entry.unit === null) throw new Error('no unit to evict')
  queue.unshift({ unit: null, blocks: entry.blocks })
  holders.delete(entry.unit)
  log.push({ kind: 'evict', unit: entry.unit, row: -1 })
  host.push(entry.unit)
  while (host.length > hostUnits) log.push({ kind: 'drop', unit: host.shift()!, row: -1 })
}

/** Puts plain blocks at the tail of the queue; plain neighbours are one entry, which changes nothing but its length. */
export function givePlain({ queue }: Cache, blocks: number): void {
  const tail = queue.at(-1)
  if (blocks === 0) return
  if (tail?.unit === null) queue.splice(-1, 1, { unit: null, blocks: tail.blocks + blocks })
  else queue.push({ unit: null, blocks })
}

/** One holder less; the last one puts the unit at the tail of the queue. */
export function letGo({ queue, holders, unitBlocks }: Cache, unit: number): void {
  const left = holders.get(unit)! - 1
  holders.set(unit, left)
  if (left === 0) queue.push({ unit, blocks: unitBlocks })
}

/** One holder more for a unit that lies on the device; nobody's unit leaves the queue. */
export function hold({ queue, holders, log }: Cache, unit: number, row: number): void {
  const before = holders.get(unit)!
  holders.set(unit, before + 1)
  if (before === 0) {
    const at = queue.findIndex((entry) => entry.unit === unit)
    queue.splice(at, 1)
  }
  log.push({ kind: before === 0 ? 'revive' : 'share', unit, row })
}

/** A unit becomes present on the device, with one holder, and leaves the host if it was there. */
export function bring({ holders, host, log }: Cache, unit: number, row: number, kind: 'load' | 'make'): void {
  if (holders.has(unit)) throw new Error(`unit ${unit} is on the device already`)
  if (host.includes(unit)) host.splice(host.indexOf(unit), 1)
  holders.set(unit, 1)
  log.push({ kind, unit, row })
}
