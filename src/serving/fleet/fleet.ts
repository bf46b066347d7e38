import type { SessionTable } from '../arrival/arrival-session.ts'
import type { EngineSettings } from '../engine/engine-settings.ts'
import type { ReplicaTotals } from './replica.ts'
import type { RequestTable } from '../engine/request-table.ts'
import type { RouterKind } from './router.ts'
import type { ClientLoop } from '../engine/simulate-closed-loop.ts'
import type { SimulationRun } from '../engine/simulation-run.ts'
import type { TickTimer } from '../engine/tick.ts'
import type { PrefixBlocks } from '../trace/trace-table.ts'

/** Equal replicas of an engine behind a router. */
export interface Pool {
  readonly replicas: number
  readonly router: RouterKind
  readonly timer: TickTimer
  readonly settings: EngineSettings
}

/** One pool that does everything, or, with `decode`, one that computes prompts and one that decodes. */
export interface Fleet extends Pool {
  readonly decode?: Pool
  /** Moving the cache of a prompt between the pools; no time when left out. */
  readonly transfer?: Transfer
}

/** Each replica of the prefill pool sends one cache at a time. Whole ticks. */
export interface Transfer {
  /** From the last byte sent to the arrival; does not keep the link busy. */
  readonly latency: number
  readonly perToken: number
}

/** Requests at given ticks, clients that wait for their answers, or sessions, each turn of which waits for the one before. */
export type FleetLoad =
  | { readonly kind: 'requests'; readonly table: RequestTable }
  | { readonly kind: 'clients'; readonly loop: ClientLoop }
  | { readonly kind: 'sessions'; readonly sessions: SessionTable; readonly prefix?: PrefixBlocks }

/** What became of every request of a fleet, in the order of the input, and of its replicas; totals are over all of them. */
export interface FleetRun extends SimulationRun {
  /** Replica by request, −1 if none: of the only or the prefill pool, and of the decode pool. */
  readonly replica: Int32Array
  readonly decodeReplica: Int32Array
  /** Ticks that requests spent between the pools: on the link, and waiting for it. */
  readonly transferTicks: bigint
  readonly pools: readonly (readonly ReplicaTotals[])[]
}
