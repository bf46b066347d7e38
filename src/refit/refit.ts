import { PincerError } from '../issue/index.ts'
import { ENGINES } from '../step/index.ts'
import { type LogErrors, type Linear, errorsOf, rowPosterior, settledRows } from './fit.ts'
import { type Factor, adjustmentOf, factorsOf } from './factor.ts'
import { FEWEST_GROUPS, type Grouping, foldsOf, groupingOf } from './fold.ts'
import { LEAST_GAIN, gainOf, gainText, mean, percent } from './gain.ts'
import { type Prior, independentPrior } from './posterior.ts'
import { type KernelKnowledge, type SiteKernels, refitKernels, refittedFactor } from './refit-kernels.ts'
import { solve } from './solve.ts'
import { distinct, siteError } from './summary.ts'
import type { SiteCalibration, SiteErrors, SiteRow } from './types.ts'

/** Weight of an error of TTFT beside one of TPOT, as in the shipped fit: it is noisier. */
const TTFT_WEIGHT = 0.5

/**
 * Refits a few factors on the shipped constants to a site's own runs, to kernels it timed alone, or to both, shrunk towards 1 as far as rows are few,
 * and keeps the shipped constants unless rows left out of the refit are predicted better by it. With both, what kernels make probable is the prior of
 * the runs, so that the result is that of one fit to all; kernels that gained nothing on kernels left out tell the runs nothing.
 * @throws PincerError `invalid_value` when there are too few rows to leave any out, when runs are not of the chip whose kernels were
 * timed, and what `refitKernels` throws
 */
export function refitSite(given: readonly SiteRow[], timed?: SiteKernels): SiteCalibration {
  if (timed !== undefined) checkChips(given, timed)
  const kernels = timed && refitKernels(timed)
  if (kernels !== undefined && given.length === 0) return kernelsAlone(kernels)
  const { rows, misfits } = fitting(given)
  const grouping = groupingOf(rows)
  if (grouping === undefined) throw tooFew(rows.length)
  const engines = ENGINES.filter((engine) => rows.some(({ scenario }) => scenario.engine === engine))
  const known = kernels?.report.verdict === 'refitted' ? kernels : undefined
  const factors = factorsOf(engines, known?.factors)
  const prior = priorOf(factors, known)
  const line = settledRows(rows, factors, prior, grouping.keys)
  const found = rowPosterior(line, prior, grouping.keys, () => true)
  const { basis, reason, heldOut, errors } = judged(rows, { factors, prior, line, grouping, known })
  const logs = {
    shipped: prior.mean.map(() => 0),
    kernels: prior.mean,
    runs: found.logs,
    'runs and kernels': found.logs,
  }
  return {
    schema: 'pincer.calibration.v1',
    adjustment: adjustmentOf(factors, logs[basis]),
    verdict: basis === 'shipped' ? 'kept' : 'refitted',
    basis,
    reason,
    rows: rows.length,
    misfits,
    chips: distinct(rows.map(({ scenario }) => scenario.chip.id)),
    models: distinct(rows.map(({ scenario }) => scenario.model.id)),
    engines,
    factors: factors.map((factor, k) => refittedFactor(factor, found.logs[k]!, found.doubts[k]!)),
    heldOut,
    errors: { ...errors, inSample: errorsSummary(rows.map((row) => errorsOf(row, factors, found.logs))) },
    ...(kernels === undefined ? {} : { kernels: kernels.report }),
  }
}

function kernelsAlone({ report, factors, logs }: KernelKnowledge): SiteCalibration {
  const { verdict, reason, heldOut, chip } = report
  const none: SiteErrors = { ttft: null, tpot: null }
  return {
    schema: 'pincer.calibration.v1',
    adjustment: adjustmentOf(factors, verdict === 'refitted' ? logs : factors.map(() => 0)),
    verdict,
    basis: verdict === 'refitted' ? 'kernels' : 'shipped',
    reason,
    rows: 0,
    misfits: [],
    chips: [chip],
    models: [],
    engines: [],
    factors: report.factors,
    heldOut,
    errors: { shipped: none, heldOut: none, inSample: none },
    kernels: report,
  }
}

