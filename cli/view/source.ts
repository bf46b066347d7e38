import type { Source } from '../../src/index.ts'
import type { Io } from '../io.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { paragraph } from './text.ts'

export function sourceTable(list: readonly Source[], io: Io): string {
  const rows = list.map(({ id, publisher, title, published, kind }) => [id, publisher, title, published, kind])
  return tableText({ head: ['id', 'publisher', 'title', 'published', 'basis'], rows, left: [0, 1, 2, 3, 4] }, io)
}

export function sourceDetail(source: Source, page: Page, io: Io): Page {
  const { id, title, publisher, url, published, accessed, kind, license } = source
  const fields = { publisher, published, accessed, basis: kind, license: license ?? 'not stated', url }
  const lines = Object.entries(fields).map(([name, value]) => paragraph(name.padEnd(11), value, io.columns))
  return page.title(`${id}: ${title}`).block(lines.join('\n'))
}
