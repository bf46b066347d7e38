import type { SiteCalibration, SiteError } from '../../src/index.ts'
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

/** What refitting gained on rows left out, the factors, and which rows were not used. */
export function calibrationPage(
  calibration: SiteCalibration & { readonly skipped: readonly SkippedRow[] },
  out: string | undefined,
  page: Page,
  io: Io,
): Page {
  const { verdict, reason, rows, heldOut, misfits, skipped } = calibration
  page.title(verdict === 'refitted' ? 'Refitted: rows left out gain' : 'Kept the shipped constants')
  page.text(
    `${capital(reason)}. ${rows} rows; left out by ${heldOut.by}: ${heldOut.groups} groups in ${heldOut.folds} folds.`,
  )
  if (out !== undefined) page.text(`The calibration is in ${printable(out)}.`)
  return page
    .section('Errors', errorTable(calibration, io))
    .section(verdict === 'refitted' ? 'Factors' : 'Factors found, and not applied', factorTable(calibration, io))
    .notes(`Rows not used, ${misfits.length + skipped.length}`, named([...skipped, ...misfits]))
}

function errorTable({ errors }: SiteCalibration, io: Io): string {
  const kinds = { shipped: 'as shipped', heldOut: 'refitted, row left out', inSample: 'refitted, row seen' } as const
  const rows = (['tpot', 'ttft'] as const).flatMap((name) =>
    (['shipped', 'heldOut', 'inSample'] as const).flatMap((kind) => {
      const error = errors[kind][name]
      return error === null ? [] : [[name.toUpperCase(), kinds[kind], ...errorCells(error)]]
    }),
  )
  return tableText({ head: ['', '', 'rows', 'median', 'mean', 'bias'], rows, left: [0, 1] }, io)
}

function errorCells({ n, median, mean, bias }: SiteError): string[] {
  return [String(n), shareText(median), shareText(mean), `${bias > 0 ? '+' : ''}${shareText(bias)}`]
}

function factorTable({ factors }: SiteCalibration, io: Io): string {
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
