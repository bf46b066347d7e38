/**
 * The plain reference of the serving simulator: one step at a time, token by token, objects and arrays. Meant to be
 * obviously right, not fast. Where the written semantics leave room, this is the reading taken:
 *
 *  1. static: requests are taken in order of the queue, and the first whose reservation does not fit ends the batch.
 *  2. The watermark holds for every policy and every admission (a preempted request's too, and when nothing runs).
 *  3. sglang: admission tests ceil((P_rec + 1) / blockSize) but the request then holds ceil(P_rec / blockSize).
 *  4. A request that can never pass the watermark (or, under sglang, P_rec + 1 tokens) is not rejected: it stays at
 *     the head of the queue, nobody overtakes it, and the run ends with it and those behind it unfinished. They count
 *     as waiting until the run's last tick.
 *  5. The run's last tick is where the loop finds no plan and no later arrival. A request that is rejected leaves no
 *     trace but its own row: it never waits, and an idle engine's clock does not jump to its arrival.
 *  6. Waiting counts from the arrival itself, also when it falls inside a step.
 *     Running counts from the step that admits to the preemption or the end, so a chunked prompt runs.
 *  7. Blocks used in a step are those held once it is planned (after its preemptions and allocations); the peak is
 *     the greatest of these, so blocks that a plan hands out and takes back before the step starts do not count.
 *  8. sglang: a chunked prompt in progress is part of the batch when sequences are counted against maxSequences;
 *     decode steps ignore the token budget.
 *  9. trtllm: all running sequences decode whatever the budget (they can never be more than the budget: each took
 *     at least one token of it in the step that completed its prompt, beside those decoding then).
 */
import { type Engine, type Plan, emptyEngine, release } from './engine.ts'
import { PLANNERS } from './policy.ts'
import {
  type Requests,
  type Sequence,
  type Settings,
  type Timer,
  isPrefilling,
  lifetimeTokens,
  sequencesOf,
} from './sequence.ts'

/** One step of the log: [start, end) in ticks and what it held. */
export interface LoggedStep {
  readonly start: number
  readonly end: number
  /** Sequences that decode, and their cached tokens before the step. */
  readonly n: number
  readonly s: number
  /** Prompt tokens, and the keys they attend to. */
  readonly p: number
  readonly q: number
  readonly blocks: number
  readonly running: number
  /** Requests thrown out while the step was planned. */
  readonly preempted: number
}

export interface ReferenceRun {
  readonly sequences: readonly Sequence[]
  readonly steps: readonly LoggedStep[]
  readonly busy: number
  /** Tick at which the loop stopped. */
  readonly stopped: number
  readonly waitingTime: bigint
  readonly runningTime: bigint
  readonly blockTime: bigint
  readonly peakBlocks: number
  readonly preemptions: number
  readonly rejected: number
}

export function serveReference(requests: Requests, timer: Timer, settings: Settings): ReferenceRun {
  const engine = emptyEngine(settings)
  const sequences = sequencesOf(requests)
  const steps: LoggedStep[] = []
  for (const sequence of sequences) sequence.rejected = isTooLong(sequence, settings)
  const coming = sequences.filter(({ rejected }) => !rejected).sort((a, b) => a.arrival - b.arrival || a.id - b.id)
  for (;;) {
    while (coming.length > 0 && coming[0]!.arrival <= engine.clock) engine.waiting.push(coming.shift()!)
    const plan = PLANNERS[settings.policy](engine)
    if (plan.decodes.length + plan.chunks.length > 0) {
      steps.push(runStep(engine, plan, timer))
    } else if (coming.length > 0) {
      engine.clock = coming[0]!.arrival
    } else {
      break
    }
  }
  for (const sequence of engine.waiting) engine.waitingTime += BigInt(engine.clock - sequence.since)
  return {
    sequences,
    steps,
    busy: steps.reduce((sum, step) => sum + (step.end - step.start), 0),
    stopped: engine.clock,
    waitingTime: engine.waitingTime,
    runningTime: engine.runningTime,
    blockTime: steps.reduce((sum, step) => sum + BigInt(step.blocks) * BigInt(step.end - step.start), 0n),
    peakBlocks: steps.reduce((peak, step) => Math.max(peak, step.blocks), 0),
    preemptions: sequences.reduce((sum, sequence) => sum + sequence.preemptedAt.length, 0),
    rejected: sequences.filter((sequence) => sequence.rejected).length,
  }
}

function isTooLong(sequence: Sequence, { blocks, blockSize, maxContext = Infinity }: Settings): boolean {
  return lifetimeTokens(sequence) > blocks * blockSize || sequence.prompt + sequence.output > maxContext
}

function runStep(engine: Engine, plan: Plan, timer: Timer): LoggedStep {
  const step = describeStep(engine, plan, timer)
  for (const { sequence } of plan.chunks) sequence.scheduled ??= step.start
  engine.clock = step.end
  for (const sequence of plan.decodes) {
    sequence.cached += 1
    emit(engine, sequence)
  }
  for (const { sequence, tokens } of plan.chunks) {
    sequence.cached += tokens
    if (isPrefilling(sequence)) continue
    if (!engine.running.includes(sequence)) engine.running.push(sequence)
    emit(engine, sequence)
  }
  return step
}

function describeStep(engine: Engine, plan: Plan, timer: Timer): LoggedStep {
  const n = plan.decodes.length
  const s = plan.decodes.reduce((sum, sequence) => sum + sequence.cached, 0)
  const p = plan.chunks.reduce((sum, { tokens }) => sum + tokens, 0)
  const q = plan.chunks.reduce((sum, { sequence, tokens }) => sum + attendedKeys(sequence.cached, tokens), 0)
  const inBatch = plan.chunks.filter(({ sequence }) => !engine.running.includes(sequence)).length
  return {
    start: engine.clock,
    end: engine.clock + stepTicks(timer, { n, s, p, q }),
    n,
    s,
    p,
    q,
    blocks: engine.settings.blocks - engine.free,
    running: engine.running.length + inBatch,
    preempted: plan.preempted,
  }
}

/** Keys that a chunk attends to: its i-th token sees what is cached, the chunk's tokens before it, and itself. */
function attendedKeys(cached: number, tokens: number): number {
  let keys = 0
  for (let i = 1; i <= tokens; i++) keys += cached + i
  return keys
}

export function stepTicks(timer: Timer, step: Pick<LoggedStep, 'n' | 's' | 'p' | 'q'>): number {
  const tokens = timer.tokens[step.n + step.p]
  if (tokens === undefined) throw new Error(`no time for a pass of ${step.n + step.p} tokens`)
  const mixed = step.n > 0 && step.p > 0 ? timer.mixed : 0
  const { perSequence = 0, perCached, mixedCached = perCached, perPair } = timer
  const each = step.p > 0 ? mixedCached : perCached
  return tokens + perSequence * step.n + each * step.s + Math.round(perPair * step.q) + mixed
}

function emit(engine: Engine, sequence: Sequence): void {
  sequence.emitted.push(engine.clock)
  if (sequence.emitted.length < sequence.output) return
  sequence.end = engine.clock
  engine.runningTime += BigInt(engine.clock - sequence.since)
  engine.running.splice(engine.running.indexOf(sequence), 1)
  release(engine, sequence)
}
