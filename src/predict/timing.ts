import type { ServingResult } from '../serving/index.ts'
import type { StepBreakdown } from '../step/index.ts'
import type { MemoryMap } from './types.ts'

/** What the timing of a deployment yields before money, energy and bands are added. */
export interface Timing {
  readonly chips: number
  readonly layout: string
  readonly serving: ServingResult
  readonly capacity: number
  readonly notes: readonly string[]
  /** SRAM machines: output tokens per second that remain if batches shared nothing; the lower end of the throughput band. */
  readonly unbatchedRate?: number
  /** Where memory and time go; a search of many loads does not ask. */
  readonly details: () => TimingDetails
}

export interface TimingDetails {
  readonly memory: MemoryMap
  readonly decodeStep: StepBreakdown
  readonly prefillStep: StepBreakdown
}

/** A deployment made ready: its timing with so many clients, all else as in its scenario. */
export type DeploymentTimer = (concurrency: number) => Timing
