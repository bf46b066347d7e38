import type { Engine } from './engine.ts'

/** Blocks that hold `tokens`. */
export function blocksOf(engine: Engine, tokens: number): number {
  const above = tokens + engine.blockSize - 1
  return engine.blockShift >= 0 ? above >> engine.blockShift : (above / engine.blockSize) | 0
}

/** Takes a slot for row `id`, which enters the running list as its last member. */
export function occupy(engine: Engine, id: number, emitted: number): number {
  const spare = engine.spare - 1
  engine.spare = spare
  const slot = engine.spareSlots[spare] ?? 0
  engine.slotId[slot] = id
  engine.slotEmitted[slot] = emitted
  engine.running += 1
  if (!engine.reserves) {
    const last = engine.last
    engine.slotBefore[slot] = last
    engine.slotAfter[slot] = -1
    if (last >= 0) engine.slotAfter[last] = slot
    engine.last = slot
  }
  return slot
}

/** Gives the slot back and takes it out of the running list. */
export function vacate(engine: Engine, slot: number): void {
  engine.spareSlots[engine.spare] = slot
  engine.spare += 1
  engine.running -= 1
  if (!engine.reserves) {
    const before = engine.slotBefore[slot] ?? -1
    const after = engine.slotAfter[slot] ?? -1
    if (before >= 0) engine.slotAfter[before] = after
    if (after >= 0) engine.slotBefore[after] = before
    else engine.last = before
  }
}

/** The prompt in `slot` is complete: its next token is emitted at the clock, and it decodes from the next step on. */
export function emitPromptToken(engine: Engine, slot: number): void {
  const id = engine.slotId[slot] ?? 0
  const emitted = engine.slotEmitted[slot] ?? 0
  if (emitted === 0) engine.firstToken[id] = engine.clock
  const remaining = (engine.output[id] ?? 0) - emitted - 1
  const context = (engine.prompt[id] ?? 0) + emitted
  if (remaining === 0) {
    end(engine, slot, context)
    return
  }
  engine.decoding += 1
  engine.cached += context
  const due = (engine.cursor + remaining) & engine.mask
  engine.slotDue[slot] = due
  const next = engine.bucket[due] ?? -1
  engine.slotNext[slot] = next
  engine.bucket[due] = slot
  if (next < 0) engine.marks[due >> 5] = (engine.marks[due >> 5] ?? 0) | (1 << (due & 31))
  if (!engine.reserves) {
    const phase = growthPhase(engine, context)
    engine.slotClass[slot] = phase
    engine.growth[phase] = (engine.growth[phase] ?? 0) + 1
  }
}

// The phase at which a sequence with `context` cached tokens needs its next block.
function growthPhase(engine: Engine, context: number): number {
  if (engine.blockShift >= 0) return (engine.phase - context) & (engine.blockSize - 1)
  const lag = (engine.phase - context) % engine.blockSize
  return lag < 0 ? lag + engine.blockSize : lag
}

/** Ends every sequence whose last token came with the step that `cursor` has just passed. */
export function endDue(engine: Engine): void {
  const due = engine.cursor
  let slot = engine.bucket[due] ?? -1
  if (slot < 0) return
  engine.bucket[due] = -1
  engine.marks[due >> 5] = (engine.marks[due >> 5] ?? 0) & ~(1 << (due & 31))
  while (slot >= 0) {
    const next = engine.slotNext[slot] ?? -1
    const id = engine.slotId[slot] ?? 0
    const context = (engine.prompt[id] ?? 0) + (engine.output[id] ?? 0) - 1
    engine.decoding -= 1
    engine.cached -= context
    if (!engine.reserves) leaveClass(engine, slot)
    end(engine, slot, context)
    slot = next
  }
}

function end(engine: Engine, slot: number, context: number): void {
  const id = engine.slotId[slot] ?? 0
  engine.end[id] = engine.clock
  engine.free += blocksOf(engine, context)
  vacate(engine, slot)
  if (engine.source !== null) engine.source.ended(engine, id, engine.clock)
}

function leaveClass(engine: Engine, slot: number): void {
  const phase = engine.slotClass[slot] ?? 0
  engine.growth[phase] = (engine.growth[phase] ?? 0) - 1
}

/** The last running request loses its blocks and waits in front of the others to compute its tokens again. */
export function preemptLast(engine: Engine): void {
  const slot = engine.last
  const id = engine.slotId[slot] ?? 0
  let emitted = engine.slotEmitted[slot] ?? 0
  if (slot === engine.partial) {
    engine.free += engine.partialBlocks
    engine.partial = -1
  } else {
    const due = engine.slotDue[slot] ?? 0
    const output = engine.output[id] ?? 0
    emitted = output - ((due - engine.cursor) & engine.mask)
    const context = (engine.prompt[id] ?? 0) + emitted - 1
    engine.decoding -= 1
    engine.cached -= context
    engine.free += blocksOf(engine, context)
    leaveClass(engine, slot)
    leaveBucket(engine, slot, due)
  }
  vacate(engine, slot)
  engine.stackId[engine.stacked] = id
  engine.stackEmitted[engine.stacked] = emitted
  engine.stacked += 1
  engine.preempted += 1
  engine.preemptions[id] = (engine.preemptions[id] ?? 0) + 1
}

function leaveBucket(engine: Engine, slot: number, due: number): void {
  const next = engine.slotNext[slot] ?? -1
  const first = engine.bucket[due] ?? -1
  if (first === slot) {
    engine.bucket[due] = next
    if (next < 0) engine.marks[due >> 5] = (engine.marks[due >> 5] ?? 0) & ~(1 << (due & 31))
    return
  }
  let before = first
  while ((engine.slotNext[before] ?? -1) !== slot) before = engine.slotNext[before] ?? -1
  engine.slotNext[before] = next
}
