import type { Figure, Unknown } from '../catalog/index.ts'
import type { Evidence } from '../predict/index.ts'
import type { Comparison } from '../search/index.ts'
import type { Tokens } from '../units/index.ts'

/** A published statement, what it asserts of a number, and the test that number comes from. */
export interface Claim {
  readonly id: string
  /** The claim as its source states it, in English. */
  readonly text: string
  /** What the test takes the words to mean. */
  readonly reading: string
  /** Key into the catalog's sources. */
  readonly source: string
  readonly asserts: Assertion
  readonly test: ClaimTest
}

/** Bounds that the number must keep, both included; at least one is there. */
export interface Assertion {
  readonly quantity: string
  readonly atLeast?: number
  readonly atMost?: number
  readonly unit: string
}

export type ClaimTest =
  | CountTest
  | TrainingTest
  | CostTest
  | ChipsTest
  | MemoryTest
  | LatencyTest
  | MarketTest
  | DeploymentTest
  | RunTest
  | CitedTest

/** A scenario as `predict` reads it from a file. */
export type Deployment = Readonly<Record<string, unknown>>

export type Measure =
  | 'perUser'
  | 'output'
  | 'outputPerChip'
  | 'decodePerChip'
  | 'ttft'
  | 'tpot'
  | 'costPerMtokOutput'
  | 'joulesPerOutputToken'

/** A number of one deployment, or of one over another. */
export interface DeploymentTest {
  readonly kind: 'deployment'
  readonly of: Deployment
  readonly to?: Deployment | undefined
  readonly measure: Measure
  /** Publication that states the deployment. */
  readonly source: string
}

/** A number of one training run. */
export interface RunTest {
  readonly kind: 'run'
  readonly run: TrainingRun
  readonly measure: 'chipHours' | 'mfu' | 'usd'
  readonly source: string
}

/** What is published of a figure that no engine predicts. */
export interface CitedTest {
  readonly kind: 'cited'
  readonly cited: {
    readonly value: number
    readonly low?: number | undefined
    readonly high?: number | undefined
    readonly source: string
    readonly note: string
    /** Whether one who would know has said so. */
    readonly isConfirmed: boolean
  }
}

/** Parameters of a model. */
export interface CountTest {
  readonly kind: 'count'
  readonly model: string
  readonly count: 'total' | 'active' | 'activeShare' | 'experts'
}

export interface TrainingRun {
  readonly model: string
  readonly chip: string
  readonly tokens: Tokens
  readonly chips?: number | undefined
  readonly precision?: 'bf16' | 'fp8' | undefined
  /** The published setup it was run with; absent: customary values. */
  readonly recipe?: string | undefined
  /** $ per chip-hour; absent: the catalog’s. */
  readonly price?: number | undefined
}

/** Chip-hours of one training run over those of another. */
export interface TrainingTest {
  readonly kind: 'training'
  readonly sparse: TrainingRun
  readonly dense: TrainingRun
  /** Publication that states the runs. */
  readonly source: string
}

export type Arm = 'dense' | 'sparse'
export type MachineKind = 'hbm' | 'sram'
export type PointName = 'cheapest' | 'fast'

/** A cell of the comparison; of several machines of one kind the one with the lowest cost counts. */
export interface Corner {
  readonly arm: Arm
  readonly machine: MachineKind
}

/** $ per output token of one corner over another. */
export interface CostTest {
  readonly kind: 'cost'
  readonly of: Corner
  readonly to: Corner
  readonly point: PointName
}

/** GPUs for a given token rate, sparse over dense. */
export interface ChipsTest {
  readonly kind: 'chips'
  readonly point: PointName
}

/** SRAM machines that hold the sparse model. */
export interface MemoryTest {
  readonly kind: 'memory'
}

/** Time per token on an SRAM machine, one user alone. */
export interface LatencyTest {
  readonly kind: 'latency'
}

/** A market figure: cited, not predicted. */
export interface MarketTest {
  readonly kind: 'market'
  readonly market: Figure
  readonly run: TrainingRun
  readonly served: {
    readonly inputTokensPerDay: number
    /** Share of input tokens whose cache is reused. */
    readonly cachedShare: number
    readonly outputTokensPerDay: number
    /** Tokens in the cache when an output token is made, on average. */
    readonly meanContext: Tokens
    readonly source: string
  }
}

/**
 * `holds`: the whole band keeps the bounds. `holds only if`: a part of it does. `does not hold`: no part of it does.
 * `unknown`: there is no number.
 */
export type Outcome = 'holds' | 'holds only if' | 'does not hold' | 'unknown'

/** A number with its band: 90 % for predictions, both ends of a convention for counts, the value itself where it is exact. */
export interface Quantity {
  readonly name: string
  readonly value: number
  readonly lo: number
  readonly hi: number
  readonly unit: string
}

/** What would make the central value of the claim true, all else as it is. */
export interface Condition {
  /** A sentence that `value` completes, e.g. «one machine-hour of cerebras-wse3 costs at most». */
  readonly condition: string
  readonly value: number
  readonly unit: string
  /** A command that shows it. */
  readonly command: string
}

/** `counted`: a count from the published architecture, no machine involved. */
export interface VerdictEvidence {
  readonly tier: Evidence['tier'] | 'counted'
  readonly sources: readonly string[]
}

/** What a test finds out, before it is held against the assertion. */
export interface Finding {
  readonly quantity: Quantity | Unknown
  readonly reason: string
  readonly wouldHoldIf: readonly Condition[]
  readonly evidence: VerdictEvidence
  /** A command that shows the number. */
  readonly command: string
}

export interface Verdict extends Finding {
  readonly schema: 'pincer.verdict.v1'
  readonly claim: Claim
  readonly verdict: Outcome
  readonly asserted: Assertion
}

/** What every test may draw on. */
export interface Setting {
  readonly comparison: Comparison
  readonly asserts: Assertion
}
