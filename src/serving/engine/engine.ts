import { type EngineOptions, EngineRules } from './engine-rules.ts'

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
export const LAGS = 3

/**
 * The whole state of a replica. Every decoding sequence advances by one token in every step with decoding, so the
 * sequences themselves are never touched: `cursor` counts those steps, a sequence lies in the bucket of the step at
 * which it ends, and in the class of the steps (mod block size) at which it needs another block. The batch is the sums
 * `decoding` and `cached`. A class, since one hidden shape for all engines keeps compiled code valid.
 */
export class Engine extends EngineRules implements EngineRows {
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

  clock = 0
  /** Ticks outside steps. */
  idle = 0
  steps = 0
  preempted = 0
  /** Sums of `hitTokens` and `hostTokens`. */
  foundTokens = 0
  loadedTokens = 0
  fewestFree: number
  /** Exact ∫waiting, ∫running, ∫blocks over ticks, and the sum of lags of ended requests: pairs of exact-sum.ts. */
  readonly sums: Float64Array = new Float64Array(8)

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
  /** Ticks by which prompts leave the pipeline after the end of the step. */
  lag = 0
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
  /** Ticks by which its tokens come after the ends of their steps. */
  readonly slotLag: Float64Array
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
    super(options, rows.arrival.length)
    const { blocks, grain, gain, blockSize } = this
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
    this.free = this.fewestFree = blocks
    const ring = ringSize(Math.ceil((options.longestOutput * grain) / gain))
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
    this.slotLag = new Float64Array(slots)
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

/** Buckets: a power of two above the most steps of a request, so that a step number modulo it names one step. */
function ringSize(mostSteps: number): number {
  let size = 32
  while (size <= mostSteps) size *= 2
  return size
}
