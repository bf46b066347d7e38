import type { Io } from '../io.ts'
import type { GroupReport, Report, Scores } from '../validate/report.ts'
import type { RowKind } from '../validate/row-kind.ts'
import type { Score } from '../validate/score.ts'
import { NOT_KNOWN, shareText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { paragraph, printable } from './text.ts'

const MOST_REASONS = 12

/** How many rows could be predicted, how far off, in all and by group, and why others were refused. */
export function reportPage(report: Report, kind: RowKind, out: string | undefined, page: Page, io: Io): Page {
  page.title(`${report.predicted} of ${report.rows} rows predicted`)
  if (out !== undefined) page.text(`Predictions are in ${printable(out)}.`)
  if (isMeasured(report.scores)) {
    page.section('Errors', scoreTable(kind, report, io))
    for (const [name, groups] of Object.entries(report.by)) page.section(`By ${name}`, groupTable(kind, groups, io))
  } else {
    page.text('The file holds no measured values to judge by.')
  }
  return page
    .section(`Refused, ${report.refused.length} rows`, reasonText(report, io))
    .notes(
      `Measured cells that hold no number above 0 and are not scored, ${report.ignored.count}`,
      ignoredNotes(report),
    )
    .notes('Warnings', report.warnings.map(printable))
}

function isMeasured(scores: Scores): boolean {
  return Object.values(scores).some((score) => score !== null)
}

function ignoredNotes({ ignored: { count, cells } }: Report): string[] {
  const named = cells.map(({ row, id, column, text }) =>
    printable(`row ${row} (${id}): ${column} "${text.slice(0, 40)}"`),
  )
  return count > cells.length ? [...named, `and ${count - cells.length} more`] : named
}

const HEAD = ['rows', 'median', 'mean', 'p90', 'bias', '≤ 20 %', '≤ factor 2', 'in 80 %', 'in 90 %']

function scoreCells(score: Score): string[] {
  const { n, median, mean, p90, bias, within20, withinFactor2 } = score
  const errors = [median, mean, p90].map(shareText)
  return [String(n), ...errors, signed(bias), ...[within20, withinFactor2].map(shareText), ...bandCells(score)]
}

// Groups are many: of the scores those that tell groups apart.
const GROUP_HEAD = ['rows', 'median', 'p90', 'bias', '≤ 20 %', 'in 80 %', 'in 90 %']

function groupCells(score: Score): string[] {
  const { n, median, p90, bias, within20 } = score
  return [String(n), shareText(median), shareText(p90), signed(bias), shareText(within20), ...bandCells(score)]
}

// Shares of measurements inside the 80 % and the 90 % band.
function bandCells({ insideBand80, insideBand }: Score): string[] {
  return [insideBand80 === undefined ? NOT_KNOWN : shareText(insideBand80), shareText(insideBand)]
}

function signed(ratio: number): string {
  return `${ratio > 0 ? '+' : ''}${shareText(ratio)}`
}

function scoreTable(kind: RowKind, { scores }: Report, io: Io): string {
  const rows = kind.metrics.flatMap(({ name, title }) => {
    const score = scores[name]
    return score === null || score === undefined ? [] : [[title, ...scoreCells(score)]]
  })
  return tableText({ head: ['', ...HEAD], rows }, io)
}

/** One line per group and metric. */
function groupTable(kind: RowKind, groups: Readonly<Record<string, GroupReport>>, io: Io): string {
  const rows = Object.entries(groups).flatMap(([name, { scores }]) =>
    kind.metrics.flatMap(({ name: metric, title }) => {
      const score = scores[metric]
      return score === null || score === undefined ? [] : [[printable(name), title, ...groupCells(score)]]
    }),
  )
  return tableText({ head: ['', '', ...GROUP_HEAD], rows, left: [0, 1] }, io)
}

function reasonText({ reasons }: Report, io: Io): string {
  const lines = reasons
    .slice(0, MOST_REASONS)
    .map(({ reason, count }) => paragraph(`${String(count).padStart(5)}  `, printable(reason), io.columns))
  const rest = reasons.length - MOST_REASONS
  return [...lines, ...(rest > 0 ? [`       and ${rest} more reasons: see --out or --json`] : [])].join('\n')
}
