import { type HistogramRow, type Issue, PincerError, type Routing, nearest } from '../../src/index.ts'
import { type CsvRow, parseCsv, requireColumns } from '../file/csv.ts'
import { readTextFile } from '../file/read.ts'
import { decimalOf, parseNumber } from './number.ts'

const NAMES = ['balanced', 'exponential', 'power:1']

/**
 * What `--routing` means: `balanced`, `exponential`, `power:EXPONENT`, or the path of a histogram, a CSV with the columns
 * expert,count or layer,expert,count; `share` in place of `count` for shares that sum to one.
 * @throws PincerError `invalid_value`; for a file also `unreadable`, `malformed_csv`, with line and column
 */
export async function routingInput(spec: string, cwd: string): Promise<Routing> {
  const [name = '', exponent] = spec.trim().toLowerCase().split(':')
  if (exponent === undefined && (name === 'balanced' || name === 'exponential')) return { kind: name }
  if (name === 'power' && exponent !== undefined)
    return { kind: 'power', exponent: parseNumber(exponent, ['routing', 'power']) }
  if (/\.csv$/i.test(spec) || /^[./\\~]/.test(spec)) return histogramFile(spec, cwd)
  const near = nearest(spec, NAMES)
  throw new PincerError({
    code: 'invalid_value',
    path: ['routing'],
    message: `"${spec.slice(0, 60)}" is no routing`,
    suggestion: near === undefined ? `write ${NAMES.join(', ')} or the path of a .csv file` : `did you mean "${near}"?`,
  })
}

async function histogramFile(file: string, cwd: string): Promise<Routing> {
  const table = await parseCsv(readTextFile(file, cwd), file)
  const isShare = table.columns.includes('share') && !table.columns.includes('count')
  const amount = isShare ? 'share' : 'count'
  requireColumns(table, ['expert', amount], file)
  const columns = table.columns.includes('layer') ? ['layer', 'expert', amount] : ['expert', amount]
  const issues: Issue[] = []
  const rows = table.rows.map((row): HistogramRow => {
    const [layer, expert, count] = ['layer', 'expert', amount].map((column) =>
      columns.includes(column) ? cellNumber(row, column, file, issues) : undefined,
    )
    return {
      line: row.line,
      expert: expert ?? 0,
      count: count ?? 0,
      ...(isShare ? { isShare } : {}),
      ...(layer === undefined ? {} : { layer }),
    }
  })
  if (issues.length > 0) throw new PincerError(issues.slice(0, MOST_ISSUES))
  return { kind: 'histogram', file, rows }
}

/** Faults of a file that are told at once. */
const MOST_ISSUES = 5

function cellNumber({ line, cells }: CsvRow, column: string, file: string, issues: Issue[]): number | undefined {
  const text = cells.get(column)
  const value = text === undefined ? undefined : decimalOf(text)
  if (value !== undefined) return value
  const message = text === undefined ? 'is empty' : `"${text.slice(0, 40)}" is not a number`
  issues.push({ code: 'invalid_value', path: [file, `line ${line}`, column], message })
  return undefined
}
