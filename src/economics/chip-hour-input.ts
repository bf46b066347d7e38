import type { Figure, Known } from '../catalog/index.ts'
import type { Usd, UsdPerHour, Watts } from '../units/index.ts'

/** Where the $/chip-hour comes from: a quoted figure, or a build-up from what an owner pays. */
export type ChipHourInput = QuotedInput | OwnedInput

/** A published $/chip-hour: `rental` is what a customer pays, `tco` what an analyst says an owner pays. */
export interface QuotedInput {
  readonly kind: 'rental' | 'tco'
  readonly perHour: Known<UsdPerHour>
  /** Share of the paid hours that does useful work, (0, 1]. Default 1. */
  readonly utilisation?: Known
}

/** What an owner pays for one chip and its share of host, network, building and electricity. */
export interface OwnedInput {
  readonly kind: 'owned'
  /** Price of one chip. */
  readonly purchase: Known<Usd>
  /** Chip price to price of the chip with its share of host, chassis and network; at least 1. */
  readonly hostUplift: Known
  readonly lifeYears: Known
  /** Share of the hardware price recovered at the end of life, [0, 1]. */
  readonly residualShare: Known
  /** Cost of capital per year, e.g. 0.08. */
  readonly interest: Known
  /** Mean power drawn per chip, host included; see `powerAt`. */
  readonly watts: Known<Watts>
  /** `it`: at the server, PUE comes on top. `utility`: at the meter, cooling and losses are in it. */
  readonly powerAt: 'it' | 'utility'
  readonly pue: Known
  readonly usdPerKwh: Known
  /** Building, cooling plant and operations, USD per kW of utility power and month, electricity excluded. */
  readonly hostingPerKwMonth: Known
  /** Repairs and spares per year, as a share of the hardware price. */
  readonly maintenanceShare: Known
  /** Share of the powered hours that does useful work, (0, 1]. Default 1. */
  readonly utilisation?: Known
}

/** The allowed range of each input and the direction that makes a chip-hour dearer. */
export interface InputRule {
  readonly min: number
  readonly max: number
  readonly minOpen: boolean
  readonly dearer: 'high' | 'low'
}

const share = (dearer: 'high' | 'low'): InputRule => ({ min: 0, max: 1, minOpen: false, dearer })
const amount: InputRule = { min: 0, max: Number.MAX_VALUE, minOpen: false, dearer: 'high' }

/** Rules of every figure of an input, by field. */
export const INPUT_RULES: ReadonlyMap<string, InputRule> = new Map<string, InputRule>([
  ['perHour', amount],
  ['purchase', amount],
  ['hostUplift', { ...amount, min: 1 }],
  ['lifeYears', { min: 0, max: 100, minOpen: true, dearer: 'low' }],
  ['residualShare', share('low')],
  ['interest', share('high')],
  ['watts', amount],
  ['pue', { ...amount, min: 1, max: 10 }],
  ['usdPerKwh', amount],
  ['hostingPerKwMonth', amount],
  ['maintenanceShare', share('high')],
  ['utilisation', { min: 0, max: 1, minOpen: true, dearer: 'low' }],
])

/** A plain number as a figure given by the caller. */
export function givenFigure(value: number, unit: string): Figure {
  return { value, unit, source: 'given', basis: 'estimate' }
}
