import { type GivenTier, PincerError } from '../../src/index.ts'
import { rateOf, sizeAtRate, sizeOf, timeOf } from './memory.ts'

/**
 * `80GB@3.35TB/s`, the fast tier of a machine.
 * @throws PincerError `invalid_value`
 */
export function fastInput(text: string): GivenTier {
  const tier = sizeAtRate(text)
  if (tier !== undefined) return tier
  throw unread('fast', text, 'no size and bandwidth above 0', 'write it as 80GB@3.35TB/s')
}

/**
 * `512GB@64GB/s` or, with the time to the first byte, `4TB@7GB/s,100us`: the slow tier.
 * @throws PincerError `invalid_value`
 */
export function slowInput(text: string): GivenTier {
  const [memory = '', after, ...rest] = text.split(',')
  const tier = sizeAtRate(memory)
  const latency = after === undefined ? 0 : timeOf(after)
  if (tier !== undefined && latency !== undefined && rest.length === 0) return { ...tier, latency }
  throw unread(
    'slow',
    text,
    'no size, bandwidth above 0 and, if need be, latency',
    'write it as 512GB@64GB/s or 4TB@7GB/s,100us',
  )
}

/** `64GB/s`. @throws PincerError `invalid_value` at `path` */
export function rateInput(text: string, path: string): number {
  const rate = rateOf(text)
  if (rate !== undefined) return rate
  throw unread(path, text, 'no bandwidth above 0', 'write it as 64GB/s')
}

/** `1MB`. @throws PincerError `invalid_value` at `path` */
export function sizeInput(text: string, path: string): number {
  const size = sizeOf(text)
  if (size !== undefined) return size
  throw unread(path, text, 'no size above 0', 'write it as 1MB')
}

/** `20us`. @throws PincerError `invalid_value` at `path` */
export function timeInput(text: string, path: string): number {
  const time = timeOf(text)
  if (time !== undefined) return time
  throw unread(path, text, 'no time', 'write it as 20us')
}

function unread(path: string, text: string, what: string, suggestion: string): PincerError {
  return new PincerError({
    code: 'invalid_value',
    path: [path],
    message: `"${text.slice(0, 40)}" is ${what}`,
    suggestion,
  })
}
