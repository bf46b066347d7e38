import { PincerError } from '../issue/index.ts'
import { predictScenario } from '../predict/index.ts'
import { type Factor, adjustmentOf } from './factor.ts'
import { type Posterior, type Prior, type Term, posterior } from './posterior.ts'
import type { SiteRow } from './types.ts'

/** ln(predicted / measured) of one row; what was not measured is absent. */
export interface LogErrors {
  readonly ttft?: number
  readonly tpot?: number
}

/** A row at some factors: how its errors move with each factor's logarithm. */
interface Slope {
  readonly ttft: readonly number[]
  readonly tpot: readonly number[]
}

/**
 * Standard deviation of ln(measured / predicted) that is left when the constants are right: the shipped fit's own median errors
 * (docs/accuracy.md), so that a handful of rows moves nothing far.
 */
const NOISE = { tpot: 0.1, ttft: 0.25 } as const
const QUANTITIES = ['tpot', 'ttft'] as const
/** Step of a factor's logarithm over which slopes are taken; simulations are not smooth in the small. */
const PROBE = 0.06
const ROUNDS = 3
/** A round that moves no logarithm further than this is the last. */
const SETTLED = 0.01

/** Errors of a row under factors given by their logarithms. @throws PincerError when it does not fit its chips */
export function errorsOf(
  { scenario, ttft, tpot }: SiteRow,
  factors: readonly Factor[],
  logs: readonly number[],
): LogErrors {
  const isShipped = logs.every((log) => log === 0)
  const found = predictScenario(isShipped ? scenario : { ...scenario, calibration: adjustmentOf(factors, logs) })
  return {
    ...(ttft === undefined ? {} : { ttft: Math.log(found.ttft.value / ttft) }),
    ...(tpot === undefined ? {} : { tpot: Math.log(found.tpot.value / tpot) }),
  }
}

/** Rows at some factors, ready to be refitted in any part without predicting again. */
export interface Linear {
  readonly at: readonly number[]
  readonly errors: readonly LogErrors[]
  readonly slopes: readonly Slope[]
}

/** Predicts all rows at `at` and with each factor moved a little. */
function linearise(rows: readonly SiteRow[], factors: readonly Factor[], at: readonly number[]): Linear {
  const errors = rows.map((row) => errorsOf(row, factors, at))
  const slopes = rows.map((row, i) => {
    const moved = factors.map(({ engine }, k) =>
      engine === undefined || engine === row.scenario.engine
        ? triedErrors(row, factors, at.with(k, at[k]! + PROBE))
        : undefined,
    )
    const of = (name: 'ttft' | 'tpot'): number[] =>
      moved.map((found) => ((found?.[name] ?? errors[i]![name] ?? 0) - (errors[i]![name] ?? 0)) / PROBE)
    return { ttft: of('ttft'), tpot: of('tpot') }
  })
  return { at, errors, slopes }
}

// What fits as shipped may not fit when memory-bound queues change; such a slope is taken for none.
function triedErrors(row: SiteRow, factors: readonly Factor[], logs: readonly number[]): LogErrors | undefined {
  try {
    return errorsOf(row, factors, logs)
  } catch (error) {
    if (error instanceof PincerError) return undefined
    throw error
  }
}

/**
 * The most probable factors by the rows that `keeps` says. Rows of one group count together as the square root of their number: what they
 * have in common is one observation, not many.
 */
export function rowPosterior(
  { at, errors, slopes }: Linear,
  prior: Prior,
  keys: readonly string[],
  keeps: (row: number) => boolean,
): Posterior {
  const sizes = new Map<string, number>()
  for (const [i, key] of keys.entries()) if (keeps(i)) sizes.set(key, (sizes.get(key) ?? 0) + 1)
  const terms = slopes.flatMap((slope, i): Term[] =>
    QUANTITIES.flatMap((name) => {
      const error = keeps(i) ? errors[i]![name] : undefined
      if (error === undefined) return []
      return [{ error, slope: slope[name], noise: NOISE[name], share: sizes.get(keys[i]!)! ** -0.5 }]
    }),
  )
  return posterior(terms, at, prior)
}

/** Linearises where the last fit led, so that the slopes are those of the answer; the first time at the shipped constants. */
export function settle<L extends { readonly at: readonly number[] }>(
  factors: number,
  linear: (at: readonly number[]) => L,
  fit: (line: L) => readonly number[],
): L {
  let line = linear(Array.from({ length: factors }, () => 0))
  for (let round = 1; round < ROUNDS; round++) {
    const logs = fit(line)
    if (logs.every((log, k) => Math.abs(log - line.at[k]!) < SETTLED)) break
    line = linear(logs)
  }
  return line
}

/** Rows linearised at their own answer. */
export function settledRows(
  rows: readonly SiteRow[],
  factors: readonly Factor[],
  prior: Prior,
  keys: readonly string[],
): Linear {
  return settle(
    factors.length,
    (at) => linearise(rows, factors, at),
    (line) => rowPosterior(line, prior, keys, () => true).logs,
  )
}
