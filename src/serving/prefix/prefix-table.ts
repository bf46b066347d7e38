import type { EngineSettings } from '../engine/engine-settings.ts'
import { invalid } from '../engine/tick.ts'
import type { PrefixBlocks } from '../trace/trace-table.ts'

/** Prefix blocks of all requests. */
export interface PrefixTable {
  readonly unitTokens: number
  /** Request i has the units ids[start[i]] up to ids[start[i + 1] − 1]. */
  readonly start: Float64Array
  readonly ids: Int32Array
  /** By place in `ids`: 1 + the unit's place in the cache of the replica that serves the request, while the request holds it; else 0. */
  readonly heldAt: Int32Array
}

/**
 * Null where requests share nothing, or are not to. Throws PincerError `invalid_value` when the columns do not fit together, a block
 * of ids is no whole number of cache blocks, or an id comes twice in a request.
 */
export function prefixTable(
  prefix: PrefixBlocks | undefined,
  count: number,
  { blockSize, prefixCache = true }: EngineSettings,
): PrefixTable | null {
  if (prefix === undefined || !prefixCache) return null
  const { blockTokens, start, ids } = prefix
  if (!(Number.isInteger(blockTokens) && blockTokens >= 1 && blockTokens % blockSize === 0)) {
    const hint = `choose a block size that divides ${blockTokens}`
    throw invalid(['requests', 'prefix', 'blockTokens'], `is ${blockTokens}, cache blocks have ${blockSize}`, hint)
  }
  checkStart(start, count, ids.length)
  checkOnce(prefix, count)
  return { unitTokens: blockTokens, start, ids, heldAt: new Int32Array(start[count] ?? 0) }
}

function checkStart(start: Float64Array, count: number, total: number): void {
  if (start.length < count + 1) {
    const hint = 'give where the ids of each request start, and where the last end'
    throw invalid(['requests', 'prefix', 'start'], `has ${start.length} rows for ${count} requests`, hint)
  }
  let previous = 0
  for (let row = 0; row <= count; row++) {
    const at = start[row] ?? Number.NaN
    if (Number.isInteger(at) && at >= previous && at <= total) {
      previous = at
      continue
    }
    throw invalid(['requests', 'prefix', 'start', row], `is ${at}`, `give whole numbers that rise to at most ${total}`)
  }
}

// Ids name a block and all before it, so none can come again.
function checkOnce({ start, ids }: PrefixBlocks, count: number): void {
  const total = start[count] ?? 0
  let largest = 0
  for (let at = 0; at < total; at++) {
    const id = ids[at] ?? 0
    if (id < 0) throw invalid(['requests', 'prefix', 'ids', at], `is ${id}`, 'give 0 or more')
    if (id > largest) largest = id
  }
  // Small ids, as traces have them, are looked up in a column; others in a map.
  const last = largest <= 4 * total + 1024 ? new Int32Array(largest + 1) : null
  const lastSparse = new Map<number, number>()
  for (let row = 0; row < count; row++) {
    for (let at = start[row] ?? 0; at < (start[row + 1] ?? 0); at++) {
      const id = ids[at] ?? 0
      const before = last === null ? lastSparse.get(id) : last[id]
      if (before === row + 1) {
        const hint = 'an id stands for a block and everything before it'
        throw invalid(['requests', 'prefix', 'ids', at], `comes twice in request ${row}`, hint)
      }
      if (last === null) lastSparse.set(id, row + 1)
      else last[id] = row + 1
    }
  }
}
