import type { Bytes, Seconds, Usd } from './quantity.ts'

const SI_STEPS: readonly (readonly [number, string])[] = [
  [1e24, 'Y'],
  [1e21, 'Z'],
  [1e18, 'E'],
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
]

/** `value` with three significant digits and a decimal SI prefix: `formatSi(3.35e12, 'B/s')` is "3.35 TB/s". */
export function formatSi(value: number, unit: string): string {
  if (value === 0) return `0 ${unit}`
  const size = Math.abs(value)
  // 999.6 would round to "1000", which belongs to the next prefix.
  const step = SI_STEPS.find(([scale]) => size >= scale * 0.9995) ?? SI_STEPS[SI_STEPS.length - 1]!
  return `${significant(value / step[0])} ${step[1]}${unit}`
}

/** Decimal bytes: 80e9 is "80 GB". */
export function formatBytes(bytes: Bytes): string {
  return formatSi(bytes, 'B')
}

/** SI below two minutes, then minutes, from two hours on hours. */
export function formatSeconds(seconds: Seconds): string {
  if (Math.abs(seconds) >= 7200) return `${significant(seconds / 3600)} h`
  if (Math.abs(seconds) >= 120) return `${significant(seconds / 60)} min`
  return formatSi(seconds, 's')
}

/** Dollars with enough digits to be told apart: "$0.0077", "$1.30", "$87,072". */
export function formatUsd(usd: Usd): string {
  const size = Math.abs(usd)
  if (size === 0) return '$0'
  if (size >= 1e6) return `$${formatSi(usd, '').trim().replace(' ', '')}`
  if (size >= 1000) return `$${whole(usd)}`
  // From ten cents on two digits are whole cents, and money shows them all: $0.10.
  if (size >= 0.0995) return `$${usd.toFixed(2)}`
  return `$${significant(usd, 2)}`
}

/** Counts: exact with separators below a million, SI above. */
export function formatCount(count: number): string {
  if (Math.abs(count) >= 1e6) return formatSi(count, '').trim().replace(' ', '')
  if (Math.abs(count) >= 100 || Number.isInteger(count)) return whole(count)
  return significant(count)
}

/** A ratio as percent: 0.089 is "8.9 %". */
export function formatPercent(ratio: number): string {
  return `${significant(ratio * 100)} %`
}

/** Tokens per second with three digits: "1,230", "12.3 k" from a hundred thousand. */
export function formatRate(perSecond: number): string {
  return perSecond >= 99_950 ? formatSi(perSecond, '').trim() : significant(perSecond)
}

const PREFIXED: ReadonlySet<string> = new Set(['B', 's', 'J', 'W'])

/** `value` by its unit: ratios as percent up to 2 and as factors beyond, dollars as dollars, parameters in billions, the rest in its unit. */
export function formatUnit(value: number, unit: string): string {
  if (unit === 'ratio') return value < 2 ? formatPercent(value) : `×${formatCount(Number(value.toPrecision(3)))}`
  if (unit === 'USD' || unit.startsWith('USD/')) return formatUsd(value) + unit.slice(3)
  if (unit === 'params') return `${Number((value / 1e9).toPrecision(4))} B`
  return PREFIXED.has(unit) ? formatSi(value, unit) : `${formatCount(Number(value.toPrecision(4)))} ${unit}`
}

// Making a printer takes a hundred times as long as printing: a page of numbers would wait for it.
const printers = new Map<number, Intl.NumberFormat>()
let wholes: Intl.NumberFormat | undefined

function whole(value: number): string {
  wholes ??= new Intl.NumberFormat('en-US')
  return wholes.format(Math.round(value))
}

function significant(value: number, digits = 3): string {
  let printer = printers.get(digits)
  if (printer === undefined) {
    printer = new Intl.NumberFormat('en-US', { maximumSignificantDigits: digits })
    printers.set(digits, printer)
  }
  return printer.format(Number(value.toPrecision(digits)))
}
