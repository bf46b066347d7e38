import {
  type Chunk,
  type Engine,
  type Plan,
  admitHead,
  allocate,
  blocksFor,
  isAdmissible,
  missingBlocks,
  preemptLast,
} from './engine.ts'
import { type Policy, type Sequence, isPrefilling, lifetimeTokens, remainingPrompt } from './sequence.ts'

/** What each policy computes in the next step; plans admit, allocate and preempt, but emit nothing. */
export const PLANNERS: Readonly<Record<Policy, (engine: Engine) => Plan>> = {
  vllm: planVllm,
  sglang: planSglang,
  trtllm: planTrtllm,
  static: planStatic,
  continuous: planContinuous,
}

function planVllm(engine: Engine): Plan {
  const { running, waiting, settings } = engine
  const planned = new Map<Sequence, number>()
  let budget = settings.tokenBudget
  let preempted = 0

  for (const sequence of running) {
    if (budget === 0) continue
    const tokens = isPrefilling(sequence) ? Math.min(remainingPrompt(sequence), budget) : 1
    while (running.includes(sequence) && missingBlocks(engine, sequence, sequence.cached + tokens) > engine.free) {
      const victim = preemptLast(engine)
      preempted += 1
      budget += planned.get(victim) ?? 0
      planned.delete(victim)
    }
    if (!running.includes(sequence)) break
    allocate(engine, sequence, sequence.cached + tokens)
    planned.set(sequence, tokens)
    budget -= tokens
  }

  const slots = preempted > 0 ? 0 : settings.maxSequences
  while (waiting.length > 0 && budget > 0 && running.length < slots) {
    const tokens = Math.min(remainingPrompt(waiting[0]!), budget)
    if (!isAdmissible(engine, blocksFor(engine, tokens))) break
    const sequence = admitHead(engine, tokens)
    running.push(sequence)
    planned.set(sequence, tokens)
    budget -= tokens
  }

  const all = [...planned].map(([sequence, tokens]): Chunk => ({ sequence, tokens }))
  return {
    decodes: all.filter(({ sequence }) => !isPrefilling(sequence)).map(({ sequence }) => sequence),
    chunks: all.filter(({ sequence }) => isPrefilling(sequence)),
    preempted,
  }
}

function planSglang(engine: Engine): Plan {
  const chunks = sglangPrefill(engine)
  if (chunks.length > 0) return { decodes: [], chunks, preempted: 0 }
  const before = engine.running.length
  while (decodeBlocks(engine) > engine.free) preemptLast(engine)
  for (const sequence of engine.running) allocate(engine, sequence, sequence.cached + 1)
  return { decodes: [...engine.running], chunks: [], preempted: before - engine.running.length }
}

function sglangPrefill(engine: Engine): Chunk[] {
  const { running, waiting, settings } = engine
  const batch: Chunk[] = []
  let budget = settings.tokenBudget
  if (engine.chunked !== undefined) {
    const tokens = Math.min(remainingPrompt(engine.chunked), budget)
    batch.push({ sequence: engine.chunked, tokens })
    budget -= tokens
    if (tokens === remainingPrompt(engine.chunked)) engine.chunked = undefined
  }
  while (waiting.length > 0 && budget > 0 && running.length + batch.length < settings.maxSequences) {
    const { goal } = waiting[0]!
    const isAlone = running.length + batch.length === 0
    if (!isAdmissible(engine, blocksFor(engine, isAlone ? goal : goal + 1), isAlone)) break
    const sequence = admitHead(engine, goal)
    const tokens = Math.min(goal, budget)
    batch.push({ sequence, tokens })
    budget -= tokens
    if (tokens < goal) {
      engine.chunked = sequence
      break
    }
  }
  return batch
}

/** Blocks that one more token of every running sequence needs. */
function decodeBlocks(engine: Engine): number {
  return engine.running.reduce((sum, sequence) => sum + missingBlocks(engine, sequence, sequence.cached + 1), 0)
}

function planTrtllm(engine: Engine): Plan {
  const { running, waiting, settings } = engine
  const decodes = running.filter((sequence) => !isPrefilling(sequence))
  const chunks: Chunk[] = []
  let budget = Math.max(0, settings.tokenBudget - decodes.length)
  for (const sequence of running.filter(isPrefilling)) {
    const tokens = Math.min(remainingPrompt(sequence), budget)
    if (tokens > 0) chunks.push({ sequence, tokens })
    budget -= tokens
  }
  while (waiting.length > 0 && budget > 0 && running.length < settings.maxSequences) {
    const sequence = admitWithReservation(engine)
    if (sequence === undefined) break
    const tokens = Math.min(remainingPrompt(sequence), budget)
    running.push(sequence)
    chunks.push({ sequence, tokens })
    budget -= tokens
  }
  return { decodes, chunks, preempted: 0 }
}

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
  while (engine.waiting.length > 0 && engine.running.length < engine.settings.maxSequences) {
    const sequence = admitWithReservation(engine)
    if (sequence === undefined) break
    engine.running.push(sequence)
    chunks.push({ sequence, tokens: sequence.prompt })
  }
  return chunks
}

/** Admits the head of the queue with blocks for its whole life, or nobody when they do not fit. */
function admitWithReservation(engine: Engine): Sequence | undefined {
  const tokens = lifetimeTokens(engine.waiting[0]!)
  return isAdmissible(engine, blocksFor(engine, tokens)) ? admitHead(engine, tokens) : undefined
}
