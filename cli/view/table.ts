import Table from 'cli-table3'
import { type Io, paletteOf } from '../io.ts'
import { padEnd, textWidth, wrap } from './text.ts'

export interface TableView {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Columns set flush left; the others hold numbers and are set flush right. Default: the first. */
  readonly left?: readonly number[]
}

const GAP = '  '
// No column is squeezed below this, and none claims more than WIDEST_WORD for a single word.
const NARROWEST = 8
const WIDEST_WORD = 26

/**
 * A table no wider than the terminal: the widest columns wrap first, text before numbers; where even that leaves no
 * legible columns, every row becomes a block of "column  value" lines. A head of blanks is left out.
 */
export function tableText(view: TableView, io: Io): string {
  const { head, rows } = view
  const left = new Set(view.left ?? [0])
  const widths = fittedWidths(
    head.map((title, c) => columnNeed([title, ...rows.map((row) => row[c] ?? '')], left.has(c))),
    io.columns - GAP.length * (head.length - 1),
  )
  if (widths === undefined) return blocksText(view, io)
  const fitted = (cells: readonly string[]): string[] => head.map((_, c) => fittedCell(cells[c] ?? '', widths[c] ?? 1))
  const isHeaded = head.some((title) => title !== '')
  const table = new Table({
    ...(isHeaded ? { head: fitted(head).map((cell) => bold(cell, io)) } : {}),
    colWidths: widths,
    colAligns: head.map((_, c) => (left.has(c) ? 'left' : 'right')),
    chars: { ...NO_FRAME, mid: '─', 'mid-mid': '─'.repeat(GAP.length), middle: GAP },
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) table.push(fitted(row))
  return trimmedLines(table.toString())
}

// Line by line, and by our own palette: the table library's looks at the process's terminal instead of ours.
function bold(cell: string, io: Io): string {
  const { bold: strong } = paletteOf(io)
  return cell
    .split('\n')
    .map((line) => (line.trim() === '' ? line : strong(line)))
    .join('\n')
}

/** Characters that a column would like, and those below which it loses legibility. */
export interface ColumnNeed {
  readonly natural: number
  readonly least: number
  readonly isText: boolean
}

// Text wraps between words; values of number columns do not wrap, only their titles do.
function columnNeed([title = '', ...cells]: readonly string[], isText: boolean): ColumnNeed {
  const natural = Math.max(1, ...[title, ...cells].map(widestLine))
  const word = Math.max(widestWord(title), ...cells.map(isText ? widestWord : widestLine))
  return { natural, least: Math.min(natural, Math.max(NARROWEST, Math.min(word, WIDEST_WORD))), isText }
}

/**
 * Column widths within `room`: titles of number columns wrap first, then text, the widest column first, and at last words
 * are cut. Undefined when not even that fits.
 */
export function fittedWidths(needs: readonly ColumnNeed[], room: number): number[] | undefined {
  const widths = needs.map(({ natural }) => natural)
  const numbers = needs.map(({ natural, least, isText }) => (isText ? natural : least))
  const words = needs.map(({ least }) => least)
  const letters = needs.map(({ natural, least, isText }) => (isText ? Math.min(natural, NARROWEST) : least))
  for (const least of [numbers, words, letters]) {
    if (isNarrowed(widths, least, room)) return widths
  }
  return undefined
}

// Takes from the widest column that is above its least, until all fit or none is.
function isNarrowed(widths: number[], least: readonly number[], room: number): boolean {
  let excess = widths.reduce((sum, width) => sum + width, 0) - room
  for (; excess > 0; excess--) {
    let widest = -1
    for (const [c, width] of widths.entries()) {
      if (width > (least[c] ?? 0) && width > (widths[widest] ?? 0)) widest = c
    }
    if (widest < 0) return false
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return true
}

function widestWord(cell: string): number {
  return Math.max(...cell.split(/\s+/).map(textWidth))
}

const NO_FRAME = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  right: '',
  'right-mid': '',
}

function widestLine(cell: string): number {
  return Math.max(...cell.split('\n').map(textWidth))
}

function fittedCell(cell: string, width: number): string {
  return cell
    .split('\n')
    .flatMap((line) => (textWidth(line) > width ? wrap(line, width) : [line]))
    .join('\n')
}

function blocksText(view: TableView, io: Io): string {
  const colors = paletteOf(io)
  const titles = view.head.map((title) => title.replaceAll('\n', ' '))
  const indent = Math.min(Math.max(...titles.map(textWidth)), Math.floor(io.columns / 2) - GAP.length)
  const line = (title: string, cell: string): string[] => {
    const lines = wrap(cell.replaceAll('\n', ' '), io.columns - indent - GAP.length)
    const names = wrap(title, indent)
    const count = Math.max(lines.length, names.length)
    return Array.from({ length: count }, (_, i) => padEnd(names[i] ?? '', indent) + GAP + (lines[i] ?? ''))
  }
  const block = (row: readonly string[]): string => {
    const [first = '', ...rest] = titles.map((title, c) => line(title, row[c] ?? '').join('\n'))
    return [colors.bold(first), ...rest].join('\n')
  }
  return trimmedLines(view.rows.map(block).join('\n\n'))
}

function trimmedLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}
