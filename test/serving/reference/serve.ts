/**
 * The plain reference of the serving simulator: one step at a time, token by token, objects and arrays. Meant to be
 * obviously right, not fast. Where the written semantics leave room, this is the reading taken:
 *
 *  1. static: requests are taken in order of the queue, and the first whose reservation does not fit ends the batch.
 *  2. The watermark holds for every policy and every admission (a preempted request's too), except of the first
 *     request into a replica (or rank) where nothing runs: neither a complete nor a half-computed prompt.
 *  3. sglang: admission tests ceil((P_rec + 1) / blockSize) but the request then holds ceil(P_rec / blockSize).
 *  4. A request that could need more than the cache after a preemption (speculation: up to gain − 1 grains beyond its last
 *     token) is rejected. Of several ranks, one whose plan is empty waits while another has something to do.
 *  5. The run's last tick is the end of its last step. A request that is rejected leaves no trace but its own row: it
 *     never waits, and an idle engine's clock does not jump to its arrival.
 *  6. Waiting counts from the arrival itself, also when it falls inside a step.
 *     Running counts from the step that admits to the preemption or the end, so a chunked prompt runs.
 *  7. Blocks used in a step are those held once it is planned (after its preemptions and allocations); the peak is
 *     the greatest of these, so blocks that a plan hands out and takes back before the step starts do not count. Of
 *     several ranks it is the peak of their sum. A shared block counts once, a free unit not at all.
 *  8. sglang: a chunked prompt in progress is part of the batch when sequences are counted against maxSequences;
 *     decode steps ignore the token budget.
 *  9. vllm: the last running request is thrown out until all that is left fits, and then blocks are taken: for the
 *     decodes in running order, then for the prompt under way. That prompt's share of the budget is what the decodes
 *     that are left leave it.
 * 10. At the end of a step the decoding sequences come first, then the prompts that are complete, each in running
 *     order; a request that ends gives its blocks back in its turn.
 * 11. Hits are those present when the head is looked at, so a request finds what an earlier one has made in the same
 *     plan (vllm). The ids of one request differ from one another.
 * 12. A request that arrived ready neither hits nor makes units in all its life, also after a preemption.
 * 13. Admission fixes `scheduled`, also of a ready request that is thrown out again in the same plan.
 */
import type { CacheEvent } from './cache.ts'
import { type LoggedStep, type Replica, type ReplicaTotals, arrive, endStep, newReplica } from './replica.ts'
import { startStep, totalsOf } from './replica.ts'
import { type Requests, type Sequence, type Settings, type Timer, isTooLong, sequencesOf } from './sequence.ts'

export interface ReferenceRun extends Omit<ReplicaTotals, 'steps' | 'preempted'> {
  readonly sequences: readonly Sequence[]
  readonly steps: readonly LoggedStep[]
  /** Tick at which the loop stopped. */
  readonly stopped: number
  readonly preemptions: number
  readonly rejected: number
  /** What happened in the prefix cache, in order. */
  readonly cacheLog: readonly CacheEvent[]
}

/** Looks at a replica after each of its steps has been planned, and after it has ended. */
export type Observer = (replica: Replica, clock: number) => void

export function serveReference(
  requests: Requests,
  timer: Timer,
  settings: Settings,
  observe: Observer = () => {},
): ReferenceRun {
  const replica = newReplica(timer, settings, unitTokens(requests, settings))
  const sequences = sequencesOf(requests)
  for (const sequence of sequences) sequence.rejected = isTooLong(sequence, settings)
  const coming = sequences.filter(({ rejected }) => !rejected).sort((a, b) => a.arrival - b.arrival || a.id - b.id)
  let clock = 0
  for (;;) {
    while (coming.length > 0 && coming[0]!.arrival <= clock) arrive(replica, coming.shift()!)
    if (startStep(replica, clock)) {
      observe(replica, clock)
      clock = replica.step!.end
      // Those that arrive within the step join a rank before its ends are known.
      while (coming.length > 0 && coming[0]!.arrival < clock) arrive(replica, coming.shift()!)
      endStep(replica)
      observe(replica, clock)
    } else if (coming.length > 0) {
      clock = coming[0]!.arrival
    } else {
      break
    }
  }
  return {
    ...totalsOf(replica),
    sequences,
    steps: replica.log,
    stopped: clock,
    preemptions: sequences.reduce((sum, sequence) => sum + sequence.preemptedAt.length, 0),
    rejected: sequences.filter((sequence) => sequence.rejected).length,
    cacheLog: replica.ranks.flatMap(({ cache }) => cache.log),
  }
}

/** Tokens of a unit of the prefix cache; undefined where there is none. */
export function unitTokens(
  { prefix, ready = false }: Pick<Requests, 'prefix' | 'ready'>,
  { prefixCache = true }: Settings,
): number | undefined {
  return prefixCache && !ready ? prefix?.blockTokens : undefined
}
