import { type Figure, isKnown, type Known, type Unknown } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { HOURS_PER_YEAR } from '../units/index.ts'
import { type ChipHourInput, INPUT_RULES, type InputRule } from './chip-hour-input.ts'
import type { Interval } from './interval.ts'

/** Parts of an owner's chip-hour, in the order they are shown. A quoted price is one part, `quoted`. */
export const CHIP_HOUR_PARTS = ['quoted', 'capital', 'interest', 'energy', 'hosting', 'maintenance', 'idle'] as const
export type ChipHourPart = (typeof CHIP_HOUR_PARTS)[number]

/** USD per useful chip-hour. At each of low, central and high the parts sum to the total. */
export interface ChipHourCost {
  readonly kind: ChipHourInput['kind']
  readonly parts: Readonly<Record<ChipHourPart, Interval>>
  readonly total: Interval
  /** The figures that went in, by field, with their sources. */
  readonly figures: Readonly<Record<string, Figure>>
}

type Values = Readonly<Record<string, number>>
type PartValues = Readonly<Record<ChipHourPart, number>>
type Level = 'low' | 'central' | 'high'

const KWH_HOURS_PER_MONTH = HOURS_PER_YEAR / 12

/**
 * USD per useful hour of one chip. Owned: capital recovery (annuity of price less discounted residual), electricity,
 * hosting and repairs; idle hours are charged to the useful ones. An unknown input makes the cost unknown. The interval
 * takes every input at its cheap and at its dear end together (total is monotone in each), so it is an outer bound.
 * @throws PincerError with the field's path for a value outside its range
 */
export function chipHourCost(input: ChipHourInput): ChipHourCost | Unknown {
  const figures = knownFigures(input)
  if ('unknown' in figures) return figures
  const at = {
    low: partsAt(input, valuesAt(figures.known, 'low')),
    central: partsAt(input, valuesAt(figures.known, 'central')),
    high: partsAt(input, valuesAt(figures.known, 'high')),
  }
  const parts = Object.fromEntries(
    CHIP_HOUR_PARTS.map((part) => [part, { low: at.low[part], central: at.central[part], high: at.high[part] }]),
  ) as Record<ChipHourPart, Interval>
  const total = { low: partSum(at.low), central: partSum(at.central), high: partSum(at.high) }
  return { kind: input.kind, parts, total, figures: figures.known }
}

function knownFigures(input: ChipHourInput): { known: Record<string, Figure> } | Unknown {
  const known: Record<string, Figure> = {}
  for (const [field, rule] of INPUT_RULES) {
    const figure = (input as unknown as Readonly<Record<string, Known | undefined>>)[field]
    if (figure === undefined || typeof figure !== 'object') continue
    if (!isKnown(figure)) return { unknown: `${field}: ${figure.unknown}` }
    checkFigure(field, figure, rule)
    known[field] = figure
  }
  return { known }
}

function checkFigure(field: string, figure: Figure, rule: InputRule): void {
  for (const end of ['value', 'low', 'high'] as const) {
    const value = figure[end]
    if (value === undefined) continue
    const isAbove = rule.minOpen ? value > rule.min : value >= rule.min
    if (isAbove && value <= rule.max) continue
    const path = end === 'value' ? [field] : [field, end]
    const lower = `${rule.minOpen ? 'above' : 'at least'} ${rule.min}`
    const upper = rule.max < Number.MAX_VALUE ? ` and at most ${rule.max}` : ''
    throw new PincerError({ code: 'invalid_value', path, message: `must be ${lower}${upper}, got ${value}` })
  }
  const { low = figure.value, high = figure.value } = figure
  if (low <= figure.value && figure.value <= high) return
  throw new PincerError({
    code: 'invalid_value',
    path: [field],
    message: `the range ${low} … ${high} does not hold the value ${figure.value}`,
  })
}

function valuesAt(figures: Readonly<Record<string, Figure>>, level: Level): Values {
  const values: Record<string, number> = {}
  for (const [field, rule] of INPUT_RULES) {
    const figure = Object.hasOwn(figures, field) ? figures[field] : undefined
    if (figure === undefined) continue
    const isDearEnd = level === 'high'
    const end = isDearEnd === (rule.dearer === 'high') ? figure.high : figure.low
    values[field] = level === 'central' ? figure.value : (end ?? figure.value)
  }
  return values
}

function partsAt(input: ChipHourInput, values: Values): PartValues {
  const paid = input.kind === 'owned' ? ownedParts(values, input.powerAt) : { ...NOTHING, quoted: values['perHour']! }
  const utilisation = values['utilisation'] ?? 1
  return { ...paid, idle: partSum(paid) * (1 / utilisation - 1) }
}

const NOTHING: PartValues = { quoted: 0, capital: 0, interest: 0, energy: 0, hosting: 0, maintenance: 0, idle: 0 }

function ownedParts(values: Values, powerAt: 'it' | 'utility'): PartValues {
  const hardware = values['purchase']! * values['hostUplift']!
  const life = values['lifeYears']!
  const rate = values['interest']!
  const residual = hardware * values['residualShare']!
  const depreciation = (hardware - residual) / life
  const annuity = (hardware - residual / (1 + rate) ** life) * capitalRecoveryFactor(rate, life)
  const kilowatts = (values['watts']! / 1000) * (powerAt === 'it' ? values['pue']! : 1)
  return {
    ...NOTHING,
    capital: depreciation / HOURS_PER_YEAR,
    interest: (annuity - depreciation) / HOURS_PER_YEAR,
    energy: kilowatts * values['usdPerKwh']!,
    hosting: (kilowatts * values['hostingPerKwMonth']!) / KWH_HOURS_PER_MONTH,
    maintenance: (hardware * values['maintenanceShare']!) / HOURS_PER_YEAR,
  }
}

/** Yearly payment per dollar lent over `years` at `rate`: i / (1 − (1 + i)^−n); 1 / n without interest. */
export function capitalRecoveryFactor(rate: number, years: number): number {
  // Below 1e-9 the closed form loses its digits to cancellation.
  return rate < 1e-9 ? 1 / years : rate / (1 - (1 + rate) ** -years)
}

function partSum(parts: PartValues): number {
  return CHIP_HOUR_PARTS.reduce((sum, part) => sum + parts[part], 0)
}
