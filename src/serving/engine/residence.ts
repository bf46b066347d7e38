import { type Engine, LAGS } from './engine.ts'
import { addProduct } from './exact-sum.ts'
import { giveBack, makeUnits } from '../prefix/shared-prefix.ts'

/** Blocks that hold `grains`, which are tokens unless decoding is speculative. */
export function blocksOf(engine: Engine, grains: number): number {
  const above = grains + engine.blockSize - 1
  return engine.blockShift >= 0 ? above >> engine.blockShift : (above / engine.blockSize) | 0
}

/** Takes a slot for row `id`, which enters the running list as its last member. */
export function occupy(engine: Engine, id: number, emitted: number): number {
  const spare = engine.spare - 1
  engine.spare = spare
  const slot = engine.spareSlots[spare] ?? 0
  engine.slotId[slot] = id
  engine.slotEmitted[slot] = emitted
  // One that comes with its cache has left no pipeline here.
  engine.slotLag[slot] = 0
  if (engine.prefix !== null) engine.slotTurn[slot] = engine.admissions++
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

/** Decoding steps that `tokens` more tokens take. */
export function stepsFor(engine: Engine, tokens: number): number {
  return engine.gain === engine.grain ? tokens : Math.ceil((tokens * engine.grain) / engine.gain)
}

/** The prompt in `slot` is complete: its next token is out now or, in a pipeline, a little later, and it decodes from the next step on. */
export function emitPromptToken(engine: Engine, slot: number): void {
  const id = engine.slotId[slot] ?? 0
  const emitted = engine.slotEmitted[slot] ?? 0
  engine.slotLag[slot] = engine.lag
  if (emitted === 0) engine.firstToken[id] = engine.clock + engine.lag
  const goal = (engine.prompt[id] ?? 0) + emitted
  const cache = engine.prefix
  if (cache !== null && (engine.reserves || engine.promptsAlone)) makeUnits(engine, cache, slot, goal)
  const remaining = (engine.output[id] ?? 0) - emitted - 1
  if (remaining === 0) end(engine, slot, goal * engine.grain)
  else startDecoding(engine, slot, goal * engine.grain, stepsFor(engine, remaining))
}

/** From the next step on the request in `slot` decodes for `steps` steps. */
export function startDecoding(engine: Engine, slot: number, context: number, steps: number): void {
  engine.decoding += 1
  engine.cached += context
  const due = (engine.cursor + steps) & engine.mask
  engine.slotDue[slot] = due
  const next = engine.bucket[due] ?? -1
  engine.slotNext[slot] = next
  engine.bucket[due] = slot
  if (next < 0) engine.marks[due >> 5] = (engine.marks[due >> 5] ?? 0) | (1 << (due & 31))
  if (!engine.reserves) enterClass(engine, slot, growthPhase(engine, context))
}

// The phase of the steps in which a sequence with `context` cached grains has none left of its last block.
function growthPhase(engine: Engine, context: number): number {
  if (engine.blockShift >= 0) return (engine.phase - context) & (engine.blockSize - 1)
  const lag = (engine.phase - context) % engine.blockSize
  return lag < 0 ? lag + engine.blockSize : lag
}

// A step moves a sequence by `gain` grains, so it needs a block if fewer than these are left: in as many phases.
function enterClass(engine: Engine, slot: number, phase: number): void {
  engine.slotClass[slot] = phase
  changeClass(engine, phase, 1)
}

function leaveClass(engine: Engine, slot: number): void {
  changeClass(engine, engine.slotClass[slot] ?? 0, -1)
}

function changeClass(engine: Engine, phase: number, by: number): void {
  const { growth, gain, blockSize } = engine
  growth[phase] = (growth[phase] ?? 0) + by
  for (let i = 1, at = phase; i < gain; i++) {
    at = at === 0 ? blockSize - 1 : at - 1
    growth[at] = (growth[at] ?? 0) + by
  }
}

/** Ends every sequence whose last token came with the step that `cursor` has just passed. */
export function endDue(engine: Engine): void {
  const due = engine.cursor
  let slot = engine.bucket[due] ?? -1
  if (slot < 0) return
  engine.bucket[due] = -1
  engine.marks[due >> 5] = (engine.marks[due >> 5] ?? 0) & ~(1 << (due & 31))
  if (engine.prefix !== null) slot = byAdmission(engine, slot)
  while (slot >= 0) {
    const next = engine.slotNext[slot] ?? -1
    const id = engine.slotId[slot] ?? 0
    // Without speculation the last token is where it would be without preemption, too.
    const context =
      engine.gain === 1 && engine.grain === 1
        ? (engine.prompt[id] ?? 0) + (engine.output[id] ?? 0) - 1
        : contextAfter(engine, slot, decodingSteps(engine, slot))
    engine.decoding -= 1
    engine.cached -= context
    if (!engine.reserves) leaveClass(engine, slot)
    end(engine, slot, context)
    slot = next
  }
}

// Equal ticks: the order in which units come free is that of admission. Merges by inserting; few end at a time.
function byAdmission(engine: Engine, first: number): number {
  const { slotNext, slotTurn } = engine
  let sorted = -1
  let slot = first
  while (slot >= 0) {
    const next = slotNext[slot] ?? -1
    const turn = slotTurn[slot] ?? 0
    if (sorted < 0 || turn < (slotTurn[sorted] ?? 0)) {
      slotNext[slot] = sorted
      sorted = slot
    } else {
      let before = sorted
      for (
        let after = slotNext[before] ?? -1;
        after >= 0 && (slotTurn[after] ?? 0) < turn;
        after = slotNext[after] ?? -1
      ) {
        before = after
      }
      slotNext[slot] = slotNext[before] ?? -1
      slotNext[before] = slot
    }
    slot = next
  }
  return sorted
}

// All decoding steps of the request in `slot`, from the end of its prompt on.
function decodingSteps(engine: Engine, slot: number): number {
  return stepsFor(engine, (engine.output[engine.slotId[slot] ?? 0] ?? 0) - (engine.slotEmitted[slot] ?? 0) - 1)
}

// Cached grains of the request in `slot` after so many decoding steps.
function contextAfter(engine: Engine, slot: number, steps: number): number {
  const goal = (engine.prompt[engine.slotId[slot] ?? 0] ?? 0) + (engine.slotEmitted[slot] ?? 0)
  return goal * engine.grain + steps * engine.gain
}

function end(engine: Engine, slot: number, context: number): void {
  const id = engine.slotId[slot] ?? 0
  const lag = engine.slotLag[slot] ?? 0
  engine.end[id] = engine.clock + lag
  if (lag > 0) addProduct(engine.sums, LAGS, 1, lag)
  const blocks = blocksOf(engine, context)
  if (engine.prefix === null) engine.free += blocks
  else giveBack(engine, slot, blocks, (engine.prompt[id] ?? 0) + (engine.output[id] ?? 0) - 1)
  vacate(engine, slot)
  if (engine.source !== null) engine.source.ended(engine, id, engine.clock + lag)
}

/** The last running request loses its blocks and waits in front of the others to compute its tokens again. */
export function preemptLast(engine: Engine): void {
  const slot = engine.last
  const id = engine.slotId[slot] ?? 0
  let emitted = engine.slotEmitted[slot] ?? 0
  if (slot === engine.partial) {
    giveBack(engine, slot, engine.partialBlocks, engine.partialDone)
    engine.partial = -1
  } else {
    const due = engine.slotDue[slot] ?? 0
    const steps = decodingSteps(engine, slot) - ((due - engine.cursor) & engine.mask)
    const context = contextAfter(engine, slot, steps)
    emitted += 1 + Math.floor((steps * engine.gain) / engine.grain)
    engine.decoding -= 1
    engine.cached -= context
    giveBack(engine, slot, blocksOf(engine, context), Math.floor(context / engine.grain))
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