// Kernels tell of one chip's memory and matrix units, and nothing of another's.
function checkChips(rows: readonly SiteRow[], { chip }: SiteKernels): void {
  const other = rows.find(({ scenario }) => scenario.chip.id !== chip.id)
  if (other === undefined) return
  throw new PincerError({
    code: 'invalid_value',
    path: ['kernels'],
    message: `are of ${chip.id}, and run ${other.id} is of ${other.scenario.chip.id}`,
    suggestion: 'calibrate each chip by runs and kernels of its own',
  })
}

/** The kernels' posterior, and for what they say nothing of the customary doubt around 1. */
function priorOf(factors: readonly Factor[], known: KernelKnowledge | undefined): Prior {
  const plain = independentPrior(factors.map(({ doubt }) => doubt))
  if (known === undefined) return plain
  const { logs, covariance } = known
  const precision = solve(covariance, logs).inverse
  return {
    mean: plain.mean.map((none, k) => logs[k] ?? none),
    precision: plain.precision.map((row, a) =>
      row.map((own, b) => (a < logs.length && b < logs.length ? precision[a]![b]! : own)),
    ),
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

interface Refit {
  readonly factors: readonly Factor[]
  readonly prior: Prior
  readonly line: Linear
  readonly grouping: Grouping
  /** Kernels whose factors are worth something. */
  readonly known: KernelKnowledge | undefined
}

interface Judgement extends Pick<SiteCalibration, 'basis' | 'reason' | 'heldOut'> {
  readonly errors: Omit<SiteCalibration['errors'], 'inSample'>
}

function judged(rows: readonly SiteRow[], { factors, prior, line, grouping, known }: Refit): Judgement {
  const folds = foldsOf(grouping)
  const refits = new Map(
    [...new Set(folds)].map((fold) => [fold, rowPosterior(line, prior, grouping.keys, (i) => folds[i] !== fold).logs]),
  )
  const none = factors.map(() => 0)
  const shipped = rows.map((row) => errorsOf(row, factors, none))
  // The prior's mean is what kernels say before any run is seen.
  const byKernels = known === undefined ? undefined : rows.map((row) => errorsOf(row, factors, prior.mean))
  const heldOut = rows.map((row, i) => errorsOf(row, factors, refits.get(folds[i]!)!))
  const { isGain, ...gain } = gainOf(shipped.map(lossOf), heldOut.map(lossOf), grouping)
  return {
    ...(isGain
      ? { basis: known === undefined ? 'runs' : 'runs and kernels', reason: gainText(gain, 'rows') }
      : fallback(gainText(gain, 'rows'), shipped, byKernels)),
    heldOut: { by: grouping.by, groups: grouping.groups, folds: refits.size, ...gain },
    errors: {
      shipped: errorsSummary(shipped),
      ...(byKernels === undefined ? {} : { kernels: errorsSummary(byKernels) }),
      heldOut: errorsSummary(heldOut),
    },
  }
}

// Factors of kernels have seen no run. Where runs move them no further they stand on their own, unless runs speak against them.
function fallback(
  found: string,
  shipped: readonly LogErrors[],
  byKernels: readonly LogErrors[] | undefined,
): Pick<Judgement, 'basis' | 'reason'> {
  if (byKernels === undefined) return { basis: 'shipped', reason: `${found}, ${NO_GAIN}: ${KEPT}` }
  const rise = mean(byKernels.map(lossOf)) - mean(shipped.map(lossOf))
  if (rise <= LEAST_GAIN) {
    return { basis: 'kernels', reason: `${found}, ${NO_GAIN}: the factors of the kernels alone are taken` }
  }
  const against = `those of the kernels alone raise errors on runs by ${percent(rise)}, ${KEPT}`
  return { basis: 'shipped', reason: `${found}, ${NO_GAIN}: ${against}` }
}

const NO_GAIN = 'which is no gain to rely on'
const KEPT = 'the shipped constants are kept'

function lossOf({ tpot, ttft }: LogErrors): number {
  const parts = [
    ...(tpot === undefined ? [] : [{ weight: 1, error: Math.abs(tpot) }]),
    ...(ttft === undefined ? [] : [{ weight: TTFT_WEIGHT, error: Math.abs(ttft) }]),
  ]
  const weight = parts.reduce((sum, part) => sum + part.weight, 0)
  return parts.reduce((sum, part) => sum + part.weight * part.error, 0) / weight
}

function errorsSummary(errors: readonly LogErrors[]): SiteErrors {
  return { ttft: siteError(errors.map(({ ttft }) => ttft)), tpot: siteError(errors.map(({ tpot }) => tpot)) }
}
