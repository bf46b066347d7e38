import * as z from 'zod/mini'
import type { IssueCode } from '../issue/index.ts'
import type { Basis, Figure, Known } from './figure.ts'
import { type FaultParams, preview } from './parse-issue.ts'

export const BASES: readonly Basis[] = ['measured', 'vendor', 'paper', 'derived', 'secondary', 'analyst', 'estimate']

/** Id of the source that numbers without one get: the file they were given in. */
export const USER_SOURCE_ID = 'user'

/**
 * What a figure may be. The lower bounds are far below any real accelerator: they catch figures given in GB, TB/s
 * or TFLOP/s instead of SI base units. The upper bounds catch slips of exponents.
 */
export interface FigureRule {
  readonly unit: string
  readonly least: number
  readonly most: number
  readonly whole?: boolean
  /** How to write it, e.g. "80e9 for 80 GB". */
  readonly example: string
}

export const CAPACITY: FigureRule = { unit: 'B', least: 1e6, most: 1e18, example: '80e9 for 80 GB' }
export const BANDWIDTH: FigureRule = { unit: 'B/s', least: 1e6, most: 1e21, example: '3.35e12 for 3.35 TB/s' }
export const PEAK: FigureRule = { unit: 'FLOP/s', least: 1e9, most: 1e24, example: '989.4e12 for 989.4 TFLOP/s' }
export const POWER: FigureRule = { unit: 'W', least: 1, most: 1e9, example: '700 for 700 W' }
export const CHIPS: FigureRule = { unit: 'chips', least: 1, most: 1e7, whole: true, example: '8 for eight chips' }
export const LATENCY: FigureRule = { unit: 's', least: 1e-12, most: 1, example: '1.5e-6 for 1.5 µs' }
export const AREA: FigureRule = { unit: 'mm2', least: 1, most: 1e6, example: '814 for 814 mm²' }

export const FIGURE_FIELDS: readonly string[] = ['value', 'unit', 'source', 'basis', 'low', 'high', 'date', 'note']

/** ISO date, year-month or year. */
export const DATE: RegExp = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/

export type TextSchema = z.ZodMiniType<string>

/** Non-empty text of bounded length. */
export function text(most: number): TextSchema {
  return z.string().check(z.minLength(1), z.maxLength(most))
}

const figureInput = z.strictObject({
  value: z.number(),
  unit: z.optional(text(20)),
  source: z.optional(text(80)),
  basis: z.optional(z.enum(BASES as [Basis, ...Basis[]])),
  low: z.optional(z.number()),
  high: z.optional(z.number()),
  date: z.optional(z.string().check(z.regex(DATE))),
  note: z.optional(text(1000)),
})

const unknownInput = z.strictObject({ unknown: text(500) })

/**
 * A figure in the unit of `rule`: a plain number, an object with its evidence, or `{ unknown: reason }`. A number
 * without evidence gets the source "user" and the basis "estimate".
 */
export function figureSchema<Q extends number>(rule: FigureRule): z.ZodMiniType<Known<Q>> {
  return z.pipe(
    z.unknown(),
    z.transform((input, context): Known<Q> => {
      if (typeof input === 'number') {
        // The shorthand has no field to point at: its faults belong to the figure itself.
        context.issues.push(...numberFaults(input, rule).map((message) => ruleFault(input, message, [], rule)))
        return { value: input as Q, unit: rule.unit, source: USER_SOURCE_ID, basis: 'estimate' }
      }
      if (typeof input !== 'object' || input === null || Array.isArray(input)) {
        const forms = `a number in ${rule.unit}, { value, unit, source, basis } or { unknown: reason }`
        context.issues.push(ruleFault(input, `expected ${forms}, got ${preview(input)}`, [], rule))
        return z.NEVER
      }
      const parsed = z.safeParse(Object.hasOwn(input, 'unknown') ? unknownInput : figureInput, input)
      if (!parsed.success) {
        context.issues.push(...(parsed.error.issues as z.core.$ZodRawIssue[]))
        return z.NEVER
      }
      if ('unknown' in parsed.data) return parsed.data
      context.issues.push(...faults(parsed.data, rule))
      return complete<Q>(parsed.data, rule)
    }),
  )
}

type FigureInput = z.infer<typeof figureInput>

function faults(figure: FigureInput, rule: FigureRule): z.core.$ZodRawIssue[] {
  if (figure.unit !== undefined && figure.unit !== rule.unit) {
    const message = `wrong unit "${figure.unit}": figures are in SI base units, here ${rule.unit}`
    return [ruleFault(figure, message, ['unit'], rule)]
  }
  const found = (['value', 'low', 'high'] as const).flatMap((key) => {
    const number = figure[key]
    const messages = number === undefined ? [] : numberFaults(number, rule)
    return messages.map((message) => ruleFault(figure, message, [key], rule))
  })
  const { value, low = value, high = value } = figure
  if (low > value || high < value) {
    found.push(
      fault(figure, 'invalid_value', `the value ${value} lies outside its own range ${low} to ${high}`, ['value']),
    )
  }
  return found
}

function ruleFault(input: unknown, message: string, path: PropertyKey[], rule: FigureRule): z.core.$ZodRawIssue {
  return fault(input, 'invalid_value', message, path, `write ${rule.example}`)
}

function numberFaults(value: number, { unit, least, most, whole }: FigureRule): string[] {
  if (!Number.isFinite(value)) return [`expected a finite number, got ${value}`]
  if (value === 0) return ['must not be 0; leave the field out or give { "unknown": "why" } when it is not known']
  if (value < 0) return [`must not be negative, got ${value} ${unit}`]
  if (value < least) return [`${value} ${unit} is implausibly small (least ${least}): figures are in ${unit}`]
  if (value > most) return [`${value} ${unit} is implausibly large (most ${most})`]
  return whole === true && !Number.isInteger(value) ? [`must be a whole number of ${unit}, got ${value}`] : []
}

function complete<Q extends number>(figure: FigureInput, rule: FigureRule): Figure<Q> {
  return {
    value: figure.value as Q,
    unit: rule.unit,
    source: figure.source ?? USER_SOURCE_ID,
    basis: figure.basis ?? 'estimate',
    ...(figure.low === undefined ? {} : { low: figure.low as Q }),
    ...(figure.high === undefined ? {} : { high: figure.high as Q }),
    ...(figure.date === undefined ? {} : { date: figure.date }),
    ...(figure.note === undefined ? {} : { note: figure.note }),
  }
}

/** A raw zod issue that carries one of our issue codes and a suggestion. */
export function fault(
  input: unknown,
  code: IssueCode,
  message: string,
  path: PropertyKey[],
  suggestion?: string,
): z.core.$ZodRawIssue {
  const params: FaultParams = suggestion === undefined ? { fault: code } : { fault: code, suggestion }
  return { code: 'custom', input, message, path, params: { ...params } }
}
