import { LONGEST } from '../arrival/length-distribution.ts'
import { TICKS_PER_SECOND } from '../engine/tick.ts'

/** How times are written: a date and time of day, or a number of these. */
export type TimeUnit = 'datetime' | 's' | 'ms' | 'us' | 'ns'

/** What is wrong with a row, in a few fixed kinds that can be counted. */
export type RowFaultKind =
  | 'shape'
  | 'missing'
  | 'not-a-number'
  | 'not-a-time'
  | 'below-one'
  | 'not-whole'
  | 'too-large'
  | 'refused-key'
  | 'block-id'

export interface RowFault {
  readonly kind: RowFaultKind
  /** Column or key at fault; empty for the row as a whole. */
  readonly field: string
  readonly found: string
}

/** One row as scanned, overwritten by the next: the hot loop allocates nothing. */
export interface Row {
  /** Whole seconds of the arrival since any fixed moment, and ticks (0 … 32e9) beyond them. */
  second: number
  tick: number
  prompt: number
  output: number
  ids: Int32Array
  idCount: number
  fault: RowFault | undefined
}

export function newRow(): Row {
  return { second: 0, tick: 0, prompt: 0, output: 0, ids: new Int32Array(256), idCount: 0, fault: undefined }
}

/** Scans text[start, end) into `row`; what is wrong stands in row.fault afterwards. */
export type RowScanner = (text: string, start: number, end: number, row: Row) => void

const ZERO = 48

/** The value of text[start, end) where it is 1 to 15 digits and nothing else; otherwise −1. */
export function scanDigits(text: string, start: number, end: number): number {
  if (end - start > 15 || start >= end) return -1
  let value = 0
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - ZERO
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** A length in tokens at text[start, end): whole and from 1 to 2^31 − 1; −1 and row.fault otherwise. */
export function scanLength(text: string, start: number, end: number, field: string, row: Row): number {
  const value = scanDigits(text, start, end)
  if (value >= 1 && value <= LONGEST) return value
  const cell = text.slice(start, end).trim()
  const slow = DECIMAL.test(cell) ? Number(cell) : Number.NaN
  const kind = lengthFault(cell, slow)
  if (kind === undefined) return slow
  row.fault ??= { kind, field, found: cell }
  return -1
}

function lengthFault(cell: string, value: number): RowFaultKind | undefined {
  if (cell === '') return 'missing'
  if (Number.isNaN(value)) return 'not-a-number'
  if (value < 1) return 'below-one'
  if (value > LONGEST) return 'too-large'
  return Number.isInteger(value) ? undefined : 'not-whole'
}

const PER_SECOND: Readonly<Record<Exclude<TimeUnit, 'datetime'>, number>> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 }

/** A scanner of times in one unit: sets row.second and row.tick, or row.fault. */
export type TimeScanner = (text: string, start: number, end: number, row: Row) => void

export function timeScanner(unit: TimeUnit, field: string): TimeScanner {
  return unit === 'datetime'
    ? (text, start, end, row) => scanDatetime(text, start, end, field, row)
    : (text, start, end, row) => scanNumericTime(text, start, end, PER_SECOND[unit], field, row)
}

const DOT = 46

// Digits, then perhaps a point and more digits: exact. Anything else is left to Number().
function scanNumericTime(text: string, start: number, end: number, perSecond: number, field: string, row: Row): void {
  let point = start
  while (point < end && text.charCodeAt(point) !== DOT) point++
  const whole = scanDigits(text, start, point)
  const digits = Math.max(end - point - 1, 0)
  const fraction = digits === 0 ? 0 : scanDigits(text, point + 1, end)
  if (whole < 0 || fraction < 0) {
    scanOddTime(text.slice(start, end).trim(), perSecond, field, row)
    return
  }
  row.second = Math.floor(whole / perSecond)
  const ticksPerUnit = TICKS_PER_SECOND / perSecond
  row.tick = (whole - row.second * perSecond) * ticksPerUnit + Math.round((fraction * ticksPerUnit) / 10 ** digits)
}

