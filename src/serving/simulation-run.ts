import { waitingCount } from './admission.ts'
import { type Engine, BLOCKS, RUNNING, WAITING } from './engine.ts'
import { exactTotal } from './exact-sum.ts'

/** Values of the `status` column. */
export const FINISHED = 0
/** Longer than the cache or the longest context: refused on arrival. */
export const REJECTED = 1
/** Accepted, but the head of the queue can never be admitted (watermark), so it waits for ever. */
export const STRANDED = 2
/** Never sent: a client's earlier request is stranded. */
export const UNSENT = 3

/** What became of every request, in the order of the input, and of the replica. */
export interface SimulationRun {
  readonly count: number
  /** Ticks; NaN where it never happened. `scheduled` is the start of the first step with a token of the prompt. */
  readonly arrival: Float64Array
  readonly prompt: Int32Array | Float64Array
  readonly output: Int32Array | Float64Array
  readonly scheduled: Float64Array
  readonly firstToken: Float64Array
  readonly end: Float64Array
  readonly preemptions: Int32Array
  readonly status: Uint8Array
  readonly finished: number
  readonly rejected: number
  readonly stranded: number
  readonly unsent: number
  readonly steps: number
  /** Ticks in steps, and the tick at which nothing was left to do. */
  readonly busyTicks: number
  readonly lastTick: number
  /** Exact ∫ of requests waiting, requests running and blocks in use, over ticks. */
  readonly waitingTicks: bigint
  readonly runningTicks: bigint
  readonly blockTicks: bigint
  readonly peakBlocks: number
  readonly preempted: number
}

/** Columns as the input has them. */
export type InputColumns = Pick<SimulationRun, 'count' | 'arrival' | 'prompt' | 'output'>

/**
 * The run that an engine at rest has made of `input`. `order` is the input's row of each of the engine's (null: the
 * same), `status` what became of the rows that never reached the engine, 0 for the others when `order` is null.
 */
export function runOf(
  engine: Engine,
  input: InputColumns,
  order: Int32Array | null,
  status: Uint8Array,
): SimulationRun {
  strand(engine)
  const columns = order === null ? engine : scattered(engine, input.count, order)
  const counts = settle(engine, order, status)
  return {
    ...input,
    scheduled: columns.scheduled,
    firstToken: columns.firstToken,
    end: columns.end,
    preemptions: columns.preemptions,
    status,
    finished: counts[FINISHED] ?? 0,
    rejected: counts[REJECTED] ?? 0,
    stranded: counts[STRANDED] ?? 0,
    unsent: counts[UNSENT] ?? 0,
    steps: engine.steps,
    busyTicks: engine.clock - engine.idle,
    lastTick: engine.clock,
    waitingTicks: exactTotal(engine.sums, WAITING),
    runningTicks: exactTotal(engine.sums, RUNNING),
    blockTicks: exactTotal(engine.sums, BLOCKS),
    peakBlocks: engine.blocks - engine.fewestFree,
    preempted: engine.preempted,
  }
}

type Outcome = Pick<SimulationRun, 'scheduled' | 'firstToken' | 'end' | 'preemptions'>

// Rows by status, after the engine's rows have got theirs. Engine rows are finished (0) unless they still wait.
function settle(engine: Engine, order: Int32Array | null, status: Uint8Array): Int32Array {
  const counts = new Int32Array(4)
  const waiting = waitingCount(engine)
  if (order === null && waiting === 0) {
    counts[FINISHED] = engine.known
    return counts
  }
  for (let id = 0; id < engine.known; id++) {
    const isStranded = waiting > 0 && Number.isNaN(engine.end[id])
    status[order === null ? id : (order[id] ?? 0)] = isStranded ? STRANDED : FINISHED
  }
  for (let row = 0; row < status.length; row++) {
    const value = status[row] ?? 0
    counts[value] = (counts[value] ?? 0) + 1
  }
  return counts
}

// What still waits when nothing can happen any more has no end; most of it has no start either.
function strand(engine: Engine): void {
  for (let id = engine.head; id < engine.known; id++) {
    engine.scheduled[id] = engine.firstToken[id] = engine.end[id] = Number.NaN
  }
  for (let i = 0; i < engine.stacked; i++) {
    const id = engine.stackId[i] ?? 0
    engine.end[id] = Number.NaN
    if (engine.stackEmitted[i] === 0) engine.firstToken[id] = Number.NaN
  }
}

function scattered(engine: Engine, count: number, order: Int32Array): Outcome {
  const preemptions = new Int32Array(count)
  for (let id = 0; id < engine.known; id++) preemptions[order[id] ?? 0] = engine.preemptions[id] ?? 0
  const spread = (column: Float64Array): Float64Array => {
    const full = new Float64Array(count).fill(Number.NaN)
    for (let id = 0; id < engine.known; id++) full[order[id] ?? 0] = column[id] ?? 0
    return full
  }
  return {
    scheduled: spread(engine.scheduled),
    firstToken: spread(engine.firstToken),
    end: spread(engine.end),
    preemptions,
  }
}
