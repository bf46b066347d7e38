import type { EngineSettings } from './engine-settings.ts'
import { invalid } from './tick.ts'
import type { PrefixBlocks } from './trace-table.ts'

/** Prefix blocks of all requests, with ids numbered from 0 without gaps. */
export interface PrefixTable {
  readonly unitTokens: number
  /** Request i has the units ids[start[i]] up to ids[start[i + 1] − 1]. */
  readonly start: Float64Array
  readonly ids: Int32Array
  /** Different ids. */
  readonly kinds: number
  /** By place in `ids`: whether the request holds the unit now. A request is in one replica at a time, so all replicas share it. */
  readonly isHeld: Uint8Array
}

/**
 * Numbers the ids anew; null where requests share nothing, or are not to. Throws PincerError `invalid_value` when the columns do not fit together, a block of ids is no whole number
 * of cache blocks, or an id comes twice in a request.
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
  const total = start[count] ?? 0
  const dense = new Int32Array(total)
  const kinds = denseIds(ids, dense)
  checkOnce({ start, dense, kinds }, count)
  return { unitTokens: blockTokens, start, ids: dense, kinds, isHeld: new Uint8Array(total) }
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

// Small ids, as traces have them, are looked up in a table; others in a map.
function denseIds(ids: Int32Array, dense: Int32Array): number {
  let largest = 0
  for (let i = 0; i < dense.length; i++) {
    const id = ids[i] ?? 0
    if (id < 0) throw invalid(['requests', 'prefix', 'ids', i], `is ${id}`, 'give 0 or more')
    if (id > largest) largest = id
  }
  if (largest > 4 * dense.length + 1024) return sparseIds(ids, dense)
  const number = new Int32Array(largest + 1).fill(-1)
  let kinds = 0
  for (let i = 0; i < dense.length; i++) {
    const id = ids[i] ?? 0
    if ((number[id] ?? 0) < 0) number[id] = kinds++
    dense[i] = number[id] ?? 0
  }
  return kinds
}

function sparseIds(ids: Int32Array, dense: Int32Array): number {
  const number = new Map<number, number>()
  for (let i = 0; i < dense.length; i++) {
    const id = ids[i] ?? 0
    let known = number.get(id)
    if (known === undefined) number.set(id, (known = number.size))
    dense[i] = known
  }
  return number.size
}

interface DenseIds {
  readonly start: Float64Array
  readonly dense: Int32Array
  readonly kinds: number
}

// Ids name a block and all before it, so none can come again.
function checkOnce({ start, dense, kinds }: DenseIds, count: number): void {
  const seen = new Int32Array(kinds).fill(-1)
  for (let row = 0; row < count; row++) {
    for (let at = start[row] ?? 0; at < (start[row + 1] ?? 0); at++) {
      const unit = dense[at] ?? 0
      if (seen[unit] === row) {
        const hint = 'an id stands for a block and everything before it'
        throw invalid(['requests', 'prefix', 'ids', at], `comes twice in request ${row}`, hint)
      }
      seen[unit] = row
    }
  }
}
