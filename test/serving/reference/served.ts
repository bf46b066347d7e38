/** What a run of either engine says, in one plain form that `toEqual` can compare. */
import { FINISHED, REJECTED, simulate } from '../../../src/serving/index.ts'
import type { ReferenceRun } from './serve.ts'
import { type Requests, type Settings, type Timer } from './sequence.ts'
import { serveReference } from './serve.ts'

export type Outcome = 'finished' | 'rejected' | 'unfinished'

export interface Served {
  readonly outcome: readonly Outcome[]
  /** Ticks; null where it never happened. */
  readonly scheduled: readonly (number | null)[]
  readonly firstToken: readonly (number | null)[]
  readonly end: readonly (number | null)[]
  readonly preemptions: readonly number[]
  readonly steps: number
  readonly busy: number
  readonly lastTick: number
  readonly waitingTime: bigint
  readonly runningTime: bigint
  readonly blockTime: bigint
  readonly peakBlocks: number
  readonly finished: number
  readonly rejected: number
  readonly unfinished: number
  readonly preempted: number
}

/** A serving engine: the reference, or the fast one. */
export type Serve = (requests: Requests, timer: Timer, settings: Settings) => Served

export const reference: Serve = (requests, timer, settings) =>
  servedByReference(serveReference(requests, timer, settings))

export function servedByReference(run: ReferenceRun): Served {
  const outcome = run.sequences.map(({ rejected, end }): Outcome => {
    if (rejected) return 'rejected'
    return end === undefined ? 'unfinished' : 'finished'
  })
  return {
    outcome,
    scheduled: run.sequences.map((sequence) => sequence.scheduled ?? null),
    firstToken: run.sequences.map((sequence) => sequence.emitted[0] ?? null),
    end: run.sequences.map((sequence) => sequence.end ?? null),
    preemptions: run.sequences.map((sequence) => sequence.preemptedAt.length),
    steps: run.steps.length,
    busy: run.busy,
    lastTick: run.stopped,
    waitingTime: run.waitingTime,
    runningTime: run.runningTime,
    blockTime: run.blockTime,
    peakBlocks: run.peakBlocks,
    finished: outcome.filter((one) => one === 'finished').length,
    rejected: run.rejected,
    unfinished: outcome.filter((one) => one === 'unfinished').length,
    preempted: run.preemptions,
  }
}

const OUTCOMES: ReadonlyMap<number, Outcome> = new Map([
  [FINISHED, 'finished'],
  [REJECTED, 'rejected'],
])

export const fast: Serve = (requests, timer, settings) => {
  const run = simulate(requests, timer, settings)
  const ticks = (column: Float64Array): (number | null)[] =>
    Array.from(column, (tick) => (Number.isNaN(tick) ? null : tick))
  return {
    outcome: Array.from(run.status, (status) => OUTCOMES.get(status)!),
    scheduled: ticks(run.scheduled),
    firstToken: ticks(run.firstToken),
    end: ticks(run.end),
    preemptions: [...run.preemptions],
    steps: run.steps,
    busy: run.busyTicks,
    lastTick: run.lastTick,
    waitingTime: run.waitingTicks,
    runningTime: run.runningTicks,
    blockTime: run.blockTicks,
    peakBlocks: run.peakBlocks,
    finished: run.finished,
    rejected: run.rejected,
    unfinished: 0,
    preempted: run.preempted,
  }
}
