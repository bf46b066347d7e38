import { PincerError } from '../../src/index.ts'
import { issueText } from '../error.ts'
import { type CsvRow, type CsvTable, requireColumns } from '../file/csv.ts'
import { decimalOf } from '../input/number.ts'
import type { Io } from '../io.ts'
import { eachWithProgress } from '../view/progress.ts'
import type { ModelFinder, Predictions, RowInputs, RowKind } from './row-kind.ts'

/** A row of the file with what was predicted and, apart from it, what was measured. */
export interface JudgedRow {
  readonly row: number
  readonly id: string
  readonly inputs: RowInputs
  /** Empty when the row was refused. */
  readonly predictions: Predictions
  readonly refusal?: { readonly code: string; readonly reason: string }
  /** Measured values by metric; blank and ignored ones are absent. */
  readonly measured: ReadonlyMap<string, number>
  /** Measured cells that hold no number above 0. */
  readonly ignored: readonly IgnoredCell[]
  readonly remarks: readonly string[]
}

export interface IgnoredCell {
  readonly column: string
  readonly text: string
}

/**
 * Predicts every row. Each is split first: the predictor is handed the input columns only, so that nothing measured can
 * reach it; the measured columns are read afterwards, for the scores.
 * @throws PincerError `malformed_csv` when a required column is missing; rows that cannot be predicted are refused instead
 */
export async function judgeRows(
  table: CsvTable,
  kind: RowKind,
  models: ModelFinder,
  about: string,
  io: Pick<Io, 'progress'>,
): Promise<JudgedRow[]> {
  requireColumns(table, kind.required, about)
  return eachWithProgress(table.rows, (row) => judgeRow(row, kind, models), 'predicting', io)
}

function judgeRow(row: CsvRow, kind: RowKind, models: ModelFinder): JudgedRow {
  const inputs = inputsOf(row, kind)
  return {
    row: row.number,
    id: inputs.get('id') ?? `row ${row.number}`,
    inputs,
    ...predicted(inputs, kind, models),
    ...measuredOf(row, kind),
    remarks: kind.remarks?.(inputs) ?? [],
  }
}

function inputsOf(row: CsvRow, kind: RowKind): RowInputs {
  return new Map([...row.cells].filter(([column]) => kind.inputs.includes(column)))
}

function measuredOf({ cells }: CsvRow, kind: RowKind): Pick<JudgedRow, 'measured' | 'ignored'> {
  const measured = new Map<string, number>()
  const ignored: IgnoredCell[] = []
  for (const { name, column } of kind.metrics) {
    const text = cells.get(column)
    if (text === undefined) continue
    const value = decimalOf(text) ?? 0
    if (value > 0) measured.set(name, value)
    else ignored.push({ column, text })
  }
  return { measured, ignored }
}

function predicted(inputs: RowInputs, kind: RowKind, models: ModelFinder): Pick<JudgedRow, 'predictions' | 'refusal'> {
  try {
    const predictions = kind.predict(inputs, models)
    for (const [metric, { value }] of Object.entries(predictions)) {
      if (!Number.isFinite(value)) throw new Error(`the predicted ${metric} is ${value}`)
    }
    return { predictions }
  } catch (fault) {
    return { predictions: {}, refusal: refusalOf(fault) }
  }
}

// A fault of the program in one row must not cost the others; it is listed as what it is.
function refusalOf(fault: unknown): { code: string; reason: string } {
  if (fault instanceof PincerError) {
    return { code: fault.issues[0]?.code ?? 'invalid_value', reason: fault.issues.map(issueText).join('; ') }
  }
  return { code: 'internal', reason: `internal error: ${fault instanceof Error ? fault.message : String(fault)}` }
}
