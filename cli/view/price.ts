import type { Price } from '../../src/index.ts'
import type { Io } from '../io.ts'
import { figureText } from './chip.ts'
import { sourceText } from './explanation.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'

/** Dated prices; with `explain` also their sources. */
export function priceTable(list: readonly Price[], page: Page, io: Io, explain: boolean): Page {
  const rows = list.map((price) => [
    price.subject,
    price.item,
    figureText(price.value, price.unit),
    price.low === undefined && price.high === undefined
      ? ''
      : `${price.low ?? price.value} … ${price.high ?? price.value}`,
    price.basis,
    price.date,
  ])
  const head = ['of', 'what', 'value', 'range', 'basis', 'as of']
  const used = list.map(({ source }) => source)
  return page
    .block(tableText({ head, rows, left: [0, 1, 4, 5] }, io))
    .section('Sources', explain ? sourceText(used, io) : '')
}
