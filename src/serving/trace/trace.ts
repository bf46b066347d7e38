import { PincerError } from '../../issue/index.ts'
import type { Seconds } from '../../units/index.ts'
import { LAST_TICK, TICKS_PER_SECOND } from '../engine/tick.ts'
import { RowBuffer } from './trace-buffer.ts'
import { type LayoutOptions, type TraceFormat, type TraceLayout, problem, sniffLayout } from './trace-layout.ts'
import { FAULT_TEXT, rowIssue } from './trace-fault.ts'
import { type Row, type RowScanner, newRow } from './trace-row.ts'
import type { TraceTable } from './trace-table.ts'

export interface TraceOptions extends LayoutOptions {
  /** Rows that are no request (a length of 0, text for a number): an error (default), or left out and counted. */
  readonly invalidRows?: 'refuse' | 'skip'
  /** Only requests from `from` to before `to`, in seconds after the file's first row; the rest is counted. */
  readonly window?: { readonly from: Seconds; readonly to: Seconds }
  /** Rows per table handed out; default 65,536. Rows may be out of order by as many. */
  readonly batchRows?: number
  /** Name of the file in errors. */
  readonly about?: string
}

/** Rows with one thing in common. */
export interface RowCount {
  readonly reason: string
  readonly rows: number
  readonly firstLine: number
}

/** What became of the rows of a file: rows = requests + all skipped. */
export interface TraceReport {
  readonly format: TraceFormat
  readonly rows: number
  readonly requests: number
  readonly skipped: readonly RowCount[]
  /** Rows that are kept but not as they stood, or that look odd. */
  readonly adjusted: readonly RowCount[]
  /** Requests at the same tick as the one before; they keep the order of the file. */
  readonly ties: number
}

export interface Trace {
  readonly requests: TraceTable
  readonly report: TraceReport
}

/** Longest line, in characters. */
export const LONGEST_LINE: number = 16 * 2 ** 20

const BATCH_ROWS = 65_536

/**
 * All requests of a trace given as text: sorted by arrival (ties in file order), the first one at tick 0.
 * @throws PincerError as `TraceReader` does
 */
export function parseTrace(text: string, options: TraceOptions = {}): Trace {
  const reader = new TraceReader({ ...options, batchRows: Number.POSITIVE_INFINITY })
  reader.push(text)
  const [requests] = reader.end()
  return { requests: requests!, report: reader.report() }
}

/**
 * Reads a trace piece by piece and hands out tables of requests, so that a trace need not fit into memory. Knows the public
 * formats by their first line (Azure 2023, Mooncake, Qwen-Bailian, BurstGPT, Vidur) and reads any CSV with a header or JSON
 * lines whose names say what they are.
 *
 * Throws PincerError: `malformed_csv` or `malformed_json` (with the line), `invalid_value` (a cell that is no length or time;
 * a unit not known; rows further out of order than batchRows), `missing_field` (no such column), `unknown_field` (keys that
 * would reach into prototypes), `too_large` (a line above 16 MiB, times beyond 78 hours).
 */
export class TraceReader {
  private readonly options: TraceOptions
  private readonly about: string
  private readonly batchRows: number
  private readonly buffer = new RowBuffer()
  private readonly row: Row = newRow()
  private readonly skipped = new Map<string, { rows: number; firstLine: number }>()
  private readonly adjusted = new Map<string, { rows: number; firstLine: number }>()
  private layout: TraceLayout | undefined
  private scan: RowScanner | undefined
  private rest = ''
  private line = 0
  private rows = 0
  private requests = 0
  private ties = 0
  /** Second and tick of the first row; times are kept relative to it. */
  private origin: { second: number; tick: number } | undefined
  private lastRead = Number.NEGATIVE_INFINITY
  /** Arrival of the first and the last request handed out. */
  private zero: number | undefined
  private lastTaken = Number.NEGATIVE_INFINITY

  constructor(options: TraceOptions = {}) {
    const { batchRows = BATCH_ROWS, window } = options
    if (!(batchRows >= 1)) throw problem('invalid_value', 'batchRows', `${batchRows} is below 1`)
    if (window !== undefined && !(window.from >= 0 && window.to > window.from)) {
      throw problem('invalid_value', 'window', `${window.from} … ${window.to} s is not a span of time from 0 on`)
    }
    this.options = options
    this.about = options.about ?? 'trace'
    this.batchRows = batchRows
  }

  /** Takes the next piece of text, cut anywhere; returns the tables that are complete. */
  push(text: string): TraceTable[] {
    const tables: TraceTable[] = []
    let start = 0
    let newline = text.indexOf('\n')
    // Only the line that two pieces share is joined: scanning a joined string is slower.
    if (this.rest !== '' && newline >= 0) {
      const line = this.rest + text.slice(0, newline)
      this.rest = ''
      this.takeLine(line, 0, line.length)
      start = newline + 1
      newline = text.indexOf('\n', start)
    }
    while (newline >= 0) {
      this.takeLine(text, start, newline)
      if (this.buffer.count >= 2 * this.batchRows) tables.push(this.handOut(this.batchRows))
      start = newline + 1
      newline = text.indexOf('\n', start)
    }
    this.rest += text.slice(start)
    if (this.rest.length > LONGEST_LINE) throw this.longLine()
    return tables
  }

  /** Says that the text is complete; returns the last tables, at least one of all that were handed out has requests. */
  end(): TraceTable[] {
    if (this.rest !== '') this.takeLine(this.rest, 0, this.rest.length)
    this.rest = ''
    const tables: TraceTable[] = []
    while (this.buffer.count > 0) tables.push(this.handOut(Math.min(this.buffer.count, this.batchRows)))
    if (this.requests === 0) throw this.nothing()
    return tables
  }

