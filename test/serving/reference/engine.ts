import { type Cache, freeBlocks, takeBlocks } from './cache.ts'
import { type Sequence, type Settings, type Speculation, grainsOf, speculationOf } from './sequence.ts'

/** The state of one replica, or of one rank of it: clock, queue, running list in admission order, cache. */
export interface Engine {
  readonly settings: Settings
  readonly speculation: Speculation
  /** Tokens of a unit of the prefix cache; undefined where it is off. */
  readonly blockTokens: number | undefined
  readonly cache: Cache
  clock: number
  readonly waiting: Sequence[]
  readonly running: Sequence[]
  /** sglang only: the prompt that is being computed over several steps. */
  chunked: Sequence | undefined
  /** Units that the step being planned loads from the host. */
  loads: number
  /** Admissions so far. */
  admissions: number
  waitingTime: bigint
  runningTime: bigint
}

/** What one step computes. */
export interface Plan {
  readonly decodes: readonly Sequence[]
  readonly chunks: readonly Chunk[]
  /** Requests thrown out to make room for it. */
  readonly preempted: number
}

export interface Chunk {
  readonly sequence: Sequence
  readonly tokens: number
}

export function emptyEngine(settings: Settings, blockTokens?: number): Engine {
  const { policy, blocks, blockSize, hostUnits = 0, headFirst = policy === 'vllm' } = settings
  const unitBlocks = blockTokens === undefined ? 0 : blockTokens / blockSize
  if (!Number.isInteger(unitBlocks)) throw new Error(`units of ${blockTokens} tokens in blocks of ${blockSize}`)
  const queue = [{ unit: null, blocks }]
  return {
    settings,
    speculation: speculationOf(settings),
    blockTokens,
    cache: { headFirst, unitBlocks, hostUnits, queue, holders: new Map(), host: [], log: [] },
    clock: 0,
    waiting: [],
    running: [],
    chunked: undefined,
    loads: 0,
    admissions: 0,
    waitingTime: 0n,
    runningTime: 0n,
  }
}

export function blocksFor({ settings, speculation }: Engine, grains: number): number {
  return Math.ceil(grains / (settings.blockSize * speculation.grain))
}

/** Grains of the sequence after this chunk. */
export function grainsAfterChunk({ speculation }: Engine, { sequence, tokens }: Chunk): number {
  return (sequence.cached + tokens) * speculation.grain
}

/** Grains of the sequence after one more decode step. */
export function grainsAfterStep({ speculation }: Engine, sequence: Sequence): number {
  return grainsOf(sequence, speculation) + speculation.gain
}

/** Blocks the sequence lacks to hold this many grains. */
export function missingBlocks(engine: Engine, sequence: Sequence, grains: number): number {
  return Math.max(0, blocksFor(engine, grains) - sequence.blocks)
}

/** Gives the sequence the blocks it lacks to hold this many grains. */
export function allocate(engine: Engine, sequence: Sequence, grains: number): void {
  const missing = missingBlocks(engine, sequence, grains)
  const free = freeBlocks(engine.cache)
  if (missing > free) throw new Error(`no free blocks: need ${missing}, have ${free}`)
  takeBlocks(engine.cache, missing)
  sequence.blocks += missing
}
