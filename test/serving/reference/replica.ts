/** One replica: its ranks, which start and end every step together. */
import { freeBlocks } from './cache.ts'
import { type Engine, type Plan, emptyEngine } from './engine.ts'
import { planRanks } from './policy.ts'
import { makeUnits, release } from './prefix.ts'
import { type Router, newRouter, route } from './router.ts'
import { type Sequence, type Settings, type Timer, emittedAfter, grainsOf, isPrefilling } from './sequence.ts'

/** One step of the log: [start, end) in ticks and what it held, all ranks together. */
export interface LoggedStep {
  readonly start: number
  readonly end: number
  /** Sequences that decode, and their cached grains before the step. */
  readonly n: number
  readonly s: number
  /** Prompt tokens, and the keys they attend to. */
  readonly p: number
  readonly q: number
  /** Units loaded from the host. */
  readonly loads: number
  readonly blocks: number
  readonly running: number
  /** Requests thrown out while the step was planned. */
  readonly preempted: number
  /** Ranks that do nothing although something runs there. */
  readonly stopped: number
  /** What each rank's own plan would take; 0 for one that has nothing to do. */
  readonly ticks: readonly number[]
}

export interface Replica {
  readonly timer: Timer
  readonly ranks: readonly Engine[]
  readonly rankRouter: Router
  /** The step under way, and what each rank computes in it. */
  step: LoggedStep | undefined
  plans: readonly Plan[]
  readonly log: LoggedStep[]
}

export function newReplica(timer: Timer, settings: Settings, blockTokens?: number): Replica {
  const { ranks: count = 1, rankRouter: kind = 'round-robin' } = settings
  const ranks = Array.from({ length: count }, () => emptyEngine(settings, blockTokens))
  return { timer, ranks, rankRouter: newRouter(kind, count), step: undefined, plans: [], log: [] }
}

/** A request joins the queue of one of the ranks. */
export function arrive(replica: Replica, sequence: Sequence): void {
  replica.ranks[route(replica.rankRouter, sequence)]!.waiting.push(sequence)
}

/** Plans the next step and starts it; false if no rank has anything to do. */
export function startStep(replica: Replica, clock: number): boolean {
  const { ranks, timer, log } = replica
  for (const engine of ranks) {
    engine.clock = clock
    engine.loads = 0
  }
  replica.plans = planRanks(ranks)
  if (!replica.plans.some(hasWork)) return false
  const preempted = replica.plans.reduce((sum, plan) => sum + plan.preempted, 0)
  const parts = replica.plans.map((plan, rank) => describePlan(ranks[rank]!, plan, timer))
  const ticks = parts.map((part) => part.ticks)
  const { n, s, p, q, loads, blocks, running, stopped } = parts.reduce(sumOf)
  const end = clock + Math.max(...ticks) + (timer.shared?.[ranks[0]!.speculation.width * n + p] ?? 0)
  replica.step = { start: clock, end, n, s, p, q, loads, blocks, running, preempted, stopped, ticks }
  log.push(replica.step)
  return true
}

function hasWork({ decodes, chunks }: Plan): boolean {
  return decodes.length + chunks.length > 0
}

type StepPart = Omit<LoggedStep, 'start' | 'end' | 'preempted' | 'ticks'> & { readonly ticks: number }

function describePlan(engine: Engine, plan: Plan, timer: Timer): StepPart {
  const { decodes, chunks } = plan
  const n = decodes.length
  const s = decodes.reduce((sum, sequence) => sum + grainsOf(sequence, engine.speculation), 0)
  const p = chunks.reduce((sum, { tokens }) => sum + tokens, 0)
  const q = chunks.reduce((sum, { sequence, tokens }) => sum + attendedKeys(sequence.cached, tokens), 0)
  const { loads } = engine
  const ticks = hasWork(plan) ? stepTicks(timer, { n, s, p, q, loads }, engine.speculation.width) : 0
  const inBatch = chunks.filter(({ sequence }) => !engine.running.includes(sequence)).length
  const blocks = engine.settings.blocks - freeBlocks(engine.cache)
  const running = engine.running.length + inBatch
  return { n, s, p, q, loads, blocks, running, stopped: running > 0 && !hasWork(plan) ? 1 : 0, ticks }
}

function sumOf(a: StepPart, b: StepPart): StepPart {
  return {
    n: a.n + b.n,
    s: a.s + b.s,
    p: a.p + b.p,
    q: a.q + b.q,
    loads: a.loads + b.loads,
    blocks: a.blocks + b.blocks,
    running: a.running + b.running,
    stopped: a.stopped + b.stopped,
    ticks: a.ticks + b.ticks,
  }
}

