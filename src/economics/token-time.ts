import { PincerError } from '../issue/index.ts'
import type { Seconds } from '../units/index.ts'

/** Kinds of tokens that are paid for apart. */
export const TOKEN_KINDS = ['input', 'cachedInput', 'output'] as const
export type TokenKind = (typeof TOKEN_KINDS)[number]

/** Something for every kind of token. */
export type PerKind<T> = Readonly<Record<TokenKind, T>>

/** Tokens of one request (or of a month of them). */
export type TokenMix = PerKind<number>

export interface TokenTimeInput {
  /** Of the whole machine under its load, prompts computed in full. */
  readonly inputTokensPerSecond: number
  readonly outputTokensPerSecond: number
  /** Share of the machine's time (or of its chips) that works on prompts, [0, 1]. */
  readonly prefillShare: number
  /** Bytes a cached token brings along, and bytes/s at which all chips together read them. */
  readonly cachedBytes: number
  readonly cacheLink: number
}

/**
 * Seconds of the whole machine that one token takes, by kind: the rule by which a bill is split. Prompts take the share of the time
 * spent on prefill, outputs the rest; a cached token takes the link's time to read its keys and values, or is computed again where
 * that is faster. Left out: new tokens attend to cached ones, which makes them a little dearer than tokens of a short prompt.
 * @throws PincerError for a value out of range
 */
export function tokenTimes(given: TokenTimeInput): PerKind<Seconds> {
  const { inputTokensPerSecond, outputTokensPerSecond, prefillShare, cachedBytes, cacheLink } = given
  for (const field of ['inputTokensPerSecond', 'outputTokensPerSecond', 'cacheLink'] as const) {
    const value = given[field]
    if (!(value > 0 && Number.isFinite(value))) throw outOfRange(field, 'a positive number', value)
  }
  if (!(prefillShare >= 0 && prefillShare <= 1)) throw outOfRange('prefillShare', 'between 0 and 1', prefillShare)
  if (!(cachedBytes >= 0 && Number.isFinite(cachedBytes))) throw outOfRange('cachedBytes', 'at least 0', cachedBytes)
  const input = prefillShare / inputTokensPerSecond
  return {
    input,
    cachedInput: Math.min(input, cachedBytes / cacheLink),
    output: (1 - prefillShare) / outputTokensPerSecond,
  }
}

/** What a mix of tokens costs when a token of each kind costs `perToken`: dollars, joules, grams or seconds. */
export function mixCost(mix: TokenMix, perToken: PerKind<number>): number {
  return TOKEN_KINDS.reduce((sum, kind) => sum + mix[kind] * perToken[kind], 0)
}

function outOfRange(field: string, wanted: string, value: number): PincerError {
  return new PincerError({ code: 'invalid_value', path: [field], message: `must be ${wanted}, got ${value}` })
}
