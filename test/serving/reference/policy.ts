import { admitHead, admitReady, admitWithReservation, fits, preemptLast, watermarkOf } from './admission.ts'
import { freeBlocks } from './cache.ts'
import {
  type Chunk,
  type Engine,
  type Plan,
  allocate,
  grainsAfterChunk,
  grainsAfterStep,
  missingBlocks,
} from './engine.ts'
import { findHits, makeUnits } from './prefix.ts'
import { type Policy, type Sequence, isPrefilling, remainingPrompt } from './sequence.ts'

/** What each policy computes in the next step; plans admit, allocate and preempt, but emit nothing. */
const PLANNERS: Readonly<Record<Exclude<Policy, 'sglang'>, (engine: Engine) => Plan>> = {
  vllm: planVllm,
  trtllm: planTrtllm,
  static: planStatic,
  continuous: planContinuous,
}

/** What each rank of a replica computes in the next step; sglang's ranks decode only if none has a prompt. */
export function planRanks(ranks: readonly Engine[]): Plan[] {
  const policy = ranks[0]!.settings.policy
  for (const engine of ranks) admitReady(engine)
  if (policy !== 'sglang') return ranks.map(PLANNERS[policy])
  const prompts = ranks.map((engine): Plan => ({ decodes: [], chunks: sglangPrompts(engine), preempted: 0 }))
  return prompts.some(({ chunks }) => chunks.length > 0) ? prompts : ranks.map(sglangDecodes)
}

/** The head of the queue, unless it is ready: those come in at the start of a plan or not at all. */
function headOf({ waiting }: Engine): Sequence | undefined {
  return waiting[0]?.ready === false ? waiting[0] : undefined
}

/** Tokens left for prompts beside this many decoding sequences. */
function promptBudget({ settings, speculation }: Engine, decoding: number): number {
  return Math.max(0, settings.tokenBudget - speculation.width * decoding)
}

/** All that runs in one step: every decode, and of the prompts under way what the budget leaves. */
function runningWork(engine: Engine): { decodes: Sequence[]; chunks: Chunk[]; budget: number } {
  const decodes = engine.running.filter((sequence) => !isPrefilling(sequence))
  const chunks: Chunk[] = []
  let budget = promptBudget(engine, decodes.length)
  for (const sequence of engine.running.filter(isPrefilling)) {
    const tokens = Math.min(remainingPrompt(sequence), budget)
    if (tokens > 0) chunks.push({ sequence, tokens })
    budget -= tokens
  }
  return { decodes, chunks, budget }
}

function planVllm(engine: Engine): Plan {
  let preempted = 0
  let work = runningWork(engine)
  while (decodeBlocks(engine, work.decodes) + chunkBlocks(engine, work.chunks) > freeBlocks(engine.cache)) {
    preemptLast(engine)
    preempted += 1
    work = runningWork(engine)
  }
  const { decodes, chunks } = work
  for (const sequence of decodes) allocate(engine, sequence, grainsAfterStep(engine, sequence))
  for (const chunk of chunks) {
    allocate(engine, chunk.sequence, grainsAfterChunk(engine, chunk))
    makeChunkUnits(engine, chunk)
  }
  if (preempted === 0) chunks.push(...vllmAdmissions(engine, work.budget))
  return { decodes, chunks, preempted }
}

/** Blocks that one more decode step of these sequences needs. */
function decodeBlocks(engine: Engine, sequences: readonly Sequence[]): number {
  const missing = sequences.map((sequence) => missingBlocks(engine, sequence, grainsAfterStep(engine, sequence)))
  return missing.reduce((sum, blocks) => sum + blocks, 0)
}

function chunkBlocks(engine: Engine, chunks: readonly Chunk[]): number {
  const missing = chunks.map((chunk) => missingBlocks(engine, chunk.sequence, grainsAfterChunk(engine, chunk)))
  return missing.reduce((sum, blocks) => sum + blocks, 0)
}

function makeChunkUnits(engine: Engine, { sequence, tokens }: Chunk): void {
  makeUnits(engine, sequence, sequence.cached + tokens)
}

