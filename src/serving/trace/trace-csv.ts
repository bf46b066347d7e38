import { type Row, type RowScanner, scanLength, type TimeScanner } from './trace-row.ts'

const QUOTE = 34

/** Where the roles stand in a CSV header, and how to read them. */
export interface CsvColumns {
  readonly names: readonly string[]
  readonly delimiter: string
  /** Index of the arrival column; −1 in a list of lengths. */
  readonly arrival: number
  readonly prompt: number
  readonly output: number
  readonly scanTime: TimeScanner
}

/** A scanner of CSV rows under one header. Cells may be quoted; a quoted cell does not span lines. */
export function csvScanner(columns: CsvColumns): RowScanner {
  const { names, arrival, prompt, output, scanTime } = columns
  const delimiter = columns.delimiter.charCodeAt(0)
  const promptName = names[prompt]!
  const outputName = names[output]!
  // ends[c] is where cell c ends; cell c + 1 starts one further.
  const ends = new Int32Array(names.length)
  return (text, start, end, row) => {
    row.fault = undefined
    const cells = cellEnds(text, start, end, delimiter, ends)
    if (cells === QUOTED) {
      scanCells(columns, csvCells(text.slice(start, end), columns.delimiter), row)
      return
    }
    if (cells !== ends.length) {
      row.fault = { kind: 'shape', field: '', found: `${cells} cells under a header of ${ends.length}` }
      return
    }
    if (arrival >= 0) scanTime(text, arrival === 0 ? start : ends[arrival - 1]! + 1, ends[arrival]!, row)
    row.prompt = scanLength(text, prompt === 0 ? start : ends[prompt - 1]! + 1, ends[prompt]!, promptName, row)
    row.output = scanLength(text, output === 0 ? start : ends[output - 1]! + 1, ends[output]!, outputName, row)
  }
}

const QUOTED = -1

function cellEnds(text: string, start: number, end: number, delimiter: number, ends: Int32Array): number {
  let cells = 0
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i)
    if (code === delimiter) ends[cells++] = i
    else if (code === QUOTE) return QUOTED
  }
  ends[cells++] = end
  return cells
}

function scanCells(columns: CsvColumns, cells: readonly string[] | undefined, row: Row): void {
  const { names, arrival, prompt, output, scanTime } = columns
  if (cells === undefined || cells.length !== names.length) {
    const found =
      cells === undefined ? 'a quote that is not closed' : `${cells.length} cells under a header of ${names.length}`
    row.fault = { kind: 'shape', field: '', found }
    return
  }
  if (arrival >= 0) scanTime(cells[arrival]!, 0, cells[arrival]!.length, row)
  row.prompt = scanLength(cells[prompt]!, 0, cells[prompt]!.length, names[prompt]!, row)
  row.output = scanLength(cells[output]!, 0, cells[output]!.length, names[output]!, row)
}

/** Cells of one line (RFC 4180: a quote inside quotes is doubled); undefined when a quote is not closed. */
export function csvCells(line: string, delimiter: string): string[] | undefined {
  const cells: string[] = []
  let at = 0
  for (;;) {
    if (line.charCodeAt(at) === QUOTE) {
      const close = closingQuote(line, at + 1)
      if (close < 0) return undefined
      cells.push(line.slice(at + 1, close).replaceAll('""', '"'))
      at = close + 1
      if (at < line.length && line[at] !== delimiter) return undefined
    } else {
      const next = line.indexOf(delimiter, at)
      cells.push(line.slice(at, next < 0 ? line.length : next))
      at = next < 0 ? line.length : next
    }
    if (at >= line.length) return cells
    at++
  }
}

function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from)
  while (at >= 0 && line.charCodeAt(at + 1) === QUOTE) at = line.indexOf('"', at + 2)
  return at
}
