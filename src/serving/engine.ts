import type { EngineSettings, Speculation } from './engine-settings.ts'
import type { PrefixCache } from './prefix-cache.ts'
import type { TickTimer } from './tick.ts'

/** Where further arrivals come from when they depend on earlier ends. */
export interface ArrivalSource {
  /** Appends the arrivals that are due at the engine's clock. */
  readonly receive: (engine: Engine) => void
  /** Request `id` (engine numbering) ended at `tick`. */
  readonly ended: (engine: Engine, id: number, tick: number) => void
}

/** Requests in order of arrival and what becomes of them; one row each, ticks. */
export interface EngineRows {
  readonly arrival: Float64Array
  readonly prompt: Int32Array
  readonly output: Int32Array
  readonly scheduled: Float64Array
  readonly firstToken: Float64Array
  readonly end: Float64Array
  readonly preemptions: Int32Array
  /** Prompt tokens found in the prefix cache at all admissions, and those of them that came from the host tier. */
  readonly hitTokens: Int32Array
  readonly hostTokens: Int32Array
}

/** Pairs of `Engine.sums`. */
export const WAITING = 0
export const RUNNING = 1
export const BLOCKS = 2

/** A budget nothing reaches: engines that never cut a prompt. Longer tables of step times than this do not exist. */
const UNLIMITED = 2 ** 30

export interface EngineOptions {
  readonly timer: TickTimer
  readonly settings: EngineSettings
  readonly longestOutput: number
  readonly source: ArrivalSource | null
  /** Shares the cache of equal prefixes; null: every request computes its whole prompt. */
  readonly prefix?: PrefixCache | null
  readonly rowOf?: Int32Array | null
  /** Requests come with the cache of their prompt and their first token. */
  readonly isReady?: boolean
  /** Most requests that there can be at once, where rows come one by one. */
  readonly most?: number
}

/**
 * The whole state of a replica. Every decoding sequence advances by one token in every step with decoding, so the
 * sequences themselves are never touched: `cursor` counts those steps, a sequence lies in the bucket of the step at
 * which it ends, and in the class of the steps (mod block size) at which it needs another block. The batch is the sums
 * `decoding` and `cached`. A class, since one hidden shape for all engines keeps compiled code valid.
 */
export class Engine implements EngineRows {
  // Replaced by longer ones where rows come one by one.
  arrival: Float64Array
  prompt: Int32Array
  output: Int32Array
  scheduled: Float64Array
  firstToken: Float64Array
  end: Float64Array
  preemptions: Int32Array
  hitTokens: Int32Array
  hostTokens: Int32Array
  /** Row of the input by request; null: the same. */
  rowOf: Int32Array | null

  /** Blocks are reserved for the whole life at admission (trtllm, static, continuous) or as they fill (vllm, sglang). */
  readonly reserves: boolean
  /** Prompts run in steps of their own (sglang). */
  readonly promptsAlone: boolean
  /** Requests are admitted only when nothing runs (static). */
  readonly gang: boolean
  readonly maxSequences: number
  readonly budget: number
  readonly blocks: number
  /** Cached tokens are counted in grains: parts of a token with speculative decoding, else tokens. */
  readonly grain: number
  /** Grains by which a step moves a sequence, and tokens that a sequence counts in it. */
  readonly gain: number
  readonly width: number
  /** Grains of a block. */
  readonly blockSize: number
  /** log2 of the block size, or −1 where it is no power of two. */
  readonly blockShift: number
  /** Steps after which the phases of block growth come again. */
  readonly period: number
  /** Blocks that a chunk of a prompt can take at most. */
  readonly mostGrowth: number
  readonly watermark: number
  readonly ticksOf: Float64Array
  readonly perSequence: number
  readonly perCached: number
  readonly mixedCached: number
  readonly perPair: number
  readonly mixed: number
  readonly drafting: number
  readonly loadTicks: number
  readonly source: ArrivalSource | null
  readonly prefix: PrefixCache | null
  readonly isReady: boolean

