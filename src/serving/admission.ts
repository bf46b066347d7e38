import type { Engine } from './engine.ts'
import { blocksOf, occupy, preemptLast } from './residence.ts'

/** Requests that have arrived and wait. */
export function waitingCount(engine: Engine): number {
  return engine.known - engine.head + engine.stacked
}

/** Blocks that the running requests need in the next step with decoding, the cut prompt's next chunk included. */
function growthNeed(engine: Engine): number {
  const decoding = engine.growth[engine.phase] ?? 0
  if (engine.partial < 0) return decoding
  const chunk = Math.min(engine.partialPrompt - engine.partialDone, engine.budget - engine.decoding)
  return decoding + blocksOf(engine, engine.partialDone + chunk) - engine.partialBlocks
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
  let budget = engine.promptsAlone ? engine.budget : engine.budget - engine.decoding
  let tokens = 0
  engine.pairs = 0
  engine.freshCount = 0
  if (engine.partial >= 0) {
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
    const held = blocksOf(engine, done + chunk)
    engine.free -= held - engine.partialBlocks
    engine.partialBlocks = held
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
  const id = again ? (engine.stackId[engine.stacked - 1] ?? 0) : engine.head
  const emitted = again ? (engine.stackEmitted[engine.stacked - 1] ?? 0) : 0
  const prompt = (engine.prompt[id] ?? 0) + emitted
  const chunk = Math.min(prompt, budget)
  let blocks = 0
  let wanted = 0
  if (engine.reserves) wanted = blocks = blocksOf(engine, prompt + (engine.output[id] ?? 0) - 1)
  else if (engine.promptsAlone) {
    blocks = blocksOf(engine, prompt)
    wanted = blocksOf(engine, prompt + 1)
  } else wanted = blocks = blocksOf(engine, chunk)
  if (engine.free - wanted < engine.watermark) return 0
  engine.free -= blocks
  if (again) engine.stacked -= 1
  else {
    engine.head += 1
    engine.scheduled[id] = engine.clock
  }
  const slot = occupy(engine, id, emitted)
  engine.pairs += (chunk * (chunk + 1)) / 2
  if (chunk === prompt) {
    engine.fresh[engine.freshCount] = slot
    engine.freshCount += 1
  } else {
    engine.partial = slot
    engine.partialPrompt = prompt
    engine.partialDone = chunk
    engine.partialBlocks = blocks
  }
  return chunk
}
