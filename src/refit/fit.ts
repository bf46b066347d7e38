import { PincerError } from '../issue/index.ts'
import { predictScenario } from '../predict/index.ts'
import type { Engine } from '../step/index.ts'
import { type Factor, adjustmentOf } from './factor.ts'
import { solve } from './solve.ts'
import type { SiteRow } from './types.ts'

/** ln(predicted / measured) of one row; what was not measured is absent. */
export interface LogErrors {
  readonly ttft?: number
  readonly tpot?: number
}

/** A row at some factors: its errors and how they move with each factor's logarithm. */
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
/** Longest move of a logarithm in a round. */
const LONGEST = 0.7

/** Errors of a row under factors given by their logarithms. @throws PincerError when it does not fit its chips */
export function errorsOf(
  { scenario, ttft, tpot }: SiteRow,
  engines: readonly Engine[],
  logs: readonly number[],
): LogErrors {
  const isShipped = logs.every((log) => log === 0)
  const found = predictScenario(isShipped ? scenario : { ...scenario, calibration: adjustmentOf(engines, logs) })
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
export function linearise(
  rows: readonly SiteRow[],
  engines: readonly Engine[],
  factors: readonly Factor[],
  at: readonly number[],
): Linear {
  const errors = rows.map((row) => errorsOf(row, engines, at))
  const slopes = rows.map((row, i) => {
    const moved = factors.map(({ engine }, k) =>
      engine === undefined || engine === row.scenario.engine
        ? triedErrors(row, engines, at.with(k, at[k]! + PROBE))
        : undefined,
    )
    const of = (name: 'ttft' | 'tpot'): number[] =>
      moved.map((found) => ((found?.[name] ?? errors[i]![name] ?? 0) - (errors[i]![name] ?? 0)) / PROBE)
    return { ttft: of('ttft'), tpot: of('tpot') }
  })
  return { at, errors, slopes }
}

// What fits as shipped may not fit when memory-bound queues change; such a slope is taken for none.
function triedErrors(row: SiteRow, engines: readonly Engine[], logs: readonly number[]): LogErrors | undefined {
  try {
    return errorsOf(row, engines, logs)
  } catch (error) {
    if (error instanceof PincerError) return undefined
    throw error
  }
}

/** Most probable logarithms of the factors, and their standard deviations. */
export interface Posterior {
  readonly logs: readonly number[]
  readonly doubts: readonly number[]
}

/**
 * Maximum a posteriori along the slopes: Gaussian priors around the shipped constants, errors squared below one standard deviation of noise
 * and linear far above it (an outlier moves little). Rows of one group count together as the square root of their number: what they
 * have in common is one observation, not many.
 */
export function posterior(
  { at, errors, slopes }: Linear,
  factors: readonly Factor[],
  keys: readonly string[],
  keeps: (row: number) => boolean,
): Posterior {
  const sizes = new Map<string, number>()
  for (const [i, key] of keys.entries()) if (keeps(i)) sizes.set(key, (sizes.get(key) ?? 0) + 1)
  let logs = [...at]
  let doubts: number[] = []
  for (let pass = 0; pass < 8; pass++) {
    const matrix = factors.map(({ doubt }, a) => factors.map((_, b) => (a === b ? 1 / doubt ** 2 : 0)))
    const vector = factors.map(() => 0)
    for (const [i, slope] of slopes.entries()) {
      if (!keeps(i)) continue
      for (const name of QUANTITIES) {
        const error = errors[i]![name]
        if (error === undefined) continue
        addTo(matrix, vector, {
          base: error,
          slope: slope[name],
          at,
          logs,
          noise: NOISE[name],
          share: sizes.get(keys[i]!)! ** -0.5,
        })
      }
    }
    const { solution, variances } = solve(matrix, vector)
    logs = solution.map((log, k) => Math.max(at[k]! - LONGEST, Math.min(at[k]! + LONGEST, log)))
    doubts = variances.map(Math.sqrt)
  }
  return { logs, doubts }
}

interface Term {
  readonly base: number
  readonly slope: readonly number[]
  readonly at: readonly number[]
  readonly logs: readonly number[]
  readonly noise: number
  readonly share: number
}

// One weighted equation slope·logs = slope·at − base.
function addTo(matrix: number[][], vector: number[], { base, slope, at, logs, noise, share }: Term): void {
  const now = slope.reduce((sum, s, k) => sum + s * (logs[k]! - at[k]!), base)
  const weight = share / noise ** 2 / Math.hypot(1, now / noise)
  const target = slope.reduce((sum, s, k) => sum + s * at[k]!, -base)
  for (const [a, s] of slope.entries()) {
    if (s === 0) continue
    vector[a]! += weight * s * target
    for (const [b, t] of slope.entries()) matrix[a]![b]! += weight * s * t
  }
}

/** Linearises where the last fit led, so that the slopes are those of the answer. */
export function settle(
  rows: readonly SiteRow[],
  engines: readonly Engine[],
  factors: readonly Factor[],
  keys: readonly string[],
): Linear {
  let line = linearise(
    rows,
    engines,
    factors,
    factors.map(() => 0),
  )
  for (let round = 1; round < ROUNDS; round++) {
    const { logs } = posterior(line, factors, keys, () => true)
    if (logs.every((log, k) => Math.abs(log - line.at[k]!) < 0.01)) break
    line = linearise(rows, engines, factors, logs)
  }
  return line
}