/** Keys that a chunk attends to: its i-th token sees what is cached, the chunk's tokens before it, and itself. */
function attendedKeys(cached: number, tokens: number): number {
  let keys = 0
  for (let i = 1; i <= tokens; i++) keys += cached + i
  return keys
}

type Work = Pick<LoggedStep, 'n' | 's' | 'p' | 'q'> & { readonly loads?: number }

export function stepTicks(timer: Timer, { n, s, p, q, loads = 0 }: Work, width = 1): number {
  const { pipeline } = timer
  const isPromptOnly = n === 0 && p > 0
  const tokens =
    isPromptOnly && pipeline !== undefined ? Math.round(pipeline.perToken * p) : timer.tokens[width * n + p]
  if (tokens === undefined) throw new Error(`no time for a pass of ${width * n + p} tokens`)
  const mixed = n > 0 && p > 0 ? timer.mixed : 0
  const { perSequence = 0, perCached, mixedCached = perCached, perPair, drafting = 0, loadTicks = 0 } = timer
  const cached = (p > 0 ? mixedCached : perCached) * s
  const drafted = n > 0 ? drafting : 0
  return tokens + perSequence * n + cached + Math.round(perPair * q) + mixed + drafted + loadTicks * loads
}

/** The step under way ends: tokens come out, decoding sequences' first. Returns the requests that end with it. */
export function endStep(replica: Replica): Sequence[] {
  const { step, plans, ranks } = replica
  if (step === undefined) throw new Error('no step is under way')
  replica.step = undefined
  return plans.flatMap((plan, rank) => {
    ranks[rank]!.clock = step.end
    return finishPlan(ranks[rank]!, plan, lagAfter(replica.timer, step, ranks[rank]!.speculation.width))
  })
}

/** How long after the step its prompts leave the last stage. */
function lagAfter({ pipeline }: Timer, { n, p, start, end }: LoggedStep, width: number): number {
  if (pipeline === undefined) return 0
  const out = start + Math.round(pipeline.perToken * (width * n + p)) + pipeline.fill
  return Math.max(0, out - end)
}

/** Moves everything forward that the plan computes; returns the requests that end. */
function finishPlan(engine: Engine, { decodes, chunks }: Plan, lag: number): Sequence[] {
  const ended: Sequence[] = []
  for (const sequence of decodes) {
    sequence.steps += 1
    emit(engine, sequence, emittedAfter(sequence, sequence.steps, engine.speculation))
    if (sequence.end !== undefined) ended.push(sequence)
  }
  for (const { sequence, tokens } of chunks) {
    sequence.cached += tokens
    if (isPrefilling(sequence)) continue
    if (!engine.running.includes(sequence)) join(engine, sequence)
    if (engine.settings.policy !== 'vllm') makeUnits(engine, sequence, sequence.goal)
    sequence.base = sequence.emitted.length + 1
    sequence.lag = lag
    emit(engine, sequence, sequence.base)
    if (sequence.end !== undefined) ended.push(sequence)
  }
  return ended
}

/** sglang: a prompt that is complete takes its place in the running list, which is in order of admission. */
function join({ running }: Engine, sequence: Sequence): void {
  const later = running.findIndex(({ admission }) => admission > sequence.admission)
  running.splice(later < 0 ? running.length : later, 0, sequence)
}

/** Emits tokens until there are so many; a request with all its tokens ends. */
function emit(engine: Engine, sequence: Sequence, count: number): void {
  while (sequence.emitted.length < count) sequence.emitted.push(engine.clock + sequence.lag)
  if (sequence.emitted.length < sequence.output) return
  sequence.end = engine.clock + sequence.lag
  engine.runningTime += BigInt(engine.clock - sequence.since)
  engine.running.splice(engine.running.indexOf(sequence), 1)
  release(engine, sequence)
}

/** What a replica did in all. */
export interface ReplicaTotals {
  readonly steps: number
  readonly busy: number
  readonly preempted: number
  readonly peakBlocks: number
  readonly waitingTime: bigint
  readonly runningTime: bigint
  readonly blockTime: bigint
}

export function totalsOf({ log, ranks }: Replica): ReplicaTotals {
  return {
    steps: log.length,
    busy: log.reduce((sum, { start, end }) => sum + (end - start), 0),
    preempted: log.reduce((sum, { preempted }) => sum + preempted, 0),
    peakBlocks: log.reduce((peak, { blocks }) => Math.max(peak, blocks), 0),
    waitingTime: ranks.reduce((sum, { waitingTime }) => sum + waitingTime, 0n),
    runningTime: ranks.reduce((sum, { runningTime }) => sum + runningTime, 0n),
    blockTime: log.reduce((sum, { start, end, blocks }) => sum + BigInt(blocks) * BigInt(end - start), 0n),
  }
}
