import { type Constants, calibrationFor, constantsOf } from './constants.ts'
import { type Deployment, type MeasuredRow, type Ratio, ratio } from './deployment.ts'
import { type Linearised, refit } from './fit.ts'

/** How rows are left out of the fit: each by what it shares with the others that are left out with it. */
export const SCHEMES = ['row', 'deployment', 'model', 'chip'] as const
export type Scheme = (typeof SCHEMES)[number]

const FOLDS = 5

/** A row with its ratios of predicted over measured, by what the fit had not seen. */
export interface JudgedRow {
  readonly row: MeasuredRow
  readonly deployment: Deployment
  /** With all rows in the fit. */
  readonly seen: Ratio
  readonly held: Readonly<Record<Scheme, Ratio>>
}

/**
 * Judges every row by constants that have not seen it. Rows that are never fitted are judged by the same constants as those
 * that share their key. What does not fit its chips is left out.
 */
export function judgeHeldOut(rows: readonly MeasuredRow[], line: Linearised, constants: Constants): JudgedRow[] {
  const seen = rows.map((row) => ratioOf(row, constants))
  const held = Object.fromEntries(SCHEMES.map((scheme) => [scheme, heldRatios(rows, line, scheme)])) as Record<
    Scheme,
    (Ratio | undefined)[]
  >
  return rows.flatMap((row, i) => {
    const [first, ...others] = SCHEMES.map((scheme) => held[scheme][i])
    if (row.deployment === undefined || seen[i] === undefined || first === undefined) return []
    const known = [first, ...others].map((found) => found ?? seen[i]!)
    const ratios = Object.fromEntries(SCHEMES.map((scheme, s) => [scheme, known[s]!])) as Record<Scheme, Ratio>
    return [{ row, deployment: row.deployment, seen: seen[i], held: ratios }]
  })
}

function heldRatios(rows: readonly MeasuredRow[], line: Linearised, scheme: Scheme): (Ratio | undefined)[] {
  const indexOf = new Map(
    rows.filter(({ isFitted, deployment }) => isFitted && deployment !== undefined).map((row, i) => [row, i]),
  )
  const keys = rows.map((row) => keyOf(row, scheme))
  const fitKeys = new Map([...indexOf].map(([row, i]) => [line.deployments[i]!, keyOf(row, scheme)]))
  const refits = new Map<string, Constants>()
  for (const key of [...new Set(keys)].sort()) {
    const isInFit = [...fitKeys.values()].includes(key)
    refits.set(
      key,
      isInFit ? refit(line, (deployment) => fitKeys.get(deployment) !== key) : constantsOf([...line.values]),
    )
    process.stderr.write(`held out ${scheme} ${key}\n`)
  }
  return rows.map((row, i) => ratioOf(row, refits.get(keys[i]!)!))
}

function ratioOf({ deployment }: MeasuredRow, constants: Constants): Ratio | undefined {
  return deployment === undefined ? undefined : ratio(deployment, calibrationFor(constants, deployment.scenario.engine))
}

function keyOf({ cells }: MeasuredRow, scheme: Scheme): string {
  if (scheme === 'model' || scheme === 'chip') return cells[scheme] ?? ''
  const group = ['model', 'chip', 'precision', 'engine'].map((column) => cells[column]).join(' ')
  return fold(scheme === 'row' ? (cells['id'] ?? '') : group)
}

// FNV-1a, so that the folds are the same everywhere.
function fold(text: string): string {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
  return `fold ${hash % FOLDS}`
}
