import * as z from 'zod/mini'
import { BASES, type Basis, DATE, type Figure, type Known, parseFailure } from '../catalog/index.ts'
import { type Issue, PincerError, nearest } from '../issue/index.ts'
import { checkFigure } from './chip-hour-input.ts'
import { gridCarbon } from './grid.ts'
import { type TcoQuestion, parseOwner } from './owner.ts'
import { TCO_FIELDS, TCO_NAMES, type TcoField, type TcoName } from './tco-field.ts'

type Path = readonly (string | number)[]

const text = z.string().check(z.minLength(1), z.maxLength(1000))

const fileInput = z.strictObject({
  schema: z.optional(z.literal('pincer.tco.v1')),
  chip: z.optional(text),
  currency: z.optional(text),
  owner: z.optional(text),
  inputs: z.optional(z.record(z.string(), z.unknown())),
})

const figureInput = z.strictObject({
  value: z.number(),
  unit: z.optional(text),
  low: z.optional(z.number()),
  high: z.optional(z.number()),
  source: z.optional(text),
  basis: z.optional(z.enum(BASES as [Basis, ...Basis[]])),
  date: z.optional(z.string().check(z.regex(DATE))),
  note: z.optional(text),
})

const unknownInput = z.strictObject({ unknown: text })

/**
 * What an owner pays, from untrusted data: `{ owner, currency: "USD", inputs: { life: 5, powerPrice: { value, unit, low, high, source,
 * date … } } }`. A plain number is in the unit of its input; units with a stated factor are converted; `grid` may be a place.
 * @throws PincerError naming each fault with its path: `unknown_field` with the nearest name, `unsupported` for prices in another
 * currency, `invalid_value` for units and for values out of range
 */
export function parseTco(input: unknown, at: Path = []): TcoQuestion {
  const parsed = z.safeParse(fileInput, input)
  if (!parsed.success) throw within(at, () => parseFailure(parsed.error, input, () => Object.keys(fileInput.shape)))
  const { currency, owner, inputs = {} } = parsed.data
  if (currency !== undefined && currency !== 'USD') throw foreignMoney([...at, 'currency'], currency)
  const issues: Issue[] = []
  const read: Partial<Record<TcoName, Known>> = {}
  for (const [key, value] of Object.entries(inputs)) {
    if (value === undefined) continue
    collect(issues, () => {
      const field = TCO_FIELDS.get(tcoName(key, [...at, 'inputs']))!
      read[field.name] = parseTcoInput(field, value, [...at, 'inputs', field.name])
    })
  }
  if (issues.length > 0) throw new PincerError(issues)
  return { ...(owner === undefined ? {} : { owner: parseOwner(owner, [...at, 'owner'].map(String)) }), inputs: read }
}

/** Runs `read` and keeps what it complains of, so that all faults are told at once. */
function collect(issues: Issue[], read: () => void): void {
  try {
    read()
  } catch (fault) {
    if (!(fault instanceof PincerError)) throw fault
    issues.push(...fault.issues)
  }
}

function within(at: Path, make: () => PincerError): PincerError {
  return new PincerError(make().issues.map((issue) => ({ ...issue, path: [...at, ...issue.path] })))
}

/**
 * The input called `key`, written as in files (`powerPrice`) or on a command line (`power-price`).
 * @throws PincerError `unknown_field` with the nearest name
 */
export function tcoName(key: string, at: Path): TcoName {
  const plain = key.replaceAll('-', '').toLowerCase()
  const name = TCO_NAMES.find((known) => known.toLowerCase() === plain)
  if (name !== undefined) return name
  const near = nearest(key, TCO_NAMES)
  throw new PincerError({
    code: 'unknown_field',
    path: [...at, key.slice(0, 60)],
    message: 'unknown input',
    suggestion: near === undefined ? `known inputs: ${TCO_NAMES.join(', ')}` : `did you mean "${near}"?`,
  })
}

/** One input: a number in its unit, a text of number and unit, a place for `grid`, a figure, or `{ unknown: reason }`. */
export function parseTcoInput(field: TcoField, value: unknown, path: Path): Known {
  if (typeof value === 'string') return fromText(field, value, path)
  if (typeof value === 'number') return inUnit(field, { value }, path)
  const isUnknown = typeof value === 'object' && value !== null && Object.hasOwn(value, 'unknown')
  const schema = isUnknown ? unknownInput : figureInput
  const parsed = z.safeParse(schema, value)
  if (!parsed.success) {
    throw within(path, () => parseFailure(parsed.error, value, () => Object.keys(schema.shape)))
  }
  return 'unknown' in parsed.data ? parsed.data : inUnit(field, parsed.data, path)
}

const NUMBER_AND_UNIT = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(\S*)$/i

function fromText(field: TcoField, given: string, path: Path): Known {
  const match = NUMBER_AND_UNIT.exec(given.trim())
  if (match === null && field.name === 'grid') return gridCarbon(given.trim(), path)
  if (match === null) {
    const message = `"${given.slice(0, 40)}" is not a number`
    throw new PincerError({ code: 'invalid_value', path, message, suggestion: `give it in ${field.unit}` })
  }
  const [, digits = '', unit = ''] = match
  return inUnit(field, { value: Number(digits), ...(unit === '' ? {} : { unit }) }, path)
}

type FigureInput = z.infer<typeof figureInput>

function inUnit(field: TcoField, given: FigureInput, path: Path): Figure {
  const factor = unitFactor(field, given.unit ?? field.unit, path)
  const { value, low, high, source = 'given', basis = 'estimate', date, note } = given
  const figure: Figure = {
    value: value * factor,
    unit: field.unit,
    source,
    basis,
    ...(low === undefined ? {} : { low: low * factor }),
    ...(high === undefined ? {} : { high: high * factor }),
    ...(date === undefined ? {} : { date }),
    ...(note === undefined ? {} : { note }),
  }
  checkFigure(path, figure, field)
  return figure
}

function unitFactor(field: TcoField, unit: string, path: Path): number {
  if (unit === field.unit) return 1
  const factor = Object.hasOwn(field.units, unit) ? field.units[unit] : undefined
  if (factor !== undefined) return factor
  const currency = /^(?:[kM]?)([A-Z]{3})\b|[€£¥₹]/.exec(unit)
  if (field.unit.startsWith('USD') && currency !== null && currency[1] !== 'USD') throw foreignMoney(path, unit)
  const known = [field.unit, ...Object.keys(field.units)]
  throw new PincerError({
    code: 'invalid_value',
    path: [...path, 'unit'],
    message: `unknown unit "${unit.slice(0, 20)}"`,
    suggestion: `give it in ${known.join(', ')}`,
  })
}

function foreignMoney(path: Path, found: string): PincerError {
  return new PincerError({
    code: 'unsupported',
    path,
    message: `prices are in USD; "${found.slice(0, 20)}" is not converted`,
    suggestion: 'convert it at the rate of its date and note both',
  })
}