  clock = 0
  /** Ticks outside steps. */
  idle = 0
  steps = 0
  preempted = 0
  fewestFree: number
  /** Exact ∫waiting, ∫running, ∫blocks over ticks: pairs of exact-sum.ts. */
  readonly sums: Float64Array = new Float64Array(6)

  /** Rows [head, known) wait; the next one arrives at `nextArrival` (Infinity: none is known). */
  head = 0
  known = 0
  nextArrival: number = Infinity
  /** Whether an arrival could change what the next decoding step holds. */
  isOpen = true
  /** Preempted requests wait on a stack in front of the others, with the tokens they had emitted. */
  stacked = 0
  readonly stackId: Int32Array
  readonly stackEmitted: Int32Array

  running = 0
  decoding = 0
  cached = 0
  free: number
  /** Of the step planned last, where several engines step together: its kind, tokens, time alone, and blocks in use. */
  stepKind = 0
  stepTokens = 0
  stepTicks = 0
  stepBlocks = 0
  /** The prompt that is cut into chunks: its slot (−1: none), tokens to compute, tokens and blocks done. */
  partial = -1
  partialPrompt = 0
  partialDone = 0
  partialBlocks = 0
  /** Slots whose prompt ends in the step, and (query, key) pairs of its prompts. */
  readonly fresh: Int32Array
  freshCount = 0
  pairs = 0
  /** Prefix blocks that the step loads from the host tier. */
  loads = 0

  /** Decoding steps so far modulo the ring of buckets; grains they moved modulo the block size. */
  cursor = 0
  phase = 0
  readonly mask: number
  /** First slot of each bucket (−1: empty), and one bit per bucket that is not. */
  readonly bucket: Int32Array
  readonly marks: Int32Array
  /** Decoding sequences by the phase at which they need a block. */
  readonly growth: Int32Array

  /** Free slots, then columns of the slots in use. */
  spare: number
  readonly spareSlots: Int32Array
  readonly slotId: Int32Array
  readonly slotEmitted: Int32Array
  readonly slotDue: Int32Array
  readonly slotClass: Int32Array
  readonly slotNext: Int32Array
  /** Rank of admission, which orders what happens at the same tick; and blocks held as prefix units. Prefix cache only. */
  readonly slotTurn: Int32Array
  readonly slotShared: Int32Array
  /** Of them those from the first on without a break. */
  readonly slotFront: Int32Array
  admissions = 0
  /** Slots in order of admission, as a doubly linked list; only where preemption needs the last. */
  last = -1
  readonly slotBefore: Int32Array
  readonly slotAfter: Int32Array

