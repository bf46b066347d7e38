import { PincerError } from '../../src/index.ts'
import { csvText, parseCsv } from '../file/csv.ts'
import { readTextFile } from '../file/read.ts'
import { isSameFile, writeWholeFile } from '../file/write.ts'
import { calibrationInput } from '../input/calibration.ts'
import { modelFolder } from '../input/model.ts'
import type { Io } from '../io.ts'
import { type JudgedRow, judgeRows } from '../validate/judge.ts'
import { PUBLISHED } from '../validate/published.ts'
import { reportDocument, reportOf } from '../validate/report.ts'
import type { RowKind } from '../validate/row-kind.ts'
import { SERVING, calibratedServing } from '../validate/serving.ts'
import { TRAINING } from '../validate/training.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { reportPage } from '../view/report.ts'
import { VALIDATION_EXPLANATIONS } from './validate-explanation.ts'
import type { ValidateOptions } from './validate-definition.ts'

const KINDS: readonly RowKind[] = [SERVING, PUBLISHED, TRAINING]

/** `pincer validate`: predictions against a file of measurements. */
export async function validateAction(file: string, options: ValidateOptions, io: Io): Promise<void> {
  const kind = calibratedKind(kindOf(options.kind ?? SERVING.name), options.calibration, io.cwd)
  const models = options.models === undefined ? (id: string): string => id : modelFolder(options.models, io.cwd)
  const table = await parseCsv(readTextFile(file, io.cwd), file)
  // Before the minutes that a large file takes.
  if (options.out !== undefined && isSameFile(options.out, file, io.cwd)) throw overwriting(options.out)
  const rows = await judgeRows(table, kind, models, file, io)
  if (options.out !== undefined) writeWholeFile(options.out, predictionCsv(rows, kind), io.cwd)
  const report = reportOf(rows, kind)
  const explanations = options.explain === true ? VALIDATION_EXPLANATIONS : undefined
  if (options.json === true) {
    writeJson({ schema: 'pincer.validation.v1', file, ...reportDocument(report), explanations }, io)
    return
  }
  const page = reportPage(report, kind, options.out, new Page(io), io)
  page.section('How errors are computed', explanationText(explanations, io))
  page.write()
}

function overwriting(out: string): PincerError {
  const message = `"${out.slice(0, 80)}" is the file of measurements, which the predictions would replace`
  return new PincerError({ code: 'invalid_value', path: ['out'], message, suggestion: 'name another file' })
}

function kindOf(name: string): RowKind {
  const kind = KINDS.find((candidate) => candidate.name === name)
  if (kind !== undefined) return kind
  const suggestion = `use one of ${KINDS.map((candidate) => candidate.name).join(', ')}`
  throw new PincerError({
    code: 'invalid_value',
    path: ['kind'],
    message: `"${name.slice(0, 40)}" is no kind of file`,
    suggestion,
  })
}

function calibratedKind(kind: RowKind, path: string | undefined, cwd: string): RowKind {
  if (path === undefined) return kind
  if (kind.name === SERVING.name) return calibratedServing(calibrationInput(path, cwd))
  const message = `calibrates serving constants and has no meaning for --kind ${kind.name}`
  throw new PincerError({ code: 'invalid_value', path: ['calibration'], message })
}

function predictionCsv(rows: readonly JudgedRow[], kind: RowKind): string {
  const columns = ['id', ...kind.outColumns, 'reason']
  return csvText(
    columns,
    rows.map(({ id, predictions, refusal }) => [id, ...kind.outCells(predictions), refusal?.reason]),
  )
}
