const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  p: 1e15,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
}
const AMOUNT = String.raw`(\d+(?:\.\d+)?)\s*([kmgt]i?|p)?B`
const SIZE = new RegExp(`^${AMOUNT}$`, 'i')
const RATE = new RegExp(`^${AMOUNT}/s$`, 'i')
const MEMORY = new RegExp(`^${AMOUNT}@${AMOUNT}/s$`, 'i')
/** Parts of a second. */
const TIMES: Readonly<Record<string, number>> = { s: 1, ms: 1e3, us: 1e6, µs: 1e6, ns: 1e9 }

/** A memory and the rate at which it is read. */
export interface SizeAtRate {
  readonly capacity: number
  readonly bandwidth: number
}

/** `256GB@25GB/s`; undefined when it is none, or one of them is 0. */
export function sizeAtRate(text: string): SizeAtRate | undefined {
  const [, size, sizeUnit, rate, rateUnit] = MEMORY.exec(text.trim()) ?? []
  const capacity = amount(size, sizeUnit)
  const bandwidth = amount(rate, rateUnit)
  return capacity === undefined || bandwidth === undefined ? undefined : { capacity, bandwidth }
}

/** `1MB` in bytes; undefined when it is none. */
export function sizeOf(text: string): number | undefined {
  const [, size, unit] = SIZE.exec(text.trim()) ?? []
  return amount(size, unit)
}

/** `64GB/s` in bytes per second; undefined when it is none. */
export function rateOf(text: string): number | undefined {
  const [, rate, unit] = RATE.exec(text.trim()) ?? []
  return amount(rate, unit)
}

/** `100us` in seconds; undefined when it is none. */
export function timeOf(text: string): number | undefined {
  const [, time, unit = ''] = /^(\d+(?:\.\d+)?)\s*([mnuµ]?s)$/i.exec(text.trim()) ?? []
  const seconds = Number(time) / (TIMES[unit.toLowerCase()] ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds : undefined
}

function amount(digits: string | undefined, unit = ''): number | undefined {
  const value = Number(digits) * (UNITS[unit.toLowerCase()] ?? Number.NaN)
  return value > 0 && Number.isFinite(value) ? value : undefined
}
