import type { Known } from '../catalog/index.ts'
import type { Band, Prediction, Workload } from '../predict/index.ts'
import type { TrainingPrediction } from '../training/index.ts'
import type { Bytes, Chips, Format, Usd, UsdPerHour } from '../units/index.ts'

/** A deployment that wins under some rule, or why there is none. */
export type OperatingPoint = Prediction | { readonly unreachable: string }

/** One model on one kind of machine. */
export interface Cell {
  readonly model: string
  readonly chip: string
  readonly arm: 'dense' | 'sparse'
  readonly machine: 'hbm' | 'sram'
  /** Fewest machines whose memory holds the weights, nothing else. */
  readonly machinesToHold: Chips
  readonly weightBytes: Bytes
  /** Lowest $ per token over mappings, machines and concurrency. */
  readonly cheapest: OperatingPoint
  /** The same among deployments that give each user at least `userSpeed` tokens per second. */
  readonly fast: OperatingPoint
  /** Output tokens per second and machine at the two points; absent where the point is unreachable. */
  readonly rate: PointRates
  /** Training on this machine, where it can train. */
  readonly training: TrainingOutcome
}

/**
 * Bands of output tokens per second and machine. At the fast point speed and batch hang together: if the machine is slower than
 * predicted, a smaller batch must do to keep the users' speed, so the ends are those of the deployments that one would then choose.
 */
export interface PointRates {
  readonly cheapest?: Band
  readonly fast?: Band
  /** False when at the slow end of its speeds no deployment gives users that speed: then the low end of `fast` is an upper bound. */
  readonly isFastCertain: boolean
}

export interface TrainingOutcome {
  readonly run?: TrainingPrediction
  readonly chipHours: Known
  readonly cost: Known<Usd>
}

/** Ratios to the dense model on the GPU at the same operating point; absent where either side is unknown. */
export interface Relative {
  readonly perUser?: number
  readonly perMachine?: number
  readonly costPerToken?: Band
  readonly energyPerToken?: number
  readonly trainingChipHours?: number
  readonly trainingCost?: number
}

export interface Comparison {
  readonly schema: 'pincer.comparison.v1'
  readonly workload: Workload
  readonly precision: Format
  readonly userSpeed: number
  readonly trainingTokens: number
  readonly cells: readonly Cell[]
  /** Per cell, in the same order: ratios to the baseline, at the two operating points. */
  readonly relative: readonly { readonly cheapest: Relative; readonly fast: Relative }[]
  /** Index of the baseline cell: the dense model on the first HBM machine. */
  readonly baseline: number
  /** Set where hours are built up from what an owner pays, and not the catalog's. */
  readonly isBuiltUp?: true
}

/** What to compare; everything has a default. */
export interface CompareOptions {
  /** Ids or scenario-file model objects: dense first, sparse second. */
  readonly models?: readonly (string | Readonly<Record<string, unknown>>)[]
  readonly chips?: readonly (string | Readonly<Record<string, unknown>>)[]
  readonly workload?: string | Readonly<Record<string, unknown>>
  /** Chip id → $ per chip-hour (machine-hour). */
  readonly prices?: ReadonlyMap<string, UsdPerHour>
  /** What an owner pays for each machine (`pincer.tco.v1`), by chip id, or as "*" for all others; prices go first. */
  readonly tco?: ReadonlyMap<string, unknown>
  readonly precision?: Format
  /** Tokens per second each user must get at the fast operating point. */
  readonly userSpeed?: number
  /** Tokens both models are trained on. */
  readonly trainingTokens?: number
}

/** One cell asked on its own. */
export interface CellQuestion {
  readonly model: string | Readonly<Record<string, unknown>>
  readonly chip: string | Readonly<Record<string, unknown>>
  readonly precision: Format
  readonly workload: string | Readonly<Record<string, unknown>>
  /** $ per machine-hour; left out: the catalog's. */
  readonly price?: UsdPerHour
  /** What its owner pays, in place of a price. */
  readonly tco?: unknown
  readonly userSpeed: number
  readonly trainingTokens: number
}

/** A comparison that is checked and not yet worked out: plain JSON, so that its cells can be shared out among workers. */
export interface ComparisonPlan {
  /** Models outermost, chips within. */
  readonly cells: readonly CellQuestion[]
  readonly workload: Workload
  readonly precision: Format
  readonly userSpeed: number
  readonly trainingTokens: number
  /** Whether any chip-hour is built up from what an owner pays. */
  readonly isBuiltUp?: true
}
