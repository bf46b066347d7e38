import type { Seconds } from '../../units/index.ts'
import { ranksOf } from '../engine/engine-settings.ts'
import type { Fleet, FleetRun, Pool } from './fleet.ts'
import type { ReplicaTotals } from './replica.ts'
import { TICKS_PER_SECOND } from '../engine/tick.ts'

/** What all engines of a fleet have together. */
export interface FleetSize {
  readonly engines: number
  readonly blocks: number
  /** Most sequences that run at once. */
  readonly sequences: number
}

export function fleetSize({ decode, ...first }: Fleet): FleetSize {
  const one = poolSize(first)
  if (decode === undefined) return one
  const two = poolSize(decode)
  return {
    engines: one.engines + two.engines,
    blocks: one.blocks + two.blocks,
    sequences: one.sequences + two.sequences,
  }
}

export function poolSize({ replicas, settings }: Pool): FleetSize {
  const engines = replicas * ranksOf(settings)
  return { engines, blocks: engines * settings.blocks, sequences: engines * settings.maxSequences }
}

/** What one replica did; shares of the span from the first arrival to the last end, and means over it. */
export interface ReplicaFigures {
  readonly requests: number
  readonly steps: number
  readonly preemptions: number
  /** Share of the span in steps. */
  readonly utilisation: number
  readonly waiting: number
  readonly running: number
  /** Most blocks in use at once, over those of all its ranks. */
  readonly peakShare: number
  /** Prompt tokens found in its prefix cache over those sent to it. */
  readonly hitShare: number
}

/** By pool and replica. */
export function replicaFigures(run: FleetRun, fleet: Fleet, span: Seconds): ReplicaFigures[][] {
  const ticks = span * TICKS_PER_SECOND
  return run.pools.map((pool, number) => {
    const { settings } = number === 0 ? fleet : (fleet.decode ?? fleet)
    const hits = hitShares(run, number === 0 ? run.replica : run.decodeReplica, pool.length)
    return pool.map((totals, replica) => ({
      ...figuresOf(totals, ticks),
      peakShare: totals.peakBlocks / (ranksOf(settings) * settings.blocks),
      hitShare: number === 0 ? (hits[replica] ?? 0) : 0,
    }))
  })
}

function figuresOf(totals: ReplicaTotals, ticks: number): Omit<ReplicaFigures, 'peakShare' | 'hitShare'> {
  const { requests, steps, preempted, busyTicks, waitingTicks, runningTicks } = totals
  const overTime = (amount: number): number => (ticks > 0 ? amount / ticks : 0)
  return {
    requests,
    steps,
    preemptions: preempted,
    utilisation: overTime(busyTicks),
    waiting: overTime(Number(waitingTicks)),
    running: overTime(Number(runningTicks)),
  }
}

function hitShares({ count, prompt, hitTokens }: FleetRun, replica: Int32Array, replicas: number): number[] {
  const sent = new Float64Array(replicas)
  const found = new Float64Array(replicas)
  for (let row = 0; row < count; row++) {
    const at = replica[row] ?? -1
    if (at < 0) continue
    sent[at] = (sent[at] ?? 0) + (prompt[row] ?? 0)
    found[at] = (found[at] ?? 0) + (hitTokens[row] ?? 0)
  }
  return Array.from(sent, (tokens, at) => (tokens > 0 ? (found[at] ?? 0) / tokens : 0))
}
