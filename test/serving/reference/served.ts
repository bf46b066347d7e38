/** What a run of either engine says, in one plain form that `toEqual` can compare. */
import { type Requests, type Settings, type Timer } from './sequence.ts'
import { type ReferenceRun, serveReference } from './serve.ts'

export type Outcome = 'finished' | 'rejected'

export interface Served {
  readonly outcome: readonly Outcome[]
  /** Ticks; null where it never happened. */
  readonly scheduled: readonly (number | null)[]
  readonly firstToken: readonly (number | null)[]
  readonly end: readonly (number | null)[]
  readonly preemptions: readonly number[]
  readonly hitTokens: readonly number[]
  readonly hostTokens: readonly number[]
  readonly steps: number
  readonly busy: number
  readonly lastTick: number
  readonly waitingTime: bigint
  readonly runningTime: bigint
  readonly blockTime: bigint
  readonly peakBlocks: number
  readonly finished: number
  readonly rejected: number
  readonly preempted: number
}

/** A serving engine: the reference, or the fast one. */
export type Serve = (requests: Requests, timer: Timer, settings: Settings) => Served

export const reference: Serve = (requests, timer, settings) =>
  servedByReference(serveReference(requests, timer, settings))

export function servedByReference(run: ReferenceRun): Served {
  const { sequences } = run
  return {
    outcome: sequences.map(({ rejected }) => (rejected ? 'rejected' : 'finished')),
    scheduled: sequences.map(({ scheduled }) => scheduled ?? null),
    firstToken: sequences.map(({ rejected, emitted }) => (rejected ? null : emitted[0]!)),
    end: sequences.map(({ end }) => end ?? null),
    preemptions: sequences.map(({ preemptedAt }) => preemptedAt.length),
    hitTokens: sequences.map(({ hitTokens }) => hitTokens),
    hostTokens: sequences.map(({ hostTokens }) => hostTokens),
    steps: run.steps.length,
    busy: run.busy,
    lastTick: run.stopped,
    waitingTime: run.waitingTime,
    runningTime: run.runningTime,
    blockTime: run.blockTime,
    peakBlocks: run.peakBlocks,
    finished: sequences.filter(({ end }) => end !== undefined).length,
    rejected: run.rejected,
    preempted: run.preemptions,
  }
}
