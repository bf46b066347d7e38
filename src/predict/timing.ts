import type { ServingResult } from '../serving/index.ts'
import type { StepBreakdown } from '../step/index.ts'
import type { MemoryMap } from './types.ts'

/** What the timing of a deployment yields before money, energy and bands are added. */
export interface Timing {
  readonly chips: number
  readonly layout: string
  readonly serving: ServingResult
  readonly capacity: number
  readonly memory: MemoryMap
  readonly decodeStep: StepBreakdown
  readonly prefillStep: StepBreakdown
  readonly notes: readonly string[]
  /** SRAM machines: output tokens per second that remain if batches shared nothing; the lower end of the throughput band. */
  readonly unbatchedRate?: number
}
