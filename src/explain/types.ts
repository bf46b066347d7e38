import type { Prediction } from '../predict/index.ts'
import type { Bound } from '../step/index.ts'
import type { Bytes, BytesPerSecond, Flop, FlopPerSecond, Format, Seconds } from '../units/index.ts'

/** One kind of operator, collective or layer in one decode step, all its instances together, on the busiest chip. */
export interface OperatorRow {
  readonly name: string
  readonly count: number
  /** Of one machine: on SRAM machines a layer's work over the machines it has. */
  readonly flops: Flop
  readonly bytes: Bytes
  readonly seconds: Seconds
  /** Speed of light: no kernel beats max(FLOPs / peak, bytes / bandwidth). */
  readonly light: Seconds
  readonly bound: Bound
  /** FLOP per byte; absent where there is no arithmetic or no memory traffic. */
  readonly intensity?: number
  /** FLOP/s at the speed of light, and as predicted. */
  readonly attainable?: FlopPerSecond
  readonly achieved?: FlopPerSecond
}

/** The roofs of one machine, as published. */
export interface Roofs {
  readonly bandwidth: BytesPerSecond
  readonly peaks: readonly { readonly format: Format; readonly flops: FlopPerSecond }[]
}

/** What a stretch of a step waits for. */
export type Cause = 'weights' | 'kv' | 'activations' | 'compute' | 'links' | 'latency' | 'host' | 'queue' | 'drafts'

/** A stretch of the time of one step. */
export interface Stretch {
  readonly name: string
  readonly cause: Cause
  readonly seconds: Seconds
}

/** One input changed by a factor of two, and the same question asked again. */
export interface Lever {
  /** "memory bandwidth doubled" */
  readonly change: string
  readonly tpot: Seconds
  readonly perUser: number
  /** Share of TPOT that it takes away; below 0: it makes things worse. */
  readonly gain: number
}

/** Why a deployment is as fast as it is. */
export interface Explained {
  readonly schema: 'pincer.explain.v1'
  readonly prediction: Prediction
  /** Tokens that one step gains a user: 1 without drafts. */
  readonly tokensPerStep: number
  /** TPOT times the tokens of a step: what the waterfall sums to. */
  readonly stepSeconds: Seconds
  readonly operators: readonly OperatorRow[]
  readonly roofs: Roofs
  readonly waterfall: readonly Stretch[]
  /** Link hops that a token waits for and their time; absent on machines whose collectives are not counted in hops. */
  readonly hops?: { readonly count: number; readonly seconds: Seconds }
  /** What the bytes and FLOPs of a step take at published peaks, and what share of the step that is. */
  readonly light: { readonly seconds: Seconds; readonly share: number }
  /** By falling gain. */
  readonly levers: readonly Lever[]
}

/** What one prediction is taken apart into, without asking for others. */
export type ExplainedStep = Omit<Explained, 'schema' | 'levers'>

/** What one kind of machine says of a step. */
export type StepAccount = Pick<Explained, 'operators' | 'roofs' | 'waterfall' | 'hops'>
