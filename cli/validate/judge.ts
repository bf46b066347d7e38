import { PincerError } from '../../src/index.ts'
import { issueText } from '../error.ts'
import { type CsvRow, type CsvTable, requireColumns } from '../file/csv.ts'
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
  /** Measured values by metric; blank ones are absent. */
  readonly measured: ReadonlyMap<string, number>
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
  io: Io,
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
    measured: measuredOf(row, kind),
  }
}

function inputsOf(row: CsvRow, kind: RowKind): RowInputs {
  return new Map([...row.cells].filter(([column]) => kind.inputs.includes(column)))
}

function measuredOf(row: CsvRow, kind: RowKind): ReadonlyMap<string, number> {
  const entries = kind.metrics.map(({ name, column }) => [name, Number(row.cells.get(column))] as const)
  return new Map(entries.filter(([, value]) => Number.isFinite(value) && value > 0))
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
