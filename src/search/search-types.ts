import type { MappingInput } from '../parallel/index.ts'
import type { Adjustment, LoadPrediction, Workload } from '../predict/index.ts'
import type { Engine, Speculation } from '../step/index.ts'
import type { Format, Seconds, UsdPerHour } from '../units/index.ts'

/** What a deployment must keep, at its central values; what is left out is not asked. */
export interface ServiceGoal {
  /** Most time to first token. */
  readonly ttft?: Seconds
  /** Most time per output token. */
  readonly tpot?: Seconds
  /** Least tokens per second of each user. */
  readonly userSpeed?: number
}

/** What the tokens of each user are weighed against: tokens per second and chip, or $ per million output tokens. */
export type SearchMeasure = 'chip' | 'cost'

/** What to search; plain JSON, so that it can be sent to a worker. All but the model has a default. */
export interface SearchQuestion {
  /** As in a scenario file. */
  readonly model: string | Readonly<Record<string, unknown>>
  /** As in scenario files. Default: those that serving measurements exist of. */
  readonly chips?: readonly (string | Readonly<Record<string, unknown>>)[]
  /** Default: what the checkpoint has, and the narrower 8- and 4-bit formats that the chip multiplies in. */
  readonly precisions?: readonly Format[]
  /** Default: all; TensorRT-LLM on NVIDIA chips only. */
  readonly engines?: readonly Engine[]
  /** Default: those of a node, and wider ones when none of these holds the model. */
  readonly mappings?: readonly MappingInput[]
  /** Clients. Default: from 1 to 4096, two per doubling. */
  readonly concurrencies?: readonly number[]
  /** Tokens a step may hold. Default: the engine's custom. */
  readonly tokenBudgets?: readonly number[]
  /** As in a scenario file; its concurrency is not looked at, and it has no rounds. */
  readonly workload?: string | Readonly<Record<string, unknown>>
  readonly cacheFormat?: Format
  readonly speculation?: 'default' | Speculation
  readonly calibration?: Adjustment
  readonly utilisation?: number
  /** Chip id → $ per chip-hour. Default: the catalog's. */
  readonly prices?: Readonly<Record<string, UsdPerHour>>
  readonly goal?: ServiceGoal
  /** Default: chip. */
  readonly by?: SearchMeasure
}

/** One deployment to try under all loads. */
export interface Candidate {
  /** Place of the chip in the plan's chips. */
  readonly chip: number
  /** Left out: what the checkpoint has, or what an SRAM machine serves. */
  readonly precision?: Format
  /** Left out on SRAM machines, as are mapping and budget. */
  readonly engine?: Engine
  readonly mapping?: MappingInput
  readonly tokenBudget?: number
  /** Set on SRAM machines. */
  readonly machines?: number
}

/** Why some configurations have no numbers. */
export interface Refusal {
  readonly reason: string
  /** Configurations: deployments times loads. */
  readonly count: number
}

/** All configurations of a search, in the order in which they are tried. Plain JSON. */
export interface SearchPlan {
  readonly question: SearchQuestion
  readonly model: { readonly id: string; readonly name: string }
  /** Ids, by the order in the question. */
  readonly chips: readonly { readonly id: string; readonly given: string | Readonly<Record<string, unknown>> }[]
  readonly workload: Pick<Workload, 'isl' | 'osl' | 'spread'>
  readonly concurrencies: readonly number[]
  readonly candidates: readonly Candidate[]
  readonly refused: readonly Refusal[]
}

/** One configuration with its numbers. */
export interface SearchPoint {
  readonly chip: string
  readonly precision: Format
  readonly deployment: Candidate
  /** Its place among the configurations of the plan. */
  readonly place: number
  /** Exactly what `predict` says. */
  readonly load: LoadPrediction
}

/** What a stretch of a plan has come to; parts of one plan can be merged in any order. */
export interface SearchPart {
  /** Configurations with numbers. */
  readonly tried: number
  readonly refused: readonly Refusal[]
  /** By descending speed of a user. */
  readonly frontier: readonly SearchPoint[]
  /** The best that meets the goal. */
  readonly best?: SearchPoint
  /** Where none meets it: the one that misses it least. */
  readonly nearest?: SearchPoint
}

export interface SearchResult extends SearchPart {
  readonly schema: 'pincer.search.v1'
  readonly model: SearchPlan['model']
  readonly workload: SearchPlan['workload']
  readonly by: SearchMeasure
  readonly goal: ServiceGoal
  readonly chips: readonly string[]
  /** Deployments looked at, refused ones included. */
  readonly deployments: number
}
