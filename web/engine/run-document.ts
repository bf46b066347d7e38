import type { Distribution, OfferedLoad, RunBill } from '../../src/index.ts'

type Unknown = { readonly unknown: string }

/** What the page reads of the document `pincer.simulation.v1`. */
export interface RunDocument {
  readonly chips: number
  readonly settings: {
    readonly policy: string
    readonly maxSequences: number
    readonly tokenBudget: number
    readonly blockSize: number
  }
  readonly requests: {
    readonly count: number
    readonly finished: number
    readonly rejected: number
    readonly preemptions: number
  }
  readonly steps: number
  readonly ttft: Distribution | Unknown
  readonly tpot: Distribution | Unknown
  readonly e2e: Distribution | Unknown
  readonly queue: Distribution | Unknown
  readonly tokenGap: Distribution | Unknown
  readonly span: number
  readonly requestRate: number
  readonly outputRate: number
  readonly utilisation: number
  readonly waiting: number
  readonly running: number
  readonly blocks: number
  readonly peakBlocks: number
  readonly hitShare: number
  readonly offeredLoad?: OfferedLoad | Unknown
  readonly bill: RunBill
  readonly notes: readonly string[]
}
