import type { Engine } from './engine.ts'
import type { PrefixCache } from '../prefix/prefix-cache.ts'
import { blocksOf, occupy, preemptLast, startDecoding, stepsFor } from './residence.ts'
import { madePartial, makeUnits, rowOf } from '../prefix/shared-prefix.ts'

/** Requests that have arrived and wait. */
export function waitingCount(engine: Engine): number {
  return engine.known - engine.head + engine.stacked
}

// Tokens of prompts that fit into a step beside what decodes.
function promptBudget(engine: Engine): number {
  return Math.max(0, engine.budget - engine.width * engine.decoding)
}

/** Blocks that the running requests need in the next step with decoding, the cut prompt's next chunk included. */
function growthNeed(engine: Engine): number {
  const decoding = engine.growth[engine.phase] ?? 0
  if (engine.partial < 0) return decoding
  const chunk = Math.min(engine.partialPrompt - engine.partialDone, promptBudget(engine))
  return decoding + blocksOf(engine, (engine.partialDone + chunk) * engine.grain) - engine.partialBlocks
}

/**
 * Preempts from the end of the running list until the others fit; true if any had to go. Going through the list in
 * order and preempting the last whenever one does not fit leaves the same: the longest front part that fits.
 */
export function makeRoom(engine: Engine): boolean {
  if (engine.reserves || engine.decoding + engine.mostGrowth <= engine.free) return false
  if (growthNeed(engine) <= engine.free) return false
  do preemptLast(engine)
  while (growthNeed(engine) > engine.free)
  return true
}

/**
 * Prompt tokens of the step that starts at the clock: the cut prompt first, then waiting requests in order, none of
 * which skips another. Sets `pairs` and the `fresh` slots, whose prompts end in the step.
 */
export function planPrompts(engine: Engine, admits: boolean): number {
  let budget = engine.promptsAlone ? engine.budget : promptBudget(engine)
  let tokens = 0
  engine.pairs = 0
  engine.loads = 0
  engine.freshCount = 0
  if (engine.partial >= 0 && budget > 0) {
    tokens = continuePartial(engine, budget)
    budget -= tokens
  }
  if (!admits) return tokens
  while (budget > 0 && engine.running < engine.maxSequences && waitingCount(engine) > 0) {
    const chunk = admit(engine, budget)
    if (chunk === 0) break
    budget -= chunk
    tokens += chunk
  }
  return tokens
}

function continuePartial(engine: Engine, budget: number): number {
  const done = engine.partialDone
  const chunk = Math.min(engine.partialPrompt - done, budget)
  engine.pairs += chunk * done + (chunk * (chunk + 1)) / 2
  engine.partialDone = done + chunk
  if (!engine.reserves && !engine.promptsAlone) {
    const held = blocksOf(engine, (done + chunk) * engine.grain)
    engine.free -= held - engine.partialBlocks
    engine.partialBlocks = held
    madePartial(engine)
  }
  if (engine.partialDone === engine.partialPrompt) {
    engine.fresh[engine.freshCount] = engine.partial
    engine.freshCount += 1
    engine.partial = -1
  }
  return chunk
}

