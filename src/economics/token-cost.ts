import { PincerError } from '../issue/index.ts'
import { type Joules, SECONDS_PER_HOUR, type Usd, type UsdPerHour, type Watts } from '../units/index.ts'

const MTOK = 1e6

/**
 * USD per million tokens of a machine that costs `usdPerHour` and makes `tokensPerSecond` (the same machine: per chip
 * with per chip, or whole with whole).
 * @throws PincerError when the price is negative or the speed not positive
 */
export function costPerMtok(input: { readonly usdPerHour: UsdPerHour; readonly tokensPerSecond: number }): Usd {
  const { usdPerHour, tokensPerSecond } = input
  requireAtLeastZero(usdPerHour, 'usdPerHour')
  requirePositive(tokensPerSecond, 'tokensPerSecond')
  return (usdPerHour / (tokensPerSecond * SECONDS_PER_HOUR)) * MTOK
}

/** Joules per token at a mean power. */
export function joulesPerToken(input: { readonly watts: Watts; readonly tokensPerSecond: number }): Joules {
  requireAtLeastZero(input.watts, 'watts')
  requirePositive(input.tokensPerSecond, 'tokensPerSecond')
  return input.watts / input.tokensPerSecond
}

export interface TokenCostInput {
  readonly usdPerHour: UsdPerHour
  readonly inputTokensPerSecond: number
  readonly outputTokensPerSecond: number
  /** Share of the machine's time (or of its chips) that works on prompts, [0, 1]. */
  readonly prefillShare: number
}

/** USD per million tokens, four ways. */
export interface TokenCost {
  /** The prefill share of the money over input tokens. Input and output cost together make the whole bill. */
  readonly input: Usd
  /** The rest of the money over output tokens. */
  readonly output: Usd
  /** All money over all tokens. */
  readonly blended: Usd
  /** All money over input tokens only, as some benchmarks report; holds the whole bill, never add it to another. */
  readonly allOnInput: Usd
  /** All money over output tokens only; holds the whole bill, never add it to another. */
  readonly allOnOutput: Usd
}

/**
 * Splits the bill between input and output tokens. Rule: money follows machine time, so prompts pay for the time spent on
 * prefill. input × input tokens + output × output tokens = the bill, exactly.
 * @throws PincerError for a value out of range
 */
export function tokenCost(input: TokenCostInput): TokenCost {
  const { usdPerHour, inputTokensPerSecond, outputTokensPerSecond, prefillShare } = input
  requireAtLeastZero(usdPerHour, 'usdPerHour')
  requirePositive(inputTokensPerSecond, 'inputTokensPerSecond')
  requirePositive(outputTokensPerSecond, 'outputTokensPerSecond')
  if (!(prefillShare >= 0 && prefillShare <= 1)) throw outOfRange('prefillShare', 'between 0 and 1', prefillShare)
  const allOnInput = costPerMtok({ usdPerHour, tokensPerSecond: inputTokensPerSecond })
  const allOnOutput = costPerMtok({ usdPerHour, tokensPerSecond: outputTokensPerSecond })
  return {
    input: allOnInput * prefillShare,
    output: allOnOutput * (1 - prefillShare),
    blended: costPerMtok({ usdPerHour, tokensPerSecond: inputTokensPerSecond + outputTokensPerSecond }),
    allOnInput,
    allOnOutput,
  }
}

/** What a service takes for tokens at list prices (USD per million), cached input apart. */
export function tokenRevenue(input: {
  readonly inputTokens: number
  readonly cachedShare: number
  readonly outputTokens: number
  readonly price: { readonly input: Usd; readonly cachedInput: Usd; readonly output: Usd }
}): Usd {
  const { inputTokens, cachedShare, outputTokens, price } = input
  requireAtLeastZero(inputTokens, 'inputTokens')
  requireAtLeastZero(outputTokens, 'outputTokens')
  if (!(cachedShare >= 0 && cachedShare <= 1)) throw outOfRange('cachedShare', 'between 0 and 1', cachedShare)
  for (const side of ['input', 'cachedInput', 'output'] as const) requireAtLeastZero(price[side], `price.${side}`)
  const perInput = price.cachedInput * cachedShare + price.input * (1 - cachedShare)
  return (inputTokens * perInput + outputTokens * price.output) / MTOK
}

/** Profit over cost: revenue 562,027 at cost 87,072 is 5.45. */
export function costMargin(revenue: Usd, cost: Usd): number {
  requirePositive(cost, 'cost')
  requireAtLeastZero(revenue, 'revenue')
  return revenue / cost - 1
}

/** USD for `chips` chips over `hours` hours. */
export function fleetCost(input: {
  readonly chips: number
  readonly usdPerHour: UsdPerHour
  readonly hours: number
}): Usd {
  requireAtLeastZero(input.chips, 'chips')
  requireAtLeastZero(input.usdPerHour, 'usdPerHour')
  requireAtLeastZero(input.hours, 'hours')
  return input.chips * input.usdPerHour * input.hours
}

/**
 * Load at which an owned machine, paid for whether busy or not, makes tokens as cheaply as they are sold elsewhere:
 * u = usdPerHour / (tokens per hour at full load × price per token). Above 1 it never does (`isReachable` false).
 * @throws PincerError when price or speed are not positive
 */
export function breakEvenUtilisation(input: {
  readonly usdPerHour: UsdPerHour
  readonly tokensPerSecond: number
  readonly pricePerMtok: Usd
}): { readonly utilisation: number; readonly isReachable: boolean } {
  requirePositive(input.pricePerMtok, 'pricePerMtok')
  const utilisation = costPerMtok(input) / input.pricePerMtok
  return { utilisation, isReachable: utilisation <= 1 }
}

function requirePositive(value: number, field: string): void {
  if (value > 0 && Number.isFinite(value)) return
  throw outOfRange(field, 'a positive number', value)
}

function requireAtLeastZero(value: number, field: string): void {
  if (value >= 0 && Number.isFinite(value)) return
  throw outOfRange(field, 'a number of at least 0', value)
}

function outOfRange(field: string, wanted: string, value: number): PincerError {
  return new PincerError({ code: 'invalid_value', path: field.split('.'), message: `must be ${wanted}, got ${value}` })
}
