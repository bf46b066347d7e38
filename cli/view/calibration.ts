import {
  type KernelCalibration,
  type RefittedFactor,
  type SiteCalibration,
  type SiteError,
  formatSeconds,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { shareText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { printable } from './text.ts'

/** A row that is no measured deployment. */
export interface SkippedRow {
  readonly row: number
  readonly id: string
  readonly reason: string
}

const MOST_NAMED = 10

const TITLES: Readonly<Record<SiteCalibration['basis'], string>> = {
  shipped: 'Kept the shipped constants',
  runs: 'Refitted: rows left out gain',
  kernels: 'Refitted to kernels: those left out gain',
  'runs and kernels': 'Refitted: rows left out gain',
}

/** What refitting gained on rows left out, the factors, and which rows were not used. */
export function calibrationPage(
  calibration: SiteCalibration & { readonly skipped: readonly SkippedRow[] },
  out: string | undefined,
  page: Page,
  io: Io,
): Page {
  const { basis, reason, rows, heldOut, misfits, skipped, kernels, factors } = calibration
  page.title(TITLES[basis])
  const isApplied = basis !== 'shipped' && (rows === 0 || basis !== 'kernels')
  if (rows > 0) page.text(`${capital(reason)}. ${rows} rows; ${leftOut(heldOut)}`)
  if (kernels !== undefined) page.text(kernelText(kernels))
  if (out !== undefined) page.text(`The calibration is in ${printable(out)}.`)
  if (kernels !== undefined) {
    page.section('Kernels', kernelErrorTable(kernels, io))
    if (rows > 0) page.section('Factors by kernels alone', factorTable(kernels.factors, io))
  }
  return page
    .section(rows > 0 ? 'Errors' : '', rows > 0 ? errorTable(calibration, io) : '')
    .section(isApplied ? 'Factors' : 'Factors found, and not applied', factorTable(factors, io))
    .notes(`Rows not used, ${misfits.length + skipped.length}`, named([...skipped, ...misfits]))
    .notes('Remarks on kernels', kernels === undefined ? [] : kernelNotes(kernels))
}

function leftOut({ by, groups, folds }: SiteCalibration['heldOut']): string {
  return `left out by ${by}: ${groups} groups in ${folds} folds.`
}

function kernelText({ chip, reason, rows, shapes, bounds, heldOut }: KernelCalibration): string {
  const bound = (['memory', 'compute', 'network', 'latency'] as const).flatMap((name) =>
    bounds[name] === 0 ? [] : [`${bounds[name]} by ${BOUND[name]}`],
  )
  return `${capital(reason)}. ${rows} timings of ${printable(chip)}, ${shapes} shapes, bound ${bound.join(', ')}; ${leftOut(heldOut)}`
}

const BOUND = { memory: 'memory', compute: 'matrix units', network: 'links', latency: 'launches and latency' } as const

function kernelNotes({ belowLight, notes }: KernelCalibration): string[] {
  const below = belowLight.map(({ id, seconds, light }) => ({
    id,
    reason: `${formatSeconds(seconds)} is below the speed of light, ${formatSeconds(light)}; left out`,
  }))
  return [...notes, ...named(below)]
}

function kernelErrorTable({ errors }: KernelCalibration, io: Io): string {
  const rows = errors.map(({ kernel, shapes, shipped, heldOut }) => [
    kernel,
    String(shapes),
    ...[shipped, heldOut].flatMap(({ median, p90 }) => [shareText(median), shareText(p90)]),
  ])
  const head = ['', 'shapes', 'median, shipped', '90th p.', 'median, refitted and left out', '90th p.']
  return tableText({ head, rows }, io)
}

function errorTable({ errors }: SiteCalibration, io: Io): string {
  const kinds = {
    shipped: 'as shipped',
    kernels: 'by kernels alone',
    heldOut: 'refitted, row left out',
    inSample: 'refitted, row seen',
  } as const
  const rows = (['tpot', 'ttft'] as const).flatMap((name) =>
    (['shipped', 'kernels', 'heldOut', 'inSample'] as const).flatMap((kind) => {
      const error = errors[kind]?.[name] ?? null
      return error === null ? [] : [[name.toUpperCase(), kinds[kind], ...errorCells(error)]]
    }),
  )
  return tableText({ head: ['', '', 'rows', 'median', 'mean', 'bias'], rows, left: [0, 1] }, io)
}

function errorCells({ n, median, mean, bias }: SiteError): string[] {
  return [String(n), shareText(median), shareText(mean), `${bias > 0 ? '+' : ''}${shareText(bias)}`]
}

function factorTable(factors: readonly RefittedFactor[], io: Io): string {
  const rows = factors.map(({ name, value, doubt, prior }) => [name, times(value), times(doubt), times(prior)])
  return tableText({ head: ['', 'factor', 'doubt', 'before'], rows }, io)
}

function times(value: number): string {
  return `×${value.toFixed(2)}`
}

function named(rows: readonly { id: string; reason: string }[]): string[] {
  const first = rows.slice(0, MOST_NAMED).map(({ id, reason }) => printable(`${id}: ${reason}`))
  return rows.length > first.length ? [...first, `and ${rows.length - first.length} more: see --json`] : first
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
