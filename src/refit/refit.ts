import { PincerError } from '../issue/index.ts'
import { ENGINES, type Engine } from '../step/index.ts'
import { type LogErrors, errorsOf, posterior, settle } from './fit.ts'
import { type Factor, adjustmentOf, factorsOf } from './factor.ts'
import { FEWEST_GROUPS, type Grouping, foldsOf, groupingOf } from './fold.ts'
import type { SiteCalibration, SiteError, SiteErrors, SiteRow } from './types.ts'

/** Weight of an error of TTFT beside one of TPOT, as in the shipped fit: it is noisier. */
const TTFT_WEIGHT = 0.5
/** Gains below this are not worth constants of one's own. */
const LEAST_GAIN = 0.005

/** Standard errors by which a gain must exceed zero to be believed: Student's one-sided 95 %, to 1 % from two degrees of freedom. */
function believed(groups: number): number {
  const freedom = groups - 1
  return 1.645 + 1.52 / freedom + 1.4 / freedom ** 2 + 1.5 / freedom ** 3
}

/**
 * Refits a few factors on the shipped constants to a site's own rows, shrunk towards 1 as far as the rows are few, and keeps the shipped
 * constants unless rows left out of the refit are predicted better by it.
 * @throws PincerError `invalid_value` when there are too few rows to leave any out
 */
export function refitSite(given: readonly SiteRow[]): SiteCalibration {
  const { rows, misfits } = fitting(given)
  const grouping = groupingOf(rows)
  if (grouping === undefined) throw tooFew(rows.length)
  const engines = ENGINES.filter((engine) => rows.some(({ scenario }) => scenario.engine === engine))
  const factors = factorsOf(engines)
  const line = settle(rows, engines, factors, grouping.keys)
  const found = posterior(line, factors, grouping.keys, () => true)
  const folds = foldsOf(grouping)
  const shipped = rows.map((row) =>
    errorsOf(
      row,
      engines,
      factors.map(() => 0),
    ),
  )
  const heldOut = judged(
    rows,
    engines,
    folds,
    (fold) => posterior(line, factors, grouping.keys, (i) => folds[i] !== fold).logs,
  )
  const { gain, gainError } = gainOf(shipped, heldOut, grouping)
  const isGain = gain > Math.max(LEAST_GAIN, believed(grouping.groups) * gainError)
  return {
    schema: 'pincer.calibration.v1',
    adjustment: adjustmentOf(engines, isGain ? found.logs : factors.map(() => 0)),
    verdict: isGain ? 'refitted' : 'kept',
    reason: reasonOf(isGain, gain, gainError),
    rows: rows.length,
    misfits,
    chips: distinct(rows.map(({ scenario }) => scenario.chip.id)),
    models: distinct(rows.map(({ scenario }) => scenario.model.id)),
    engines,
    factors: factors.map((factor, k) => factorOf(factor, found.logs[k]!, found.doubts[k]!)),
    heldOut: { by: grouping.by, groups: grouping.groups, folds: new Set(folds).size, gain, gainError },
    errors: {
      shipped: errorsSummary(shipped),
      heldOut: errorsSummary(heldOut),
      inSample: errorsSummary(rows.map((row) => errorsOf(row, engines, found.logs))),
    },
  }
}

function fitting(given: readonly SiteRow[]): { rows: SiteRow[]; misfits: SiteCalibration['misfits'] } {
  const rows: SiteRow[] = []
  const misfits: { id: string; reason: string }[] = []
  for (const row of given) {
    try {
      errorsOf(row, [], [])
      rows.push(row)
    } catch (error) {
      if (!(error instanceof PincerError)) throw error
      misfits.push({ id: row.id, reason: error.message })
    }
  }
  return { rows, misfits }
}

function tooFew(rows: number): PincerError {
  return new PincerError({
    code: 'invalid_value',
    path: ['rows'],
    message: `${rows} usable rows are too few to leave some out: at least ${FEWEST_GROUPS} different deployments or loads are needed`,
    suggestion: 'measure other lengths, concurrencies or mappings',
  })
}

function judged(
  rows: readonly SiteRow[],
  engines: readonly Engine[],
  folds: readonly number[],
  refit: (fold: number) => readonly number[],
): LogErrors[] {
  const logs = new Map([...new Set(folds)].map((fold) => [fold, refit(fold)]))
  return rows.map((row, i) => errorsOf(row, engines, logs.get(folds[i]!)!))
}

// Rows of a group gain or lose together, so that the error of the mean is taken over groups.
function gainOf(
  shipped: readonly LogErrors[],
  heldOut: readonly LogErrors[],
  { keys, groups }: Grouping,
): { gain: number; gainError: number } {
  const gains = shipped.map((errors, i) => lossOf(errors) - lossOf(heldOut[i]!))
  const gain = gains.reduce((sum, each) => sum + each, 0) / gains.length
  const sums = new Map<string, number>()
  for (const [i, key] of keys.entries()) sums.set(key, (sums.get(key) ?? 0) + gains[i]! - gain)
  const variance = [...sums.values()].reduce((sum, each) => sum + each ** 2, 0)
  return { gain, gainError: (Math.sqrt(variance) / gains.length) * Math.sqrt(groups / (groups - 1)) }
}

function lossOf({ tpot, ttft }: LogErrors): number {
  const parts = [
    ...(tpot === undefined ? [] : [{ weight: 1, error: Math.abs(tpot) }]),
    ...(ttft === undefined ? [] : [{ weight: TTFT_WEIGHT, error: Math.abs(ttft) }]),
  ]
  const weight = parts.reduce((sum, part) => sum + part.weight, 0)
  return parts.reduce((sum, part) => sum + part.weight * part.error, 0) / weight
}

function reasonOf(isGain: boolean, gain: number, gainError: number): string {
  const found = `errors on rows left out ${gain > 0 ? 'fall' : 'rise'} by ${percent(Math.abs(gain))} ± ${percent(gainError)}`
  return isGain ? found : `${found}, which is no gain to rely on: the shipped constants are kept`
}

function percent(log: number): string {
  return `${(100 * log).toFixed(1)} %`
}

function factorOf({ name, doubt }: Factor, log: number, sd: number): SiteCalibration['factors'][number] {
  return { name, value: rounded(Math.exp(log)), doubt: rounded(Math.exp(sd)), prior: rounded(Math.exp(doubt)) }
}

function errorsSummary(errors: readonly LogErrors[]): SiteErrors {
  return { ttft: summaryOf(errors.map(({ ttft }) => ttft)), tpot: summaryOf(errors.map(({ tpot }) => tpot)) }
}

function summaryOf(values: readonly (number | undefined)[]): SiteError | null {
  const logs = values.filter((value) => value !== undefined)
  if (logs.length === 0) return null
  const sizes = logs.map(Math.abs)
  return {
    n: logs.length,
    median: rounded(Math.expm1(median(sizes))),
    mean: rounded(Math.expm1(sizes.reduce((sum, size) => sum + size, 0) / sizes.length)),
    bias: rounded(Math.expm1(median(logs))),
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted()
}

function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