  /** What has been read so far. @throws PincerError `malformed_csv` before the first line */
  report(): TraceReport {
    if (this.layout === undefined) throw this.nothing()
    const counts = (map: typeof this.skipped): RowCount[] =>
      [...map].map(([reason, count]) => ({ reason, rows: count.rows, firstLine: count.firstLine }))
    const { rows, requests, ties } = this
    const { format } = this.layout
    return { format, rows, requests, skipped: counts(this.skipped), adjusted: counts(this.adjusted), ties }
  }

  private takeLine(text: string, from: number, newline: number): void {
    this.line++
    if (newline - from > LONGEST_LINE) throw this.longLine()
    const end = newline > from && text.charCodeAt(newline - 1) === RETURN ? newline - 1 : newline
    const start = this.line === 1 && text.charCodeAt(from) === BYTE_ORDER_MARK ? from + 1 : from
    if (isBlank(text, start, end)) return
    if (this.layout === undefined) {
      this.layout = sniffLayout(text.slice(start, end), this.options, this.about)
      if (this.layout.hasHeader) return
    }
    this.scan ??= this.layout.scanner(text.slice(start, end))
    this.rows++
    this.scan(text, start, end, this.row)
    if (this.row.fault === undefined) this.takeRow(this.layout)
    else this.takeFault(this.layout)
  }

  private takeFault({ format, zeroMeansFailed, hasHeader }: TraceLayout): void {
    const fault = this.row.fault!
    if (zeroMeansFailed && fault.kind === 'below-one' && Number(fault.found) === 0) {
      this.count(this.skipped, `failed requests (0 tokens, as ${format} marks them)`)
    } else if (this.options.invalidRows === 'skip') {
      this.count(this.skipped, `${fault.field === '' ? '' : `${fault.field}: `}${FAULT_TEXT[fault.kind]}`)
    } else {
      throw new PincerError(rowIssue(fault, this.line, this.about, hasHeader))
    }
  }

  private takeRow(layout: TraceLayout): void {
    const { row, options } = this
    const arrival = layout.timed ? this.ticksSinceFirst() : 0
    if (arrival === undefined) {
      this.count(this.skipped, `outside the window of ${options.window!.from} … ${options.window!.to} s`)
      return
    }
    if (arrival < this.lastTaken) throw this.tooFarBack()
    if (arrival < this.lastRead) this.count(this.adjusted, 'earlier than a row before it: sorted by time')
    else this.lastRead = arrival
    this.buffer.push(arrival, row.prompt, row.output)
    this.requests++
    if (layout.blockTokens === undefined) return
    this.buffer.pushIds(row.ids, row.idCount)
    if (row.idCount < Math.floor(row.prompt / layout.blockTokens)) {
      this.count(this.adjusted, 'hash_ids do not reach the end of the prompt: the rest is taken as not shared')
    }
  }

  /** Undefined outside the window. Seconds first: a trace of months would leave the exact range of ticks. */
  private ticksSinceFirst(): number | undefined {
    const { second, tick } = this.row
    this.origin ??= { second, tick }
    const seconds = second - this.origin.second
    const { window } = this.options
    const elapsed = seconds + (tick - this.origin.tick) / TICKS_PER_SECOND
    if (window !== undefined && !(elapsed >= window.from && elapsed < window.to)) return undefined
    const base = window === undefined ? 0 : Math.floor(window.from)
    const ticks = (seconds - base) * TICKS_PER_SECOND + (tick - this.origin.tick)
    if (Math.abs(ticks) <= LAST_TICK) return ticks
    const hours = Math.round((seconds - base) / 3600)
    const hint = 'read a part of it: window { from, to } in seconds after the first row'
    throw problem(
      'too_large',
      this.about,
      `line ${this.line}: ${hours} hours from the start, beyond the 78 of a run`,
      hint,
    )
  }

  private handOut(rows: number): TraceTable {
    this.buffer.sort()
    this.zero ??= this.buffer.first
    const { timed, blockTokens } = this.layout!
    const table = this.buffer.take(rows, this.zero, timed, blockTokens)
    const { arrival } = table
    const last = arrival[rows - 1]! + this.zero
    if (last - this.zero > LAST_TICK) throw problem('too_large', this.about, 'the trace is longer than 78 hours')
    if (timed) {
      if (arrival[0]! + this.zero === this.lastTaken) this.ties++
      for (let i = 1; i < rows; i++) if (arrival[i] === arrival[i - 1]) this.ties++
    }
    this.lastTaken = last
    return table
  }

  private count(map: typeof this.skipped, reason: string): void {
    const entry = map.get(reason)
    if (entry === undefined) map.set(reason, { rows: 1, firstLine: this.line })
    else entry.rows++
  }

  private longLine(): PincerError {
    const line = this.rest.length > LONGEST_LINE ? this.line + 1 : this.line
    return problem('too_large', this.about, `line ${line} is longer than ${LONGEST_LINE / 2 ** 20} MiB`)
  }

  private tooFarBack(): PincerError {
    const hint = 'read the whole trace at once, or sort the file'
    return problem('invalid_value', this.about, `line ${this.line} is earlier than rows already handed out`, hint)
  }

  private nothing(): PincerError {
    if (this.line === 0)
      return problem('malformed_csv', this.about, 'the file is empty', 'the first line names the columns')
    const reasons = [...this.skipped].map(([reason, { rows }]) => `${rows} × ${reason}`).join('; ')
    return problem('malformed_csv', this.about, reasons === '' ? 'there are no rows' : `no request is left: ${reasons}`)
  }
}

const RETURN = 13
const BYTE_ORDER_MARK = 0xfeff

function isBlank(text: string, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (text.charCodeAt(i) > 32) return false
  return true
}
