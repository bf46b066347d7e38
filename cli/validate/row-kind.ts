import type { ModelInput } from '../input/model.ts'

/** A predicted quantity with its interval. */
export interface Predicted {
  readonly value: number
  readonly lo: number
  readonly hi: number
  /** The 80 % interval inside the 90 % one. */
  readonly inner?: { readonly lo: number; readonly hi: number }
}

/** What is predicted of a row, by metric; a metric that cannot be said is absent. */
export type Predictions = Readonly<Record<string, Predicted>>

/** The input columns of a row; blank cells are absent. Measured columns are never in it. */
export type RowInputs = ReadonlyMap<string, string>

/** Finds the config the user gave for a model id, or leaves the id to the catalog. */
export type ModelFinder = (id: string) => ModelInput

export interface Metric {
  readonly name: string
  /** Column that holds the measured value. */
  readonly column: string
  readonly title: string
}

/** One kind of CSV file that can be judged. */
export interface RowKind {
  readonly name: 'serving' | 'published' | 'training'
  /** Columns without which a row cannot be predicted. */
  readonly required: readonly string[]
  /** All columns the predictor sees. Disjoint from the metrics' columns. */
  readonly inputs: readonly string[]
  readonly metrics: readonly Metric[]
  /** Labels by which scores are grouped. */
  readonly groups: Readonly<Record<string, (inputs: RowInputs) => string>>
  /** @throws PincerError when the row cannot be predicted; the message is the row's reason */
  readonly predict: (inputs: RowInputs, models: ModelFinder) => Predictions
  /** What was read otherwise than it stands there. */
  readonly remarks?: (inputs: RowInputs) => readonly string[]
  readonly outColumns: readonly string[]
  readonly outCells: (predictions: Predictions) => readonly (number | undefined)[]
}

/** A group label: the cell, or "not stated". */
export function cellLabel(column: string): (inputs: RowInputs) => string {
  return (inputs) => inputs.get(column) ?? 'not stated'
}
