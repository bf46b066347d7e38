import type { Unknown } from '../../catalog/index.ts'
import type { Seconds } from '../../units/index.ts'
import { FINISHED, type SimulationRun } from '../engine/simulation-run.ts'
import { TICKS_PER_SECOND } from '../engine/tick.ts'

/** First token − arrival; (end − first token)/(output − 1), of outputs longer than one token; end − arrival. */
export type LatencyName = 'ttft' | 'tpot' | 'e2e'

/** A latency of every finished request in seconds, ascending. */
export function latencies(run: SimulationRun, name: LatencyName): Float64Array {
  const { arrival, firstToken, end, output, status } = run
  const from = name === 'tpot' ? firstToken : arrival
  const to = name === 'ttft' ? firstToken : end
  const values = new Float64Array(run.finished)
  let count = 0
  for (let row = 0; row < run.count; row++) {
    const parts = name === 'tpot' ? (output[row] ?? 0) - 1 : 1
    if (status[row] !== FINISHED || parts < 1) continue
    values[count++] = ((to[row] ?? 0) - (from[row] ?? 0)) / parts / TICKS_PER_SECOND
  }
  return values.subarray(0, count).sort()
}

/** The p-quantile of ascending values, linear between order statistics (type 7). */
export function quantileOf(ascending: ArrayLike<number>, p: number): Seconds | Unknown {
  const last = ascending.length - 1
  if (last < 0) return { unknown: 'no request has it' }
  const rank = Math.min(last, Math.max(0, last * p))
  const low = ascending[Math.floor(rank)] ?? 0
  return low + (rank - Math.floor(rank)) * ((ascending[Math.ceil(rank)] ?? 0) - low)
}
