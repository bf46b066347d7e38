import {
  type EngineSettings,
  type SimulationRun,
  TICKS_PER_SECOND,
  type TickTimer,
  simulate,
  simulateFleet,
} from '../../src/serving/index.ts'
import { LengthMix } from './length-mix.ts'
import type { Latencies, Run } from './run-folder.ts'
import { kernelTimer } from './timer.ts'

/** A run's timer and settings for the simulator. Groups of a data-parallel engine are ranks that step together. */
export interface Plan {
  readonly timer: TickTimer
  readonly settings: EngineSettings
}

export function planOf({ deployment, tables, blocks, requests }: Run): Plan {
  const { maxSequences, tokenBudget, dp } = deployment
  return {
    timer: kernelTimer(tables, deployment, new LengthMix(requests), blocks),
    settings: {
      policy: 'vllm',
      maxSequences,
      tokenBudget,
      blocks,
      blockSize: 16,
      // vLLM's V1 scheduler keeps no watermark.
      watermark: 0,
      ...(dp > 1 ? { ranks: dp } : {}),
    },
  }
}

export function serveRun({ requests }: Pick<Run, 'requests'>, { timer, settings }: Plan): SimulationRun {
  if (settings.ranks === undefined) return simulate(requests, timer, settings)
  const fleet = { replicas: 1, router: 'round-robin', timer, settings } as const
  return simulateFleet({ kind: 'requests', table: requests }, fleet)
}

export function latenciesOf({ count, arrival, output, firstToken, end }: SimulationRun): Latencies {
  const rows = Array.from({ length: count }, (_, i) => i)
  const seconds = (from: ArrayLike<number>, to: ArrayLike<number>, i: number): number =>
    ((to[i] ?? 0) - (from[i] ?? 0)) / TICKS_PER_SECOND
  return {
    ttft: rows.map((i) => seconds(arrival, firstToken, i)),
    tpot: rows.map((i) => seconds(firstToken, end, i) / ((output[i] ?? 0) - 1)),
    e2e: rows.map((i) => seconds(arrival, end, i)),
  }
}
