import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { text } from '../i18n/index.ts'
import { csvText } from './csv.ts'
import { saveFile } from './save.ts'

/** One cell: what is sorted and exported, and what is shown when it is more than that. */
export interface Cell {
  readonly value: string | number | undefined
  readonly shown?: ComponentChildren
}

export interface TableData {
  /** What the table is about, for screen readers and the name of the file. */
  readonly caption: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

interface Order {
  readonly column: number
  readonly isDown: boolean
}

/** Rows that a click on a column's head sorts, numbers by value, with a download as CSV. */
export function Table({ caption, head, rows }: TableData) {
  const [order, setOrder] = useState<Order | undefined>(undefined)
  const sorted = order === undefined ? rows : rows.toSorted((a, b) => compared(a[order.column], b[order.column], order))
  const sortBy = (column: number): void =>
    setOrder((old) => ({ column, isDown: old?.column === column ? !old.isDown : false }))
  // Numbers stand under each other, and their heads over them.
  const kinds = head.map((_, column) => (rows.some((row) => isNumber(row[column])) ? 'number' : undefined))
  return (
    <div class="table">
      {/* Wide tables scroll by themselves, with the keyboard too. */}
      <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {head.map((name, column) => (
                <th key={name} scope="col" aria-sort={sortOf(order, column)} class={kinds[column]}>
                  <button type="button" onClick={() => sortBy(column)} aria-label={text.value.table.sortBy(name)}>
                    {name}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <tr key={row.map(({ value }) => value).join('|')}>
                {row.map(({ value, shown }, column) => (
                  <td key={head[column]} class={kinds[column]}>
                    {shown ?? value ?? text.value.notKnown}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <button type="button" class="quiet" onClick={() => saveFile(`${caption}.csv`, 'text/csv', csvText(head, rows))}>
        {text.value.table.csv}
      </button>
    </div>
  )
}

function isNumber(cell: Cell | undefined): boolean {
  return typeof cell?.value === 'number'
}

function sortOf(order: Order | undefined, column: number): 'ascending' | 'descending' | 'none' {
  if (order?.column !== column) return 'none'
  return order.isDown ? 'descending' : 'ascending'
}

// What is not known comes last, whichever way.
function compared(a: Cell | undefined, b: Cell | undefined, { isDown }: Order): number {
  if (a?.value === undefined || b?.value === undefined) {
    return (a?.value === undefined ? 1 : 0) - (b?.value === undefined ? 1 : 0)
  }
  const way = isDown ? -1 : 1
  if (typeof a.value === 'number' && typeof b.value === 'number') return way * (a.value - b.value)
  return way * String(a.value).localeCompare(String(b.value), 'en')
}
