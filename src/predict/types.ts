import type { Chip, Known } from '../catalog/index.ts'
import type { TcoQuestion } from '../economics/index.ts'
import type { ModelArch, WeightFormats } from '../model/index.ts'
import type { Mapping } from '../parallel/index.ts'
import type { Engine, Overlap, Speculation, StepBreakdown } from '../step/index.ts'
import type { Bytes, Chips, Format, Joules, Seconds, Usd, UsdPerHour, Watts } from '../units/index.ts'
import type { Adjustment } from './adjustment.ts'

/** Closed-loop clients with prompts and outputs uniform on [spread·length, length]. */
export interface Workload {
  /** Upper end of the prompt length, tokens. */
  readonly isl: number
  /** Upper end of the output length, tokens. */
  readonly osl: number
  /** Clients that each send the next request when the last one ends. */
  readonly concurrency: number
  /** Lower end of both lengths as a share of the upper one: 1 = fixed lengths, 0.8 = the InferenceX harness. */
  readonly spread: number
  /**
   * Requests that each client sends, all starting at once: a benchmark run, which is simulated event by event. Left out: the steady
   * state, in closed form.
   */
  readonly rounds?: number
}

/** One pool of a disaggregated deployment: `workers` replicas of one mapping. */
export interface Pool {
  readonly workers: number
  readonly mapping: Mapping
}

/** A question, fully resolved: nothing in it needs looking up. Built by `parseScenario`. */
export interface Scenario {
  readonly model: ModelArch
  readonly chip: Chip
  /** Number format asked for; `weights` says what that means per part of the network. */
  readonly precision: Format
  readonly weights: WeightFormats
  readonly cache: Format
  readonly engine: Engine
  /** Aggregated: one replica. On an SRAM machine `mapping` is ignored and `machines` counts. */
  readonly mapping: Mapping
  /** Machines of an SRAM system, when the user fixes them; undefined = the smallest system that serves the workload. */
  readonly machines?: Chips
  readonly disaggregated?: { readonly prefill: Pool; readonly decode: Pool }
  readonly workload: Workload
  readonly speculation?: Speculation
  /** Whether nobody says if drafts are on: `speculation`, or its absence, is the likelier; bands are those of such measurements, and both are told. */
  readonly isDraftingUnknown?: boolean
  /** How exchange with experts is hidden; absent: it is not. */
  readonly overlap?: Overlap
  /**
   * Tokens an engine streams to the client at a time; 1 = each as it comes. `harness`: as the recipes of public benchmarks set it,
   * which is what the engine profiles were fitted to; it moves time from TPOT into TTFT.
   */
  readonly streamInterval: number | 'harness'
  /** `none`: the engine is called in its own process with token ids, as benchmark harnesses do; `server`: over HTTP, as users do. */
  readonly frontEnd: 'server' | 'none'
  /** Prompt tokens that a step may hold; undefined = the engine's custom. */
  readonly tokenBudget?: number
  /** $ per chip-hour; undefined = the catalog's. */
  readonly chipHour?: UsdPerHour
  /** What an owner pays, where the user says it: the chip-hour is built up from it, and power drawn and PUE follow it. */
  readonly tco?: TcoQuestion
  /** Share of its life the system is in use; cost per token divides by it. */
  readonly utilisation: number
  /** What the site's own measurements say of the constants; undefined = as shipped. */
  readonly calibration?: Adjustment
  /** Assumptions made while resolving, for the output. */
  readonly notes: readonly string[]
}

/** A central value with the interval that holds the truth `level` of the time. */
export interface Band<Q extends number = number> {
  readonly value: Q
  readonly lo: Q
  readonly hi: Q
  /** Coverage, e.g. 0.9. */
  readonly level: number
}

/** A predicted quantity: the 90 % interval, and inside it the 80 % one. */
export interface PredictedBand<Q extends number = number> extends Band<Q> {
  readonly inner: { readonly lo: Q; readonly hi: Q; readonly level: number }
}

/** Memory of one chip. The parts sum to `capacity`. */
export interface MemoryMap {
  readonly capacity: Bytes
  readonly weights: Bytes
  readonly cache: Bytes
  readonly activations: Bytes
  readonly reserve: Bytes
  readonly free: Bytes
}

/** How the numbers are known, worst part first. */
export interface Evidence {
  /**
   * measured-like: the same model, chip, precision and engine are measured around this load. interpolated: model and chip are, not
   * together like this. transferred: a new chip, a new model or an extrapolated shape. first-principles: nothing like it is measured.
   */
  readonly tier: 'measured-like' | 'interpolated' | 'transferred' | 'first-principles'
  readonly reason: string
  readonly notes: readonly string[]
  /** Ids of catalog sources used. */
  readonly sources: readonly string[]
}

export interface Prediction {
  readonly schema: 'pincer.prediction.v1'
  readonly model: {
    readonly id: string
    readonly name: string
    readonly totalParams: number
    readonly activeParams: number
  }
  readonly chip: { readonly id: string; readonly name: string }
  /** Chips (or machines) the deployment occupies. */
  readonly chips: Chips
  readonly layout: string
  readonly precision: Format
  readonly engine: Engine | 'dataflow'
  readonly workload: Workload
  readonly ttft: PredictedBand<Seconds>
  /** (end − first token) / (tokens − 1) */
  readonly tpot: PredictedBand<Seconds>
  readonly throughput: {
    /** 1 / TPOT */
    readonly perUser: PredictedBand
    /** Output tokens per second of the whole deployment. */
    readonly output: PredictedBand
    /** Input and output tokens per second of the whole deployment. */
    readonly total: PredictedBand
    readonly outputPerChip: PredictedBand
  }
  readonly batch: {
    /** Sequences decoding at once, on average, over the deployment. */
    readonly running: number
    /** Most sequences the KV cache holds at once. */
    readonly capacity: number
    /** Clients waiting for admission or prefill, on average. */
    readonly waiting: number
  }
  readonly memory: MemoryMap
  readonly decodeStep: StepBreakdown
  readonly prefillStep: StepBreakdown
  readonly energy: {
    /** Power of the whole deployment at the meter. */
    readonly power: Known<Watts>
    readonly perOutputToken: Known<Joules>
  }
  readonly cost: {
    /** Per chip-hour (machine-hour). */
    readonly chipHour: Known<UsdPerHour>
    /** All cost over output tokens. */
    readonly perMtokOutput: Known<Usd>
    /** All cost over input and output tokens. */
    readonly perMtokTotal: Known<Usd>
    /** Share of cost by the time prompts take, over input tokens; the rest over output tokens. These two add up to the bill. */
    readonly split: { readonly input: Known<Usd>; readonly output: Known<Usd>; readonly inputShare: number }
  }
  /** Set when nobody says whether drafts are on: what was assumed, and what the other way gives. */
  readonly drafts?: {
    readonly assumed: 'on' | 'off'
    readonly other: { readonly ttft: Seconds; readonly tpot: Seconds }
  }
  readonly evidence: Evidence
}
