import {
  type Chip,
  type Issue,
  type KernelTiming,
  PincerError,
  SHAPE_FIELDS,
  type ShapeField,
  type SiteKernels,
  findChip,
  nearest,
  parseChip,
  timedKernel,
} from '../../src/index.ts'
import { type CsvRow, type CsvTable, parseCsv, requireColumns } from '../file/csv.ts'
import { readTextFile } from '../file/read.ts'
import { chipInput } from './chip.ts'
import { decimalOf } from './number.ts'

/** A column is the name of its size in small letters: `kv_heads` is `kvHeads`. */
const columnOf = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const SHAPE_COLUMNS: ReadonlyMap<string, ShapeField> = new Map(SHAPE_FIELDS.map((field) => [columnOf(field), field]))
const REQUIRED = ['chip', 'kernel', 'latency_us']
const COLUMNS: readonly string[] = [...REQUIRED, 'format', 'engine', ...SHAPE_COLUMNS.keys(), 'id', 'note']

/** More than this teach four factors nothing new. */
const MOST_ROWS = 20_000
/** Faults that are told at once. */
const MOST_ISSUES = 10
/** 1000 s: longer than any kernel takes. */
const MOST_MICROSECONDS = 1e9

/**
 * Kernels timed alone, a CSV with one timing per row, all of one chip.
 * @throws PincerError `unreadable`, `malformed_csv`, `unknown_field` for other columns, and for cells with their line and column
 */
export async function kernelTimings(file: string, cwd: string): Promise<SiteKernels> {
  const table = await parseCsv(readTextFile(file, cwd), file)
  requireColumns(table, REQUIRED, file)
  refuseOthers(table, file)
  if (table.rows.length === 0) throw fault('invalid_value', [file], 'holds no kernel timing')
  if (table.rows.length > MOST_ROWS) {
    throw fault('too_large', [file], `${table.rows.length} rows are more than ${MOST_ROWS}`, 'leave out repetitions')
  }
  const issues: Issue[] = []
  const chip = chipOf(table.rows, file, cwd, issues)
  const timings = table.rows.flatMap((row) => timingOf(row, file, issues))
  if (issues.length > 0 || chip === undefined) throw new PincerError(issues.slice(0, MOST_ISSUES))
  return { chip, timings }
}

function refuseOthers({ columns }: CsvTable, file: string): void {
  const issues = columns
    .filter((name) => !COLUMNS.includes(name))
    .map((name): Issue => {
      const near = nearest(name, COLUMNS)
      const suggestion = near === undefined ? `known: ${COLUMNS.join(', ')}` : `did you mean "${near}"?`
      return {
        code: 'unknown_field',
        path: [file, name.slice(0, 40)],
        message: 'is no column of kernel timings',
        suggestion,
      }
    })
  if (issues.length > 0) throw new PincerError(issues.slice(0, MOST_ISSUES))
}

function chipOf(rows: readonly CsvRow[], file: string, cwd: string, issues: Issue[]): Chip | undefined {
  const known = new Map<string, Chip | undefined>()
  let first: { readonly chip: Chip; readonly line: number } | undefined
  for (const { cells, line } of rows) {
    const path = [file, `line ${line}`, 'chip']
    const spec = cells.get('chip')
    if (spec === undefined) {
      issues.push(blank(path))
      continue
    }
    if (!known.has(spec)) known.set(spec, found(spec, cwd, path, issues))
    const chip = known.get(spec)
    if (chip === undefined) continue
    first ??= { chip, line }
    if (chip === first.chip) continue
    const message = `${chip.id} is another chip than ${first.chip.id} of line ${first.line}`
    const suggestion = 'calibrate each chip from a file of its own: its factors are of its memory and its matrix units'
    issues.push({ code: 'invalid_value', path, message, suggestion })
  }
  return first?.chip
}

function found(spec: string, cwd: string, path: readonly string[], issues: Issue[]): Chip | undefined {
  try {
    const input = chipInput(spec, cwd)
    return typeof input === 'string' ? findChip(input) : parseChip(input)
  } catch (error) {
    if (!(error instanceof PincerError)) throw error
    issues.push(
      ...error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path.filter((step) => step !== 'chip')] })),
    )
    return undefined
  }
}

function timingOf({ cells, line }: CsvRow, file: string, issues: Issue[]): KernelTiming[] {
  const faults: Issue[] = []
  const at = (column: string): string[] => [file, `line ${line}`, column]
  const shape = Object.fromEntries(
    [...SHAPE_COLUMNS].flatMap(([column, field]) => {
      const value = numberOf(cells.get(column), at(column), faults)
      return value === undefined ? [] : [[field, value]]
    }),
  )
  const timing = {
    id: cells.get('id') ?? `line ${line}`,
    kernel: cells.get('kernel') ?? '',
    ...(cells.has('format') ? { format: cells.get('format') } : {}),
    ...(cells.has('engine') ? { engine: cells.get('engine') } : {}),
    shape,
    seconds: secondsOf(cells.get('latency_us'), at('latency_us'), faults),
  } as KernelTiming
  if (!cells.has('kernel')) faults.push(blank(at('kernel')))
  if (faults.length === 0) faults.push(...shapeFaults(timing, at))
  issues.push(...faults)
  return faults.length === 0 ? [timing] : []
}

function secondsOf(text: string | undefined, path: readonly string[], faults: Issue[]): number {
  if (text === undefined) faults.push(blank(path))
  const latency = numberOf(text, path, faults)
  if (latency === undefined) return Number.NaN
  if (!(latency > 0 && latency <= MOST_MICROSECONDS)) {
    const message = `must be above 0 and at most ${MOST_MICROSECONDS.toExponential()} µs, not ${latency}`
    faults.push({ code: 'invalid_value', path, message })
  }
  return latency / 1e6
}

function numberOf(text: string | undefined, path: readonly string[], faults: Issue[]): number | undefined {
  const value = text === undefined ? undefined : decimalOf(text)
  if (text !== undefined && value === undefined) {
    faults.push({ code: 'invalid_value', path, message: `"${text.slice(0, 40)}" is not a number` })
  }
  return value
}

function blank(path: readonly string[]): Issue {
  return { code: 'missing_field', path, message: 'is blank' }
}

function shapeFaults(timing: KernelTiming, at: (column: string) => readonly string[]): Issue[] {
  try {
    timedKernel(timing)
    return []
  } catch (error) {
    if (!(error instanceof PincerError)) throw error
    return error.issues.map((issue) => ({ ...issue, path: at(columnOf(String(issue.path[0]))) }))
  }
}

function fault(code: Issue['code'], path: readonly string[], message: string, suggestion?: string): PincerError {
  return new PincerError({ code, path, message, ...(suggestion === undefined ? {} : { suggestion }) })
}
