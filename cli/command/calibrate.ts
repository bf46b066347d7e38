import { PincerError, type SiteRow, parseScenario, refitSite } from '../../src/index.ts'
import { issueText } from '../error.ts'
import { type CsvRow, parseCsv, requireColumns } from '../file/csv.ts'
import { readTextFile } from '../file/read.ts'
import { isSameFile, writeWholeFile } from '../file/write.ts'
import { kernelTimings } from '../input/kernel-timings.ts'
import { modelFolder } from '../input/model.ts'
import { decimalOf } from '../input/number.ts'
import type { Io } from '../io.ts'
import type { ModelFinder } from '../validate/row-kind.ts'
import { SERVING, servingQuestion } from '../validate/serving.ts'
import { type SkippedRow, calibrationPage } from '../view/calibration.ts'
import { explanationText } from '../view/explanation.ts'
import { writeJson } from '../view/json.ts'
import { Page } from '../view/page.ts'
import { calibrationExplanations } from './calibrate-explanation.ts'
import type { CalibrateOptions } from './calibrate-definition.ts'

/** More rows than this take minutes and teach five factors nothing new. */
const MOST_ROWS = 3000

/** `pincer calibrate`: factors on the shipped constants from files of measurements. */
export async function calibrateAction(file: string | undefined, options: CalibrateOptions, io: Io): Promise<void> {
  if (file === undefined && options.kernels === undefined) throw nothingGiven()
  if (file === undefined && options.models !== undefined) throw noModels()
  for (const given of [file, options.kernels]) {
    if (given !== undefined && options.out !== undefined && isSameFile(options.out, given, io.cwd)) {
      throw overwriting(options.out)
    }
  }
  const { rows, skipped } = file === undefined ? NO_RUNS : await runsOf(file, options, io)
  const kernels = options.kernels === undefined ? undefined : await kernelTimings(options.kernels, io.cwd)
  const calibration = { ...refitSite(rows, kernels), skipped }
  if (options.out !== undefined) {
    writeWholeFile(options.out, `${JSON.stringify(calibration, undefined, 2)}\n`, io.cwd)
  }
  const explanations = options.explain === true ? calibrationExplanations(calibration) : undefined
  if (options.json === true) {
    writeJson({ ...calibration, explanations }, io)
    return
  }
  const page = calibrationPage(calibration, options.out, new Page(io), io)
  page.section('How constants are refitted', explanationText(explanations, io))
  page.write()
}

interface Runs {
  readonly rows: readonly SiteRow[]
  readonly skipped: readonly SkippedRow[]
}

const NO_RUNS: Runs = { rows: [], skipped: [] }

async function runsOf(file: string, options: CalibrateOptions, io: Io): Promise<Runs> {
  const models = options.models === undefined ? (id: string): string => id : modelFolder(options.models, io.cwd)
  const table = await parseCsv(readTextFile(file, io.cwd), file)
  requireColumns(table, SERVING.required, file)
  if (table.rows.length > MOST_ROWS) throw tooMany(file, table.rows.length)
  const read = table.rows.map((row) => siteRow(row, models))
  const skipped = read.flatMap((row) => ('reason' in row ? [row] : []))
  const rows = read.flatMap((row) => ('reason' in row ? [] : [row]))
  if (rows.length === 0) throw noRows(file, skipped)
  return { rows, skipped }
}

function siteRow({ number, cells }: CsvRow, models: ModelFinder): SiteRow | SkippedRow {
  const id = cells.get('id') ?? `row ${number}`
  const ttft = milliseconds(cells.get('ttft_ms'))
  const tpot = milliseconds(cells.get('tpot_ms'))
  if (ttft === undefined && tpot === undefined) {
    return { row: number, id, reason: 'neither ttft_ms nor tpot_ms holds a number above 0' }
  }
  const inputs = new Map([...cells].filter(([column]) => SERVING.inputs.includes(column)))
  try {
    const scenario = parseScenario(servingQuestion(inputs, models))
    return { id, scenario, ...(ttft === undefined ? {} : { ttft }), ...(tpot === undefined ? {} : { tpot }) }
  } catch (fault) {
    if (!(fault instanceof PincerError)) throw fault
    return { row: number, id, reason: fault.issues.map(issueText).join('; ') }
  }
}

function milliseconds(text: string | undefined): number | undefined {
  const value = text === undefined ? undefined : decimalOf(text)
  return value !== undefined && value > 0 ? value / 1e3 : undefined
}

function nothingGiven(): PincerError {
  return new PincerError({
    code: 'missing_field',
    path: [],
    message: 'nothing was measured: give a file of runs, --kernels, or both',
    suggestion: 'see pincer calibrate --help for their columns',
  })
}

function noModels(): PincerError {
  const message = 'has no meaning for kernels, which no model is told of'
  return new PincerError({
    code: 'invalid_value',
    path: ['models'],
    message,
    suggestion: 'give a file of runs, or leave it out',
  })
}

function tooMany(file: string, rows: number): PincerError {
  const message = `${rows} rows are more than ${MOST_ROWS}`
  return new PincerError({ code: 'too_large', path: [file], message, suggestion: 'leave out repetitions' })
}

function noRows(file: string, skipped: readonly SkippedRow[]): PincerError {
  const [first] = skipped
  const why = first === undefined ? '' : `; first: row ${first.row}: ${first.reason}`
  return new PincerError({ code: 'invalid_value', path: [file], message: `holds no measured deployment${why}` })
}

function overwriting(out: string): PincerError {
  const message = `"${out.slice(0, 80)}" is the file of measurements, which the calibration would replace`
  return new PincerError({ code: 'invalid_value', path: ['out'], message, suggestion: 'name another file' })
}
