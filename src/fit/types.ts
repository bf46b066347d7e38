import type { Chip, Known } from '../catalog/index.ts'
import type { Bound } from '../step/index.ts'
import type { MemoryMap, Prediction } from '../predict/index.ts'
import type { Bytes, Chips, Format, Tokens } from '../units/index.ts'

/** Which machines, and what they must hold: `users` sequences of `context` tokens each beside the weights. */
export interface FitQuestion {
  /** As in a scenario: a catalog id, or a config. */
  readonly model: string | Readonly<Record<string, unknown>>
  /** Catalog ids or descriptions; absent: the whole catalog. */
  readonly chips?: readonly (string | Readonly<Record<string, unknown>>)[] | undefined
  /** Format of the weights; absent: what the checkpoint has, or what the machine serves it in. */
  readonly precision?: string | undefined
  /** Format of the KV cache; absent: bf16. */
  readonly cacheFormat?: string | undefined
  /** Tokens of prompt and answer that each user may hold; absent: 4,096. */
  readonly context?: Tokens | undefined
  /** Users held at once; absent: 1. */
  readonly users?: number | undefined
  /** $ per chip-hour by chip id; absent: the catalog's. */
  readonly prices?: ReadonlyMap<string, number> | undefined
}

/** The largest system that a machine's links join, and how that is known. */
export interface ScalingLimit {
  readonly chips: Chips
  readonly reason: string
}

/** What set the number of chips: room for the weights, room for the caches, or stages for the users (SRAM pipelines). */
export type HoldLimit = 'weights' | 'kv' | 'stages'

/** A change that would bring the model within the scaling limit. */
export interface Remedy {
  readonly change: 'precision' | 'context'
  readonly value: Format | number
  readonly chips: Chips
}

/** What any row says of its machine. */
interface Row {
  readonly chip: Pick<Chip, 'id' | 'name' | 'kind'>
  readonly precision: Format
}

/** A system that holds the model and its users. All figures are of the whole system. */
export interface HeldFit extends Row {
  readonly status: 'fits'
  /** The fewest that hold the weights and every user's cache: one allotment (node, on SRAM machines) fewer does not. */
  readonly chips: Chips
  readonly replicas: number
  readonly layout: string
  /** Pipeline stages of one replica. */
  readonly stages: number
  readonly nodes: Known
  readonly racks: Known
  /** Users whose caches fit, at least as many as asked. */
  readonly usersHeld: number
  /** The parts sum to the capacity. */
  readonly memory: MemoryMap
  /** KV bytes of one user at the whole context, over all chips that hold a part or copy of it. */
  readonly kvBytesPerUser: Bytes
  readonly limit: HoldLimit
  /** What takes most of a decode step. */
  readonly bound: Bound
  /** Bytes of the tier that weights are read from; what slower tiers add to `memory` holds nothing here. */
  readonly fastCapacity: Bytes
  /** `fastCapacity` over what weights and caches of the users asked for take: 1 = nothing is left over. */
  readonly overProvision: number
  /** Watts at the meter. */
  readonly power: Known
  readonly usdPerHour: Known
  readonly usdPerMtokOutput: Known
  /** Tokens per second of one user, and of all. */
  readonly perUser: number
  readonly output: number
  /** The prediction of one replica, the fullest, that the figures of speed rest on. */
  readonly prediction: Prediction
}

/** A machine that no number of chips within its scaling limit makes large enough. */
export interface BeyondFit extends Row {
  readonly status: 'beyond'
  readonly limit: ScalingLimit
  /** Chips that would do if links joined them; unknown when no layout does. */
  readonly needed: Known<Chips>
  readonly remedies: readonly Remedy[]
}

/** A machine that cannot be timed: figures that nobody published. */
export interface UntimedFit extends Row {
  readonly status: 'untimed'
  readonly reason: string
}

export type MachineFit = HeldFit | BeyondFit | UntimedFit

/** A model on every machine. */
export interface Fits {
  readonly schema: 'pincer.fit.v1'
  readonly model: {
    readonly id: string
    readonly name: string
    readonly totalParams: number
    readonly activeParams: number
  }
  readonly context: Tokens
  readonly users: number
  readonly cacheFormat: Format
  readonly rows: readonly MachineFit[]
}