function vllmAdmissions(engine: Engine, budget: number): Chunk[] {
  const { running, settings, speculation } = engine
  const chunks: Chunk[] = []
  for (let head = headOf(engine); head !== undefined; head = headOf(engine)) {
    if (budget === 0 || running.length >= settings.maxSequences) break
    const hits = findHits(engine, head)
    const tokens = Math.min(head.goal - hits.tokens, budget)
    const grains = (hits.tokens + tokens) * speculation.grain
    if (!fits(engine, hits, grains, watermarkOf(engine))) break
    const chunk = { sequence: admitHead(engine, hits, grains), tokens }
    makeChunkUnits(engine, chunk)
    running.push(chunk.sequence)
    chunks.push(chunk)
    budget -= tokens
  }
  return chunks
}

/** sglang's step if there are prompts: they run alone, and join the running list when they are complete. */
function sglangPrompts(engine: Engine): Chunk[] {
  const { running, settings, speculation } = engine
  const batch: Chunk[] = []
  let budget = settings.tokenBudget
  if (engine.chunked !== undefined) {
    const tokens = Math.min(remainingPrompt(engine.chunked), budget)
    batch.push({ sequence: engine.chunked, tokens })
    budget -= tokens
    if (tokens === remainingPrompt(engine.chunked)) engine.chunked = undefined
  }
  for (let head = headOf(engine); head !== undefined; head = headOf(engine)) {
    if (budget === 0 || running.length + batch.length >= settings.maxSequences) break
    const hits = findHits(engine, head)
    const own = head.goal * speculation.grain
    const isIdle = running.length + batch.length === 0
    const isAdmitted = isIdle
      ? fits(engine, hits, own, 0)
      : fits(engine, hits, own + speculation.grain, settings.watermark)
    if (!isAdmitted) break
    const tokens = Math.min(head.goal - hits.tokens, budget)
    const sequence = admitHead(engine, hits, own)
    batch.push({ sequence, tokens })
    budget -= tokens
    if (tokens < remainingPrompt(sequence)) {
      engine.chunked = sequence
      break
    }
  }
  return batch
}

/** sglang's step if no rank has a prompt. */
function sglangDecodes(engine: Engine): Plan {
  const { running, cache } = engine
  const before = running.length
  while (decodeBlocks(engine, running) > freeBlocks(cache)) preemptLast(engine)
  for (const sequence of running) allocate(engine, sequence, grainsAfterStep(engine, sequence))
  return { decodes: [...running], chunks: [], preempted: before - running.length }
}

function planTrtllm(engine: Engine): Plan {
  const { running, settings } = engine
  const { decodes, chunks, budget: left } = runningWork(engine)
  let budget = left
  while (headOf(engine) !== undefined && budget > 0 && running.length < settings.maxSequences) {
    const sequence = admitWithReservation(engine)
    if (sequence === undefined) break
    const tokens = Math.min(remainingPrompt(sequence), budget)
    chunks.push({ sequence, tokens })
    budget -= tokens
  }
  return { decodes, chunks, preempted: 0 }
}

/** Ready requests admitted just now are the whole batch, and decode at once. */
function planStatic(engine: Engine): Plan {
  if (engine.running.length > 0) return { decodes: [...engine.running], chunks: [], preempted: 0 }
  return { decodes: [], chunks: admitWholePrompts(engine), preempted: 0 }
}

function planContinuous(engine: Engine): Plan {
  const decodes = [...engine.running]
  return { decodes, chunks: admitWholePrompts(engine), preempted: 0 }
}

/** Admits in order while slots and reservations last; every prompt is computed whole. */
function admitWholePrompts(engine: Engine): Chunk[] {
  const chunks: Chunk[] = []
  while (headOf(engine) !== undefined && engine.running.length < engine.settings.maxSequences) {
    const sequence = admitWithReservation(engine)
    if (sequence === undefined) break
    chunks.push({ sequence, tokens: remainingPrompt(sequence) })
  }
  return chunks
}
