import { PincerError, nearest } from '../../src/index.ts'

/** One record of a CSV file; blank cells are absent. */
export interface CsvRow {
  /** 1 = the first record below the header. */
  readonly number: number
  /** Line of the file on which the record ends. */
  readonly line: number
  readonly cells: ReadonlyMap<string, string>
}

export interface CsvTable {
  readonly columns: readonly string[]
  readonly rows: readonly CsvRow[]
}

/**
 * A CSV text with a header line (RFC 4180: commas, quotes doubled inside quotes).
 * @throws PincerError `malformed_csv` with the row number
 */
export async function parseCsv(text: string, about: string): Promise<CsvTable> {
  const [header, ...records] = await recordsOf(text, about)
  if (header === undefined) throw malformed(about, 'the file is empty', 'the first line must name the columns')
  const columns = header.cells.map((name) => name.trim())
  const twice = columns.find((name, i) => columns.indexOf(name) !== i)
  if (twice !== undefined) throw malformed(about, `the header names column "${twice}" twice`)
  return { columns, rows: records.map((record, i) => rowOf(record, i + 1, columns, about)) }
}

interface CsvRecord {
  readonly line: number
  readonly cells: readonly string[]
}

async function recordsOf(text: string, about: string): Promise<CsvRecord[]> {
  const { parse } = await import('csv-parse/sync')
  const options = { bom: true, skip_empty_lines: true, relax_column_count: true, max_record_size: 1_000_000 } as const
  try {
    const records = parse(text, { ...options, info: true }) as unknown as {
      info: { lines: number }
      record: string[]
    }[]
    return records.map(({ info, record }) => ({ line: info.lines, cells: record }))
  } catch (fault) {
    const { lines, code } = fault as { lines?: number; code?: string }
    throw malformed(
      about,
      `${lines === undefined ? '' : `line ${lines}: `}${CSV_FAULTS.get(code ?? '') ?? 'not valid CSV'}`,
    )
  }
}

const CSV_FAULTS: ReadonlyMap<string, string> = new Map([
  ['CSV_QUOTE_NOT_CLOSED', 'a quote is opened and never closed'],
  ['CSV_INVALID_CLOSING_QUOTE', 'text follows a closing quote'],
  ['INVALID_OPENING_QUOTE', 'a quote stands inside an unquoted cell'],
  ['CSV_MAX_RECORD_SIZE', 'a row has more than a million characters'],
])

function rowOf({ line, cells: record }: CsvRecord, number: number, columns: readonly string[], about: string): CsvRow {
  if (record.length !== columns.length) {
    throw malformed(about, `row ${number} has ${record.length} cells where the header has ${columns.length}`)
  }
  const cells = new Map<string, string>()
  for (const [c, name] of columns.entries()) {
    const cell = (record[c] ?? '').trim()
    if (cell !== '') cells.set(name, cell)
  }
  return { number, line, cells }
}

/**
 * Checks that a table has all columns in `wanted`.
 * @throws PincerError `malformed_csv` for each that is missing
 */
export function requireColumns(table: CsvTable, wanted: readonly string[], about: string): void {
  const missing = wanted.filter((name) => !table.columns.includes(name))
  if (missing.length === 0) return
  throw new PincerError(
    missing.map((name) => {
      const near = nearest(name, table.columns)
      const message = `the header lacks column "${name}"`
      return {
        code: 'malformed_csv',
        path: [about],
        message,
        ...(near === undefined ? {} : { suggestion: `it has "${near}"` }),
      }
    }),
  )
}

/** CSV text of rows of cells; numbers with six significant digits, undefined as a blank. */
export function csvText(
  columns: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string {
  return [columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\n`).join('')
}

function csvCell(value: string | number | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(Number(value.toPrecision(6)))
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

function malformed(about: string, message: string, suggestion?: string): PincerError {
  return new PincerError({
    code: 'malformed_csv',
    path: [about],
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}