function scanOddTime(cell: string, perSecond: number, field: string, row: Row): void {
  const seconds = DECIMAL.test(cell) ? Number(cell) / perSecond : Number.NaN
  if (Number.isNaN(seconds)) {
    row.fault ??= { kind: cell === '' ? 'missing' : 'not-a-time', field, found: cell }
  } else if (Math.abs(seconds) > MOST_SECONDS) {
    row.fault ??= { kind: 'too-large', field, found: cell }
  } else {
    row.second = Math.floor(seconds)
    row.tick = Math.round((seconds - row.second) * TICKS_PER_SECOND)
  }
}

// 30 million years: differences of such times are exact.
const MOST_SECONDS = 1e15

const DATETIME = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.(\d{1,12})\d*)?(?:Z|[+-]\d\d:?\d\d)?$/

export function isDatetime(cell: string): boolean {
  return DATETIME.test(cell)
}

/** `2023-11-16 18:17:03.9799600`, with T in place of the space and with a zone if need be; without one, UTC. */
function scanDatetime(text: string, start: number, end: number, field: string, row: Row): void {
  const plainEnd = start + 19
  if (end < plainEnd || text.charCodeAt(start + 4) !== DASH || text.charCodeAt(start + 7) !== DASH) {
    scanOddDatetime(text.slice(start, end).trim(), field, row)
    return
  }
  const day = dayNumber(
    scanDigits(text, start, start + 4),
    scanDigits(text, start + 5, start + 7),
    scanDigits(text, start + 8, start + 10),
  )
  const hour = scanDigits(text, start + 11, start + 13)
  const minute = scanDigits(text, start + 14, start + 16)
  const second = scanDigits(text, start + 17, plainEnd)
  const digits = end - plainEnd - 1
  const fraction =
    digits > 0 && digits <= 9 && text.charCodeAt(plainEnd) === DOT ? scanDigits(text, plainEnd + 1, end) : -1
  const isPlain = day >= 0 && hour >= 0 && minute >= 0 && second >= 0 && (fraction >= 0 || end === plainEnd)
  const separators = text.charCodeAt(start + 13) === COLON && text.charCodeAt(start + 16) === COLON
  const gap = text.charCodeAt(start + 10)
  if (!isPlain || !separators || (gap !== SPACE && gap !== LETTER_T) || hour > 23 || minute > 59 || second > 59) {
    scanOddDatetime(text.slice(start, end).trim(), field, row)
    return
  }
  row.second = day * 86_400 + hour * 3600 + minute * 60 + second
  row.tick = fraction <= 0 ? 0 : Math.round((fraction * TICKS_PER_SECOND) / POWERS[digits]!)
}

const [DASH, COLON, SPACE, LETTER_T] = [45, 58, 32, 84] as const
const POWERS = Float64Array.from({ length: 10 }, (_, i) => 10 ** i)

// With a zone, more than nine digits, or spaces around; everything else that comes here is at fault.
function scanOddDatetime(cell: string, field: string, row: Row): void {
  const fraction = DATETIME.exec(cell)?.[1]
  const seconds = isDatetime(cell) ? Date.parse(withoutFraction(cell)) / 1000 : Number.NaN
  const day = dayNumber(Number(cell.slice(0, 4)), Number(cell.slice(5, 7)), Number(cell.slice(8, 10)))
  if (Number.isNaN(seconds) || day < 0) {
    row.fault ??= { kind: cell === '' ? 'missing' : 'not-a-time', field, found: cell }
    return
  }
  row.second = seconds
  row.tick = fraction === undefined ? 0 : Math.round((Number(fraction) * TICKS_PER_SECOND) / 10 ** fraction.length)
}

// Date.parse reads an ISO time without a zone as local time: UTC is said where none is.
function withoutFraction(cell: string): string {
  const zone = /(?:Z|[+-]\d\d:?\d\d)$/.exec(cell.slice(10))?.[0] ?? 'Z'
  const colon = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`
  return `${cell.slice(0, 10)}T${cell.slice(11, 19)}${colon}`
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Days since 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms"); −1 for a date that does not exist. */
function dayNumber(year: number, month: number, day: number): number {
  if (year < 1970 || month < 1 || month > 12 || day < 1) return -1
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  if (day > MONTH_DAYS[month - 1]! + (isLeap && month === 2 ? 1 : 0)) return -1
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}
