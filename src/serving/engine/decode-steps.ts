import { waitingCount } from './admission.ts'
import { BLOCKS, type Engine, RUNNING, WAITING } from './engine.ts'
import { WORD, addProduct, addWord } from './exact-sum.ts'
import { passStep, tableTicks } from './prompt-step.ts'
import { endDue } from './residence.ts'

/** Decoding steps in a row above which adding them up in closed form is quicker than one by one. */
const MANY_STEPS = 32
/** Most steps walked between two looks at the exact sums. */
const WALK_STEPS = 64
/** Most steps added up at once; keeps every product below 2^53. */
const MOST_STEPS = 1024

/**
 * Decoding steps in a row, at least one and at most `most`, until a sequence ends, an arrival is due that matters, or
 * the next step's blocks are not free. The caller has made room for the first.
 */
export function decodeSteps(engine: Engine, most: number): void {
  const start = engine.clock
  const steps = Math.min(stepsToEnd(engine), most)
  if (steps > MANY_STEPS) manySteps(engine, steps)
  else walkSteps(engine, steps)
  const ticks = engine.clock - start
  if (engine.free < engine.fewestFree) engine.fewestFree = engine.free
  addProduct(engine.sums, RUNNING, engine.running, ticks)
  const waiting = waitingCount(engine)
  if (waiting > 0) addProduct(engine.sums, WAITING, waiting, ticks)
  endDue(engine)
}

// The clock at which decoding stops for an arrival.
function untilTick(engine: Engine): number {
  return engine.isOpen ? engine.nextArrival : Infinity
}

/** Steps to the next bucket that is not empty, ≥ 1. */
function stepsToEnd(engine: Engine): number {
  const from = (engine.cursor + 1) & engine.mask
  let word = from >> 5
  let bits = (engine.marks[word] ?? 0) >>> (from & 31)
  let steps = 1
  if (bits === 0) {
    const words = engine.mask >> 5
    steps += 32 - (from & 31)
    word = (word + 1) & words
    while ((bits = engine.marks[word] ?? 0) === 0) {
      steps += 32
      word = (word + 1) & words
    }
  }
  return steps + 31 - Math.clz32(bits & -bits)
}

// Adds up what it can, and walks where blocks run out on the way.
function manySteps(engine: Engine, most: number): void {
  let left = most
  do {
    const skipped = left > MANY_STEPS ? skipSteps(engine, Math.min(left, MOST_STEPS)) : 0
    left -= skipped > 0 ? skipped : walkSteps(engine, Math.min(left, WALK_STEPS))
  } while (left > 0 && engine.clock < untilTick(engine) && (engine.growth[engine.phase] ?? 0) <= engine.free)
}

// One by one, until blocks run out at the latest; steps taken, ≥ 1.
function walkSteps(engine: Engine, most: number): number {
  const { growth, blockSize, blocks, perCached, decoding, gain } = engine
  const more = decoding * gain
  const until = untilTick(engine)
  const base = tableTicks(engine, engine.width * decoding) + engine.perSequence * decoding + engine.drafting
  let { clock, cached, free, phase } = engine
  const longest = base + perCached * (cached + more * WALK_STEPS)
  if (blocks * longest * WALK_STEPS >= WORD) return walkLongStep(engine)
  let steps = 0
  let held = 0
  let need = growth[phase] ?? 0
  do {
    free -= need
    const ticks = base + perCached * cached
    held += (blocks - free) * ticks
    clock += ticks
    cached += more
    phase += gain
    if (phase >= blockSize) phase -= blockSize
    need = growth[phase] ?? 0
    steps += 1
  } while (steps < most && clock < until && need <= free)
  addWord(engine.sums, BLOCKS, held)
  engine.clock = clock
  engine.cached = cached
  engine.free = free
  engine.phase = phase
  engine.cursor = (engine.cursor + steps) & engine.mask
  engine.steps += steps
  return steps
}

/** The next step when only decoding goes on. */
export function decodeTicks(engine: Engine): number {
  const { decoding, perSequence, perCached, cached } = engine
  return tableTicks(engine, engine.width * decoding) + engine.drafting + perSequence * decoding + perCached * cached
}

// One step, whose products may pass 2^52.
function walkLongStep(engine: Engine): number {
  const ticks = decodeTicks(engine)
  engine.free -= engine.growth[engine.phase] ?? 0
  addProduct(engine.sums, BLOCKS, engine.blocks - engine.free, ticks)
  engine.clock += ticks
  engine.steps += 1
  passStep(engine)
  return 1
}

/**
 * Up to `most` steps at once: m steps take T(m) = m·a + b·m(m−1)/2 with a = F[n] + D·n + B·S and b = B·n·gain. Steps taken; 0 when
 * they are few, blocks run out on the way or the sums would pass 2^52, and the steps must be walked.
 */
function skipSteps(engine: Engine, most: number): number {
  const first = decodeTicks(engine)
  const slope = engine.perCached * engine.decoding * engine.gain
  const { growth, blockSize, blocks, phase, gain, period } = engine
  let steps = stepsUntil(first, slope, most, untilTick(engine) - engine.clock)
  while (steps > MANY_STEPS && blocks * ticksOfSteps(first, slope, steps) >= WORD) steps >>= 1
  if (steps <= MANY_STEPS) return 0
  const ticks = ticksOfSteps(first, slope, steps)
  const kinds = Math.min(steps, period)
  let grown = 0
  // Blocks taken at step j are held for T(steps) − T(j); j runs through k, k + period, …
  let held = (blocks - engine.free) * ticks
  for (let k = 0, at = phase; k < kinds; k++, at = at + gain >= blockSize ? at + gain - blockSize : at + gain) {
    const count = growth[at] ?? 0
    if (count === 0) continue
    const times = Math.floor((steps - 1 - k) / period) + 1
    const pairs = (times * (times - 1)) / 2
    const sum = times * k + period * pairs
    const squares = times * k * k + 2 * k * period * pairs + (period * period * pairs * (2 * times - 1)) / 3
    grown += count * times
    held += count * (times * ticks - first * sum - slope * ((squares - sum) / 2))
  }
  if (grown > engine.free) return 0
  engine.free -= grown
  addWord(engine.sums, BLOCKS, held)
  engine.clock += ticks
  engine.cached += engine.decoding * gain * steps
  engine.phase = (phase + gain * steps) % blockSize
  engine.cursor = (engine.cursor + steps) & engine.mask
  engine.steps += steps
  return steps
}

function ticksOfSteps(first: number, slope: number, steps: number): number {
  return steps * first + slope * ((steps * (steps - 1)) / 2)
}

/** The fewest steps that take `ticks` or more, or `most`: the root of T(m) = ticks, made exact by trying its neighbours. */
function stepsUntil(first: number, slope: number, most: number, ticks: number): number {
  if (!(ticksOfSteps(first, slope, most) > ticks)) return most
  const linear = first - slope / 2
  const root = (2 * ticks) / (linear + Math.sqrt(linear * linear + 2 * slope * ticks))
  let steps = Math.min(most, Math.max(1, Math.ceil(root)))
  while (steps > 1 && ticksOfSteps(first, slope, steps - 1) >= ticks) steps -= 1
  while (ticksOfSteps(first, slope, steps) < ticks) steps += 1
  return steps
}
