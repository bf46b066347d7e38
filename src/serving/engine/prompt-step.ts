import { waitingCount } from './admission.ts'
import { BLOCKS, type Engine, RUNNING, WAITING } from './engine.ts'
import { addProduct } from './exact-sum.ts'
import { blocksOf, emitPromptToken, endDue } from './residence.ts'
import { madePartial } from '../prefix/shared-prefix.ts'
import { invalid } from './tick.ts'

/** F: ticks of a step by its tokens. Throws PincerError `invalid_value` when the table ends before. */
export function tableTicks(engine: Engine, tokens: number): number {
  if (tokens >= engine.ticksOf.length) {
    const hint = `tabulate the times of steps of up to ${tokens} tokens`
    throw invalid(['timer', 'tokens'], `a step has ${tokens} tokens, the table ${engine.ticksOf.length} entries`, hint)
  }
  return engine.ticksOf[tokens] ?? 0
}

/** A step with `tokens` of prompts and sequences, of which `decoding` decode, but for what they attend to. */
function passTicks(engine: Engine, tokens: number, decoding: number): number {
  if (decoding > 0 || engine.stageTicks < 0) return tableTicks(engine, tokens)
  return Math.round(engine.stageTicks * tokens)
}

// A pass with sequences takes as long as they need for all stages; prompts may need longer.
function pipelineLag(engine: Engine, tokens: number, ticks: number): number {
  if (engine.stageTicks < 0) return 0
  return Math.max(0, Math.round(engine.stageTicks * tokens) + engine.fillTicks - ticks)
}

/** Every decoding sequence has one step's tokens more in the cache. */
export function passStep(engine: Engine): void {
  engine.cached += engine.decoding * engine.gain
  engine.cursor = (engine.cursor + 1) & engine.mask
  const phase = engine.phase + engine.gain
  engine.phase = phase >= engine.blockSize ? phase - engine.blockSize : phase
}

/** One step with `tokens` prompt tokens as planned; all that decodes takes part, unless prompts run alone. */
export function promptStep(engine: Engine, tokens: number): void {
  const ticks = promptTicks(engine, tokens)
  spendTicks(engine, ticks)
  engine.steps += 1
  const decoding = engine.promptsAlone ? 0 : engine.decoding
  endPromptStep(engine, engine.width * decoding + tokens, ticks)
}

/** What the planned step with `tokens` prompt tokens takes. */
export function promptTicks(engine: Engine, tokens: number): number {
  const decoding = engine.promptsAlone ? 0 : engine.decoding
  const ticks =
    passTicks(engine, engine.width * decoding + tokens, decoding) +
    Math.round(engine.perPair * engine.pairs) +
    engine.loadTicks * engine.loads
  if (decoding === 0) return ticks
  return ticks + engine.perSequence * decoding + engine.mixedCached * engine.cached + engine.mixed + engine.drafting
}

/** Time passes with the batch and the blocks as they are. */
export function spendTicks(engine: Engine, ticks: number): void {
  engine.clock += ticks
  if (engine.free < engine.fewestFree) engine.fewestFree = engine.free
  addProduct(engine.sums, BLOCKS, engine.blocks - engine.free, ticks)
  addProduct(engine.sums, RUNNING, engine.running, ticks)
  const waiting = waitingCount(engine)
  if (waiting > 0) addProduct(engine.sums, WAITING, waiting, ticks)
}

/** What a step of `tokens` in all with prompts, which took `ticks`, has brought about: ended sequences, then first tokens. */
export function endPromptStep(engine: Engine, tokens: number, ticks: number): void {
  engine.lag = pipelineLag(engine, tokens, ticks)
  if (!engine.promptsAlone && engine.decoding > 0) {
    passStep(engine)
    endDue(engine)
  }
  for (let i = 0; i < engine.freshCount; i++) emitPromptToken(engine, engine.fresh[i] ?? 0)
}

/**
 * Steps in a row in which the cut prompt takes the whole budget without ending, and no sequence ends: nothing can be
 * admitted, so arrivals do not matter. False when the next step is not of this kind. The caller has made room for it.
 */
export function chunkSteps(engine: Engine): boolean {
  const decoding = engine.promptsAlone ? 0 : engine.decoding
  const chunk = engine.budget - engine.width * decoding
  let left = engine.partialPrompt - engine.partialDone
  if (chunk <= 0 || left <= chunk || isEndNext(engine, decoding)) return false
  const start = engine.clock
  const base =
    passTicks(engine, engine.width * decoding + chunk, decoding) +
    (decoding > 0 ? engine.perSequence * decoding + engine.mixed + engine.drafting : 0)
  const perCached = decoding > 0 ? engine.mixedCached : 0
  // Those that come with their cache join whatever else is going on.
  const until = engine.isReady ? engine.nextArrival : Infinity
  let clock = start
  do {
    const done = engine.partialDone
    if (!takeChunkBlocks(engine, done + chunk)) break
    const pairs = chunk * done + (chunk * (chunk + 1)) / 2
    const ticks = base + perCached * engine.cached + Math.round(engine.perPair * pairs)
    addProduct(engine.sums, BLOCKS, engine.blocks - engine.free, ticks)
    clock += ticks
    engine.steps += 1
    engine.partialDone = done + chunk
    left -= chunk
    if (engine.prefix !== null) madePartial(engine)
    if (decoding > 0) passStep(engine)
  } while (left > chunk && !isEndNext(engine, decoding) && clock < until)
  engine.clock = clock
  if (engine.free < engine.fewestFree) engine.fewestFree = engine.free
  addProduct(engine.sums, RUNNING, engine.running, clock - start)
  const waiting = waitingCount(engine)
  if (waiting > 0) addProduct(engine.sums, WAITING, waiting, clock - start)
  return true
}

function isEndNext(engine: Engine, decoding: number): boolean {
  return decoding > 0 && (engine.bucket[(engine.cursor + 1) & engine.mask] ?? -1) >= 0
}

// Blocks of the next step, in which the cut prompt comes to `tokens`; false when they are not free.
function takeChunkBlocks(engine: Engine, tokens: number): boolean {
  if (engine.reserves || engine.promptsAlone) return true
  const held = blocksOf(engine, tokens * engine.grain)
  const need = (engine.growth[engine.phase] ?? 0) + held - engine.partialBlocks
  if (need > engine.free) return false
  engine.free -= need
  engine.partialBlocks = held
  return true
}