// Tokens of the head of the queue that enter the step; 0 when its blocks do not fit above the watermark.
function admit(engine: Engine, budget: number): number {
  const again = engine.stacked > 0
  if (!again && engine.isReady) return 0
  const id = again ? (engine.stackId[engine.stacked - 1] ?? 0) : engine.head
  const emitted = again ? (engine.stackEmitted[engine.stacked - 1] ?? 0) : 0
  const goal = (engine.prompt[id] ?? 0) + emitted
  const found = engine.prefix === null ? 0 : findUnits(engine, engine.prefix, id, goal)
  const cached = found === 0 || engine.prefix === null ? 0 : found * engine.prefix.unitTokens
  const chunk = Math.min(goal - cached, budget)
  const blocks = admissionBlocks(engine, id, emitted, cached + chunk)
  const shared = engine.prefix === null ? 0 : engine.prefix.held * engine.prefix.unitBlocks
  // Nothing runs that the watermark could protect, and nothing will ever end to make more room.
  if (engine.running > 0) {
    const wanted = engine.promptsAlone ? blocksOf(engine, (goal + 1) * engine.grain) : blocks
    if (engine.free - wanted + shared < engine.watermark) return 0
  } else if (engine.free - blocks + shared < 0) return 0
  engine.free -= blocks - shared
  leaveQueue(engine, id, again)
  const slot = occupy(engine, id, emitted)
  engine.pairs += chunk * cached + (chunk * (chunk + 1)) / 2
  if (engine.prefix !== null) shareUnits(engine, engine.prefix, slot, found, cached + chunk)
  if (cached + chunk === goal) {
    engine.fresh[engine.freshCount] = slot
    engine.freshCount += 1
  } else {
    engine.partial = slot
    engine.partialPrompt = goal
    engine.partialDone = cached + chunk
    engine.partialBlocks = blocks
  }
  return chunk
}

// Blocks that a request holds once `tokens` of its prompt are in the step: for its whole life, for the prompt, or for these.
function admissionBlocks(engine: Engine, id: number, emitted: number, tokens: number): number {
  const goal = (engine.prompt[id] ?? 0) + emitted
  if (engine.reserves) return blocksOf(engine, lifetimeGrains(engine, id))
  return blocksOf(engine, (engine.promptsAlone ? goal : tokens) * engine.grain)
}

// Grains in the cache when the last step of a request that was never preempted has run.
function lifetimeGrains(engine: Engine, id: number): number {
  return (engine.prompt[id] ?? 0) * engine.grain + stepsFor(engine, (engine.output[id] ?? 0) - 1) * engine.gain
}

function leaveQueue(engine: Engine, id: number, again: boolean): void {
  if (again) {
    engine.stacked -= 1
    return
  }
  engine.head += 1
  engine.scheduled[id] = engine.clock
}

function findUnits(engine: Engine, cache: PrefixCache, id: number, goal: number): number {
  cache.settle(engine.free)
  return cache.find(rowOf(engine, id), goal)
}

// The request holds what it found, and what its first chunk makes. The blocks have been counted off already.
function shareUnits(engine: Engine, cache: PrefixCache, slot: number, found: number, tokens: number): void {
  const id = engine.slotId[slot] ?? 0
  engine.slotShared[slot] = found
  engine.slotFront[slot] = found
  if (found > 0) {
    cache.hold(rowOf(engine, id), found)
    engine.loads += cache.loaded
    engine.foundTokens += found * cache.unitTokens
    engine.loadedTokens += cache.loaded * cache.unitTokens
    engine.hitTokens[id] = (engine.hitTokens[id] ?? 0) + found * cache.unitTokens
    engine.hostTokens[id] = (engine.hostTokens[id] ?? 0) + cache.loaded * cache.unitTokens
  }
  if (!engine.reserves && !engine.promptsAlone) makeUnits(engine, cache, slot, tokens)
}

/**
 * Requests that come with their cache start to decode in the step that is being planned, in order, as long as slots and blocks
 * last; none while a preempted one waits in front of them.
 */
export function admitReady(engine: Engine): void {
  if (engine.gang && engine.running > 0) return
  while (engine.stacked === 0 && engine.head < engine.known && engine.running < engine.maxSequences) {
    const id = engine.head
    const context = (engine.prompt[id] ?? 0) * engine.grain
    const wanted = blocksOf(engine, engine.reserves ? lifetimeGrains(engine, id) : context + engine.gain)
    if (engine.free - wanted < (engine.running > 0 ? engine.watermark : 0)) return
    engine.free -= engine.reserves ? wanted : blocksOf(engine, context)
    leaveQueue(engine, id, false)
    engine.firstToken[id] = engine.arrival[id] ?? 0
    startDecoding(engine, occupy(engine, id, 0), context, stepsFor(engine, (engine.output[id] ?? 0) - 1))
  }
}
