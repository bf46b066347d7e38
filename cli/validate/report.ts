import type { IgnoredCell, JudgedRow } from './judge.ts'
import type { RowKind } from './row-kind.ts'
import { type Score, type ScorePair, scoreErrors } from './score.ts'

/** Scores of some rows, by metric; null where nothing was measured. */
export type Scores = Readonly<Record<string, Score | null>>

export interface GroupReport {
  readonly rows: number
  readonly predicted: number
  readonly scores: Scores
}

/** What `validate` found out about a file. */
export interface Report {
  readonly kind: RowKind['name']
  readonly rows: number
  readonly predicted: number
  readonly refused: readonly {
    readonly row: number
    readonly id: string
    readonly code: string
    readonly reason: string
  }[]
  /** Refusals by reason, most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[]
  /** Measured cells that are not scored, as they hold no number above 0: how many, and the first of them. */
  readonly ignored: { readonly count: number; readonly cells: readonly (IgnoredCell & RowName)[] }
  readonly warnings: readonly string[]
  readonly scores: Scores
  readonly by: Readonly<Record<string, Readonly<Record<string, GroupReport>>>>
}

interface RowName {
  readonly row: number
  readonly id: string
}

const MOST_IGNORED = 10
const MOST_DUPLICATES = 5

/** Scores of all rows and of every group of them. */
export function reportOf(rows: readonly JudgedRow[], kind: RowKind): Report {
  const refused = rows.flatMap(({ row, id, refusal }) => (refusal === undefined ? [] : [{ row, id, ...refusal }]))
  return {
    kind: kind.name,
    rows: rows.length,
    predicted: rows.length - refused.length,
    refused,
    reasons: counted(refused.map(({ reason }) => reason)),
    ignored: ignoredCells(rows),
    warnings: [...duplicateWarning(rows), ...remarkWarnings(rows)],
    scores: scoresOf(rows, kind),
    by: Object.fromEntries(Object.entries(kind.groups).map(([name, label]) => [name, groupsOf(rows, kind, label)])),
  }
}

function ignoredCells(rows: readonly JudgedRow[]): Report['ignored'] {
  const all = rows.flatMap(({ row, id, ignored }) => ignored.map((cell) => ({ row, id, ...cell })))
  return { count: all.length, cells: all.slice(0, MOST_IGNORED) }
}

function duplicateWarning(rows: readonly JudgedRow[]): string[] {
  const places = new Map<string, number[]>()
  for (const { row, id } of rows) places.set(id, [...(places.get(id) ?? []), row])
  const twice = [...places].filter(([, at]) => at.length > 1)
  if (twice.length === 0) return []
  const named = twice.slice(0, MOST_DUPLICATES).map(([id, at]) => `"${id}" (rows ${at.join(', ')})`)
  const rest = twice.length > named.length ? ` and ${twice.length - named.length} more` : ''
  return [`ids that several rows have: ${named.join(', ')}${rest}; every row is predicted and scored`]
}

function remarkWarnings(rows: readonly JudgedRow[]): string[] {
  return counted(rows.flatMap(({ remarks }) => remarks)).map(
    ({ reason, count }) => `${reason} (${count} ${count === 1 ? 'row' : 'rows'})`,
  )
}

function scoresOf(rows: readonly JudgedRow[], kind: RowKind): Scores {
  return Object.fromEntries(kind.metrics.map(({ name }) => [name, scoreErrors(pairsOf(rows, name)) ?? null]))
}

function pairsOf(rows: readonly JudgedRow[], metric: string): ScorePair[] {
  return rows.flatMap(({ predictions, measured }) => {
    const prediction = predictions[metric]
    const value = measured.get(metric)
    if (prediction === undefined || value === undefined) return []
    const { value: predicted, ...ends } = prediction
    return [{ predicted, ...ends, measured: value }]
  })
}

function groupsOf(
  rows: readonly JudgedRow[],
  kind: RowKind,
  label: RowKind['groups'][string],
): Record<string, GroupReport> {
  const groups = new Map<string, JudgedRow[]>()
  for (const row of rows) {
    const name = label(row.inputs)
    const group = groups.get(name) ?? []
    group.push(row)
    groups.set(name, group)
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    sorted.map(([name, members]) => {
      const predicted = members.filter(({ refusal }) => refusal === undefined).length
      return [name, { rows: members.length, predicted, scores: scoresOf(members, kind) }]
    }),
  )
}

function counted(reasons: readonly string[]): { reason: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count)
}

/** The report as `validate --json` prints it: scores by the name of their metric, beside the counts. */
export function reportDocument({ scores, by, ...counts }: Report): object {
  const groups = Object.entries(by).map(([name, labels]) => [
    name,
    Object.fromEntries(Object.entries(labels).map(groupDocument)),
  ])
  return { ...counts, ...scores, by: Object.fromEntries(groups) }
}

function groupDocument([label, { scores, ...counts }]: readonly [string, GroupReport]): [string, object] {
  return [label, { ...counts, ...scores }]
}
