import { admitReady, makeRoom, planPrompts, waitingCount } from './admission.ts'
import { decodeSteps } from './decode-steps.ts'
import { type Engine, WAITING } from './engine.ts'
import { addProduct } from './exact-sum.ts'
import type { Observer } from './observer.ts'
import { chunkSteps, promptStep } from './prompt-step.ts'
import { checkClock } from './tick.ts'

/** More decoding steps than any sequence has. */
const ANY = 2 ** 30

/**
 * Runs the engine until nothing is left to do. Throws PincerError `invalid_value` when the clock passes the last exact
 * tick or a step has more tokens than the timer's table. The observer sees the engine after every turn.
 */
export function runEngine(engine: Engine, observer?: Observer): void {
  let isOn = true
  if (observer === undefined) while (isOn) isOn = turn(engine)
  for (; isOn; observer?.(engine)) isOn = turn(engine)
  // The clock never goes back, so one look at the end is enough.
  checkClock(engine.clock)
}

/** Whether the engine has requests. */
export function isBusy(engine: Engine): boolean {
  return engine.running > 0 || waitingCount(engine) > 0
}

/** A step with prompts, or a run of equal steps, or a jump to the next arrival; false when nothing is left. */
export function turn(engine: Engine): boolean {
  if (engine.nextArrival <= engine.clock) receive(engine)
  if (engine.isReady) admitReady(engine)
  if (engine.partial < 0 && waitingCount(engine) === 0) return engine.decoding > 0 ? decode(engine) : idle(engine)
  const alone = engine.promptsAlone
  const preempted = !alone && makeRoom(engine)
  if (engine.partial >= 0 && chunkSteps(engine)) return true
  // Blocks that decoding takes in this step come before those of new prompts.
  const growth = alone ? 0 : (engine.growth[engine.phase] ?? 0)
  engine.free -= growth
  const tokens = planPrompts(engine, !preempted && !(engine.gang && engine.running > 0))
  if (tokens > 0) {
    promptStep(engine, tokens)
    return true
  }
  engine.free += growth
  if (engine.decoding === 0) return idle(engine)
  if (!preempted) return decode(engine)
  engine.isOpen = false
  decodeSteps(engine, 1)
  return true
}

/** Decoding steps until something else can happen; one only when a sequence had to make room. */
function decode(engine: Engine): boolean {
  const isShort = makeRoom(engine)
  // A head of the queue that does not fit now does not fit before a sequence ends, since free blocks only become fewer,
  // and nobody skips it.
  engine.isOpen = engine.running < engine.maxSequences && !engine.gang && waitingCount(engine) === 0
  decodeSteps(engine, isShort ? 1 : stepsBeforeEviction(engine))
  return true
}

/**
 * Steps in which decoding evicts nothing from the prefix cache. A head of the queue that finds fewer of its units asks for fewer
 * blocks for its first chunk, so that it may fit as soon as one of them is gone; where blocks are asked for the whole prompt or
 * life, units that nobody holds count as blocks to be taken, and it makes no difference.
 */
function stepsBeforeEviction(engine: Engine): number {
  const { prefix, decoding } = engine
  if (prefix === null || engine.reserves || engine.promptsAlone) return ANY
  if (waitingCount(engine) === 0 || engine.running === engine.maxSequences) return ANY
  prefix.settle(engine.free)
  const blocksEach = Math.floor(prefix.plainAhead / decoding)
  return Math.max(1, (blocksEach - 1) * Math.floor(engine.blockSize / engine.gain))
}

/** Moves every request that has arrived by now into the queue. It has waited since its own arrival tick. */
function receive(engine: Engine): void {
  if (engine.source !== null) {
    engine.source.receive(engine)
    return
  }
  const { arrival, clock } = engine
  const count = arrival.length
  let known = engine.known
  let next = engine.nextArrival
  while (next <= clock) {
    addProduct(engine.sums, WAITING, 1, clock - next)
    known += 1
    next = known < count ? (arrival[known] ?? 0) : Infinity
  }
  engine.known = known
  engine.nextArrival = next
}

function idle(engine: Engine): boolean {
  const next = engine.nextArrival
  if (next === Infinity) return false
  const waiting = waitingCount(engine)
  if (waiting > 0) addProduct(engine.sums, WAITING, waiting, next - engine.clock)
  engine.idle += next - engine.clock
  engine.clock = next
  return true
}
