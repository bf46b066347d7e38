import type { Scenario } from '../predict/index.ts'

/** What is asked of a deployment. */
export type Quantity = 'speed' | 'cost' | 'ttft' | 'energy' | 'ratio'

/**
 * `speed`: at least so many tokens/s per user. At most: `cost` $ per Mtok of output, `ttft` seconds, `energy` joules per output
 * token, `ratio` of $ per Mtok of output to that of `against`.
 */
export interface Target {
  readonly quantity: Quantity
  readonly bound: number
  /** The other deployment of a ratio. */
  readonly against?: Scenario
  /**
   * Where given, cost, energy and ratio are those of the cheapest deployment that gives every user so many tokens per second, on both
   * sides; mapping, machines and clients of the scenarios are then searched.
   */
  readonly userSpeed?: number
}

/** A parameter that may move, within a range that defaults to its limits. */
export interface FreeParameter {
  /** "memory.0.bandwidth", "peak.fp8", "price", "concurrency" … */
  readonly path: string
  readonly from?: number
  readonly to?: number
}

export interface SolveQuestion {
  readonly scenario: Scenario
  readonly target: Target
  /** One, or two. */
  readonly free: readonly FreeParameter[]
}

/** The quantity at one value of a parameter, or why there is none. */
export type Sample = { readonly at: number } & ({ readonly value: number } | { readonly fault: string })

/** A value at which the target is reached, and beside it one at which it is missed. */
export interface Crossing {
  readonly reached: { readonly at: number; readonly value: number }
  readonly missed: Sample
  /** Whether the target is reached from there upwards or downwards. */
  readonly side: 'at least' | 'at most'
}

/** A parameter as it was searched. */
export interface SearchedParameter {
  readonly path: string
  readonly unit: string
  /** What the scenario has; absent where nothing is given. */
  readonly given?: number
  readonly from: number
  readonly to: number
  /** Why the range ends where it does. */
  readonly reason: string
}

/** What takes most of a decode step where the quantity comes closest to the target. */
export interface LimitingTerm {
  readonly part: string
  readonly bound: string
  readonly share: number
}

export interface Solution {
  readonly schema: 'pincer.solution.v1'
  readonly target: Omit<Target, 'against'> & {
    /** Of the other deployment: chip, and its $ per Mtok of output. */
    readonly against?: { readonly chip: string; readonly model: string; readonly costPerMtok: number }
  }
  readonly parameter: SearchedParameter
  /** `always` and `never`: over the whole range. */
  readonly status: 'crosses' | 'always' | 'never'
  /** By ascending value. */
  readonly crossings: readonly Crossing[]
  readonly isMonotone: boolean
  /** The quantity with the scenario as it stands. */
  readonly now: Sample
  /** The quantity closest to the target, and what limits it there. */
  readonly best: Sample
  readonly limit?: LimitingTerm
  readonly samples: readonly Sample[]
  /** With two parameters: the second's crossings for each value of the first. */
  readonly curve?: {
    readonly parameter: SearchedParameter
    readonly points: readonly {
      readonly at: number
      readonly status: Solution['status']
      readonly crossings: readonly Crossing[]
    }[]
  }
}
