import type { Adjustment, Scenario } from '../predict/index.ts'
import type { Seconds } from '../units/index.ts'
import type { KernelName } from './kernel-kind.ts'

/** A deployment of the user with what was measured of it. */
export interface SiteRow {
  readonly id: string
  readonly scenario: Scenario
  /** Mean over requests; undefined when it was not measured. At least one of the two is there. */
  readonly ttft?: Seconds
  readonly tpot?: Seconds
}

/** Errors |ln(predicted / measured)| over some rows, as shares (e^error − 1). */
export interface SiteError {
  readonly n: number
  readonly median: number
  readonly mean: number
  /** Median of predicted / measured − 1. */
  readonly bias: number
}

/** Errors by quantity; null where nothing was measured. */
export interface SiteErrors {
  readonly ttft: SiteError | null
  readonly tpot: SiteError | null
}

/** One refitted factor. */
export interface RefittedFactor {
  readonly name: string
  readonly value: number
  /** Factor either way that one posterior standard deviation is: near `prior` the data say nothing about it. */
  readonly doubt: number
  /** The same of the prior: how far a site is expected to differ from the shipped fit. */
  readonly prior: number
}

/** How rows were left out, and what refitting without them gained. */
export interface HeldOut {
  /** What rows that were left out together share. */
  readonly by: string
  readonly groups: number
  readonly folds: number
  /** Mean fall of |ln(predicted / measured)| on rows left out, and its standard error over groups. */
  readonly gain: number
  readonly gainError: number
}

/** Errors |ln(expected / measured)| of kernels, as shares (e^error − 1). */
export interface KernelError {
  readonly median: number
  readonly p90: number
  /** Median of expected / measured − 1. */
  readonly bias: number
}

/** Errors of one kind of kernel. */
export interface KernelErrors {
  readonly kernel: KernelName
  readonly shapes: number
  readonly shipped: KernelError
  /** By factors that had not seen the shape. */
  readonly heldOut: KernelError
}

/** What kernels timed alone gave. */
export interface KernelCalibration {
  readonly chip: string
  /** Whether their factors alone are worth applying. */
  readonly verdict: 'refitted' | 'kept'
  readonly reason: string
  /** Timings given. */
  readonly rows: number
  /** Different shapes at or above the speed of light; repetitions count once, by their median. */
  readonly shapes: number
  /** Timings that no kernel can reach, which are left out. */
  readonly belowLight: readonly { readonly id: string; readonly seconds: Seconds; readonly light: Seconds }[]
  /** Shapes by what bounds what is expected of them. */
  readonly bounds: {
    readonly memory: number
    readonly compute: number
    readonly network: number
    readonly latency: number
  }
  readonly factors: readonly RefittedFactor[]
  readonly heldOut: HeldOut
  readonly errors: readonly KernelErrors[]
  readonly notes: readonly string[]
}

/** What refitting to a site's rows gave, and whether rows it had not seen gained by it. */
export interface SiteCalibration {
  readonly schema: 'pincer.calibration.v1'
  /** To be applied: the refitted factors, or all 1 when the held-out rows gained nothing. */
  readonly adjustment: Adjustment
  readonly verdict: 'refitted' | 'kept'
  /** What the adjustment rests on. */
  readonly basis: 'shipped' | 'runs' | 'kernels' | 'runs and kernels'
  readonly reason: string
  /** Runs. */
  readonly rows: number
  /** Runs that the model says do not fit their chips; they are left out. */
  readonly misfits: readonly { readonly id: string; readonly reason: string }[]
  readonly chips: readonly string[]
  readonly models: readonly string[]
  readonly engines: readonly string[]
  /** What the refit found, whatever the verdict. */
  readonly factors: readonly RefittedFactor[]
  /** Of runs; of kernels where there are no runs. */
  readonly heldOut: HeldOut
  /** Of runs. */
  readonly errors: {
    readonly shipped: SiteErrors
    /** By the factors of kernel timings, which have seen no run. */
    readonly kernels?: SiteErrors
    /** Of rows predicted by factors that had not seen them. */
    readonly heldOut: SiteErrors
    readonly inSample: SiteErrors
  }
  /** Where kernels were timed. */
  readonly kernels?: KernelCalibration
}
