import type { Figure, Known } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import type { UsdPerHour } from '../units/index.ts'
import { TCO_FIELDS, type TcoField, type TcoName } from './tco-field.ts'

/** Where the $/chip-hour comes from: a quoted figure, or a build-up from what an owner pays. */
export type ChipHourInput = QuotedInput | OwnedInput

/** A published $/chip-hour: `rental` is what a customer pays, `tco` what an analyst says an owner pays. */
export interface QuotedInput {
  readonly kind: 'rental' | 'tco'
  readonly perHour: Known<UsdPerHour>
  /** Share of the paid hours that does useful work, (0, 1]. Default 1. */
  readonly utilisation?: Known
}

/** The inputs that make an owner's chip-hour; `grid` and `cacheLink` speak of carbon and cached prompts instead. */
export type CostName = Exclude<TcoName, 'grid' | 'cacheLink'>

/** What an owner pays for one chip and its share of server, network, building and electricity; units as in `TCO_FIELDS`. */
export interface OwnedInput extends Readonly<Record<CostName, Known>> {
  readonly kind: 'owned'
}

/** The allowed range of an input and the direction that makes a chip-hour dearer. */
export type InputRule = Pick<TcoField, 'min' | 'max' | 'minOpen' | 'dearer'>

const QUOTE: InputRule = { min: 0, max: Number.MAX_VALUE, minOpen: false, dearer: 'high' }

/** Rules of every figure that a chip-hour is made of, by field. */
export const INPUT_RULES: ReadonlyMap<string, InputRule> = new Map<string, InputRule>([
  ['perHour', QUOTE],
  ...[...TCO_FIELDS].filter(([, rule]) => rule.dearer !== 'neither'),
])

/** A plain number as a figure given by the caller. */
export function givenFigure(value: number, unit: string): Figure {
  return { value, unit, source: 'given', basis: 'estimate' }
}

/**
 * Refuses a figure whose value or ends lie outside `rule`, or whose range does not hold its value.
 * @throws PincerError `invalid_value` at `path`
 */
export function checkFigure(path: readonly (string | number)[], figure: Figure, rule: InputRule): void {
  for (const end of ['value', 'low', 'high'] as const) {
    const value = figure[end]
    if (value === undefined) continue
    const isAbove = rule.minOpen ? value > rule.min : value >= rule.min
    if (isAbove && value <= rule.max) continue
    const at = end === 'value' ? path : [...path, end]
    const lower = `${rule.minOpen ? 'above' : 'at least'} ${rule.min}`
    const upper = rule.max < Number.MAX_VALUE ? ` and at most ${rule.max}` : ''
    throw new PincerError({ code: 'invalid_value', path: at, message: `must be ${lower}${upper}, got ${value}` })
  }
  const { low = figure.value, high = figure.value } = figure
  if (low <= figure.value && figure.value <= high) return
  const message = `the range ${low} … ${high} does not hold the value ${figure.value}`
  throw new PincerError({ code: 'invalid_value', path, message })
}
