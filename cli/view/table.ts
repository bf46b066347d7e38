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
// A column is never squeezed below this: numbers with a unit stay on one line.
const NARROWEST = 8

/**
 * A table no wider than the terminal: the widest columns wrap first; where even that leaves no legible columns,
 * every row becomes a block of "column  value" lines.
 */
export function tableText(view: TableView, io: Io): string {
  const { head, rows } = view
  const natural = head.map((title, c) => Math.max(...[title, ...rows.map((row) => row[c] ?? '')].map(widestLine)))
  const widths = fittedWidths(natural, io.columns - GAP.length * (head.length - 1))
  if (widths === undefined) return blocksText(view, io)
  const left = new Set(view.left ?? [0])
  const fitted = (cells: readonly string[]): string[] => head.map((_, c) => fittedCell(cells[c] ?? '', widths[c] ?? 1))
  const table = new Table({
    head: fitted(head),
    colWidths: widths,
    colAligns: head.map((_, c) => (left.has(c) ? 'left' : 'right')),
    chars: { ...NO_FRAME, mid: '─', 'mid-mid': '─'.repeat(GAP.length), middle: GAP },
    style: { head: io.color ? ['bold'] : [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) table.push(fitted(row))
  return trimmedLines(table.toString())
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

/** Column widths within `room`, taken from the widest columns; undefined when legible columns do not fit. */
export function fittedWidths(natural: readonly number[], room: number): number[] | undefined {
  const total = natural.reduce((sum, width) => sum + width, 0)
  if (total <= room) return [...natural]
  // The cap that, laid on every column, makes the table fit.
  let cap = Math.max(...natural)
  while (cap > NARROWEST && capped(natural, cap) > room) cap--
  return capped(natural, cap) <= room ? natural.map((width) => Math.min(width, cap)) : undefined
}

function capped(natural: readonly number[], cap: number): number {
  return natural.reduce((sum, width) => sum + Math.min(width, cap), 0)
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
