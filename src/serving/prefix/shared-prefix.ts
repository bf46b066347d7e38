import type { Engine } from '../engine/engine.ts'
import type { PrefixCache } from './prefix-cache.ts'

/** Row of the table that request `id` of the engine is. */
export function rowOf(engine: Engine, id: number): number {
  return engine.rowOf === null ? id : (engine.rowOf[id] ?? 0)
}

/** Units of the request in `slot` that its `tokens` cached tokens fill and nobody has become its own. */
export function makeUnits(engine: Engine, cache: PrefixCache, slot: number, tokens: number): void {
  const row = rowOf(engine, engine.slotId[slot] ?? 0)
  const first = engine.slotFront[slot] ?? 0
  if ((first + 1) * cache.unitTokens > tokens) return
  cache.settle(engine.free)
  engine.slotShared[slot] = (engine.slotShared[slot] ?? 0) + cache.make(row, first, tokens)
  engine.slotFront[slot] = cache.heldFront(row, first)
}

/** The prompt that is cut has come to `partialDone` tokens. Engines other than vllm share a prompt when all of it is done. */
export function madePartial(engine: Engine): void {
  const cache = engine.prefix
  if (cache === null || engine.reserves || engine.promptsAlone) return
  makeUnits(engine, cache, engine.partial, engine.partialDone)
}

/** The request in `slot` gives back its `blocks`, of which others may use what its `tokens` cached tokens fill. */
export function giveBack(engine: Engine, slot: number, blocks: number, tokens: number): void {
  const cache = engine.prefix
  if (cache === null) {
    engine.free += blocks
    return
  }
  cache.settle(engine.free)
  makeUnits(engine, cache, slot, tokens)
  const plain = blocks - (engine.slotShared[slot] ?? 0) * cache.unitBlocks
  engine.free += cache.release(rowOf(engine, engine.slotId[slot] ?? 0), plain)
}
