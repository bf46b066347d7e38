import type { Sequence, Settings } from './sequence.ts'

/** The state of one replica: clock, queue, running list in admission order, free KV blocks. */
export interface Engine {
  readonly settings: Settings
  clock: number
  readonly waiting: Sequence[]
  readonly running: Sequence[]
  /** sglang only: the prompt that is being computed over several steps. */
  chunked: Sequence | undefined
  free: number
  waitingTime: bigint
  runningTime: bigint
}

/** What one step computes. */
export interface Plan {
  readonly decodes: Sequence[]
  readonly chunks: Chunk[]
  /** Requests thrown out to make room for it. */
  readonly preempted: number
}

export interface Chunk {
  readonly sequence: Sequence
  readonly tokens: number
}

export function emptyEngine(settings: Settings): Engine {
  return {
    settings,
    clock: 0,
    waiting: [],
    running: [],
    chunked: undefined,
    free: settings.blocks,
    waitingTime: 0n,
    runningTime: 0n,
  }
}

export function blocksFor(engine: Engine, tokens: number): number {
  return Math.ceil(tokens / engine.settings.blockSize)
}

/** Blocks the sequence lacks to hold this many tokens. */
export function missingBlocks(engine: Engine, sequence: Sequence, tokens: number): number {
  return Math.max(0, blocksFor(engine, tokens) - sequence.blocks)
}

/** Gives the sequence the blocks it lacks to hold this many tokens. */
export function allocate(engine: Engine, sequence: Sequence, tokens: number): void {
  const missing = missingBlocks(engine, sequence, tokens)
  if (missing > engine.free) throw new Error(`no free blocks: need ${missing}, have ${engine.free}`)
  engine.free -= missing
  sequence.blocks += missing
}

export function release(engine: Engine, sequence: Sequence): void {
  engine.free += sequence.blocks
  sequence.blocks = 0
}

/** Whether a waiting request may take this many blocks and leave the watermark free. */
export function isAdmissible(engine: Engine, blocks: number, isAlone = engine.running.length === 0): boolean {
  return engine.free - blocks >= (isAlone ? 0 : engine.settings.watermark)
}

/** Takes the head of the queue out of it and gives it blocks for this many tokens. */
export function admitHead(engine: Engine, tokens: number): Sequence {
  const sequence = engine.waiting.shift()
  if (sequence === undefined) throw new Error('nobody is waiting')
  engine.waitingTime += BigInt(engine.clock - sequence.since)
  sequence.since = engine.clock
  allocate(engine, sequence, tokens)
  return sequence
}

/** Throws the last running request out: its cache is lost, what it emitted is not, and it waits at the front. */
export function preemptLast(engine: Engine): Sequence {
  const victim = engine.running.pop()
  if (victim === undefined) throw new Error('nobody is running')
  release(engine, victim)
  engine.runningTime += BigInt(engine.clock - victim.since)
  victim.since = engine.clock
  victim.cached = 0
  victim.goal = victim.prompt + victim.emitted.length
  victim.preemptedAt.push(engine.clock)
  engine.waiting.unshift(victim)
  return victim
}
