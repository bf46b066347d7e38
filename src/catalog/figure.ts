import type { Quantity } from '../units/index.ts'

/** How a figure came to be known, best first. */
export type Basis = 'measured' | 'vendor' | 'paper' | 'derived' | 'secondary' | 'analyst' | 'estimate'

/** A number that says where it comes from. `value` is in SI base units; `unit` names them. */
export interface Figure<Q extends number = number> {
  readonly value: Q
  readonly unit: string
  /** Key into catalog/sources.json. */
  readonly source: string
  readonly basis: Basis
  readonly low?: Q
  readonly high?: Q
  /** ISO date (or year, year-month) the figure was valid. */
  readonly date?: string
  readonly note?: string
}

/** A number nobody published: the reason travels to the output as "n/a — reason". Never 0. */
export interface Unknown {
  readonly unknown: string
}

export type Known<Q extends Quantity<string> | number = number> = Figure<Q> | Unknown

export function isKnown<Q extends number>(figure: Known<Q>): figure is Figure<Q> {
  return 'value' in figure
}

/** The value, or undefined when the figure is unknown. */
export function valueOf<Q extends number>(figure: Known<Q>): Q | undefined {
  return isKnown(figure) ? figure.value : undefined
}