  /** An idle engine at tick 0 before its first arrival. */
  constructor(rows: EngineRows, options: EngineOptions) {
    const { timer, settings, longestOutput, source } = options
    const { policy, blocks } = settings
    const { width, gain, grain } = settings.speculation ?? PLAIN
    const blockSize = settings.blockSize * grain
    this.arrival = rows.arrival
    this.prompt = rows.prompt
    this.output = rows.output
    this.scheduled = rows.scheduled
    this.firstToken = rows.firstToken
    this.end = rows.end
    this.preemptions = rows.preemptions
    this.hitTokens = rows.hitTokens
    this.hostTokens = rows.hostTokens
    this.rowOf = options.rowOf ?? null
    this.reserves = policy === 'trtllm' || policy === 'static' || policy === 'continuous'
    this.promptsAlone = policy === 'sglang'
    this.gang = policy === 'static'
    this.maxSequences = Math.min(settings.maxSequences, Math.max(1, options.most ?? rows.arrival.length))
    this.budget = policy === 'static' || policy === 'continuous' ? UNLIMITED : settings.tokenBudget
    this.blocks = this.free = this.fewestFree = blocks
    this.grain = grain
    this.gain = gain
    this.width = width
    this.blockSize = blockSize
    this.blockShift = (blockSize & (blockSize - 1)) === 0 ? 31 - Math.clz32(blockSize) : -1
    this.period = blockSize / commonDivisor(gain, blockSize)
    this.mostGrowth = Math.ceil(this.budget / settings.blockSize) + 1
    this.watermark = settings.watermark
    this.ticksOf = timer.tokens
    this.perSequence = timer.perSequence ?? 0
    this.perCached = timer.perCached
    this.mixedCached = timer.mixedCached ?? timer.perCached
    this.perPair = timer.perPair
    this.mixed = timer.mixed
    this.drafting = timer.drafting ?? 0
    this.loadTicks = timer.loadTicks ?? 0
    this.source = source
    this.prefix = options.prefix ?? null
    this.isReady = options.isReady ?? false
    const ring = ringSize(Math.ceil((longestOutput * grain) / gain))
    this.mask = ring - 1
    this.bucket = new Int32Array(ring).fill(-1)
    this.marks = new Int32Array(ring / 32)
    this.growth = new Int32Array(blockSize)
    const slots = this.maxSequences
    this.spare = slots
    this.spareSlots = new Int32Array(slots)
    for (let i = 0; i < slots; i++) this.spareSlots[i] = slots - 1 - i
    this.slotId = new Int32Array(slots)
    this.slotEmitted = new Int32Array(slots)
    this.slotDue = new Int32Array(slots)
    this.slotClass = new Int32Array(slots)
    this.slotNext = new Int32Array(slots)
    this.slotTurn = new Int32Array(slots)
    this.slotShared = new Int32Array(slots)
    this.slotFront = new Int32Array(slots)
    this.slotBefore = new Int32Array(slots)
    this.slotAfter = new Int32Array(slots)
    this.stackId = new Int32Array(slots)
    this.stackEmitted = new Int32Array(slots)
    this.fresh = new Int32Array(slots)
  }
}

/** A request as it comes to an engine. */
export interface ArrivingRow {
  readonly row: number
  readonly tick: number
  readonly prompt: number
  readonly output: number
}

/** Adds a request at the end of the queue of an engine whose rows come one by one. */
export function addRow(engine: Engine, { row, tick, prompt, output }: ArrivingRow): void {
  const id = engine.known
  if (id === engine.arrival.length) growRows(engine)
  engine.known = id + 1
  engine.arrival[id] = tick
  engine.prompt[id] = prompt
  engine.output[id] = output
  if (engine.rowOf !== null) engine.rowOf[id] = row
}

// Twice as long columns.
function growRows(engine: Engine): void {
  const size = Math.max(16, 2 * engine.arrival.length)
  engine.arrival = grownTicks(engine.arrival, size)
  engine.scheduled = grownTicks(engine.scheduled, size)
  engine.firstToken = grownTicks(engine.firstToken, size)
  engine.end = grownTicks(engine.end, size)
  engine.prompt = grownCounts(engine.prompt, size)
  engine.output = grownCounts(engine.output, size)
  engine.preemptions = grownCounts(engine.preemptions, size)
  engine.hitTokens = grownCounts(engine.hitTokens, size)
  engine.hostTokens = grownCounts(engine.hostTokens, size)
  if (engine.rowOf !== null) engine.rowOf = grownCounts(engine.rowOf, size)
}

function grownTicks(column: Float64Array, size: number): Float64Array {
  const grown = new Float64Array(size)
  grown.set(column)
  return grown
}

function grownCounts(column: Int32Array, size: number): Int32Array {
  const grown = new Int32Array(size)
  grown.set(column)
  return grown
}

/** One token a step, no drafts. */
const PLAIN: Speculation = { width: 1, gain: 1, grain: 1 }

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}

/** Buckets: a power of two above the most steps of a request, so that a step number modulo it names one step. */
function ringSize(mostSteps: number): number {
  let size = 32
  while (size <= mostSteps) size *= 2
  return size
}
