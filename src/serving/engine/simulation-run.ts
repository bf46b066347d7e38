import { type Engine, BLOCKS, LAGS, RUNNING, WAITING } from './engine.ts'
import { exactTotal } from './exact-sum.ts'

/** Values of the `status` column. */
export const FINISHED = 0
/** Longer than the cache or the longest context: refused on arrival. */
export const REJECTED = 1
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
  /** Prompt tokens found in the prefix cache at all admissions of a request, and those of them from the host tier. */
  readonly hitTokens: Int32Array
  readonly hostTokens: Int32Array
  readonly status: Uint8Array
  readonly finished: number
  readonly rejected: number
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
  /** Sums of `hitTokens` and `hostTokens`. */
  readonly foundTokens: number
  readonly loadedTokens: number
  /**
   * Engines the totals are over, 1 when left out; and ticks that requests spent on the way between pools, or that their last tokens were
   * on the way through a pipeline.
   */
  readonly replicas?: number
  readonly transferTicks?: bigint
}

/** Columns as the input has them. */
export type InputColumns = Pick<SimulationRun, 'count' | 'arrival' | 'prompt' | 'output'>

/** The run that an engine at rest has made of `input`. `order` is the input's row of each of the engine's (null: the same). */
export function runOf(engine: Engine, input: InputColumns, order: Int32Array | null): SimulationRun {
  const status = new Uint8Array(input.count)
  if (order !== null) {
    status.fill(REJECTED)
    for (let id = 0; id < engine.known; id++) status[order[id] ?? 0] = FINISHED
  }
  const { scheduled, firstToken, end, preemptions, hitTokens, hostTokens } =
    order === null ? engine : scattered(engine, input.count, order)
  return {
    ...input,
    scheduled,
    firstToken,
    end,
    preemptions,
    hitTokens,
    hostTokens,
    status,
    finished: engine.known,
    rejected: input.count - engine.known,
    steps: engine.steps,
    busyTicks: engine.clock - engine.idle,
    lastTick: engine.clock,
    waitingTicks: exactTotal(engine.sums, WAITING),
    runningTicks: exactTotal(engine.sums, RUNNING),
    blockTicks: exactTotal(engine.sums, BLOCKS),
    peakBlocks: engine.blocks - engine.fewestFree,
    preempted: engine.preempted,
    foundTokens: engine.foundTokens,
    loadedTokens: engine.loadedTokens,
    transferTicks: exactTotal(engine.sums, LAGS),
  }
}

/** What a run says of a request. */
export type Outcome = Pick<
  SimulationRun,
  'scheduled' | 'firstToken' | 'end' | 'preemptions' | 'hitTokens' | 'hostTokens'
>

/** Columns of `count` rows to which nothing has happened. */
export function emptyOutcome(count: number): Outcome {
  const never = (): Float64Array => new Float64Array(count).fill(Number.NaN)
  return {
    scheduled: never(),
    firstToken: never(),
    end: never(),
    preemptions: new Int32Array(count),
    hitTokens: new Int32Array(count),
    hostTokens: new Int32Array(count),
  }
}

function scattered(engine: Engine, count: number, order: Int32Array): Outcome {
  const outcome = emptyOutcome(count)
  for (let id = 0; id < engine.known; id++) {
    const row = order[id] ?? 0
    outcome.scheduled[row] = engine.scheduled[id] ?? 0
    outcome.firstToken[row] = engine.firstToken[id] ?? 0
    outcome.end[row] = engine.end[id] ?? 0
    outcome.preemptions[row] = engine.preemptions[id] ?? 0
    outcome.hitTokens[row] = engine.hitTokens[id] ?? 0
    outcome.hostTokens[row] = engine.hostTokens[id] ?? 0
  }
  return outcome
}
