import { useState } from 'preact/hooks'
import { formatCount } from '../../../src/index.ts'
import type { CatalogAnswer, FigureRow } from '../../engine/method/evidence.ts'
import { text as shared } from '../../i18n/index.ts'
import { Num } from '../../part/num.tsx'
import { type Cell, Table } from '../../part/table.tsx'
import { figureEvidence, figureName, found, sourceOf, valueText } from './catalog.ts'
import { FigureFilters } from './filters.tsx'
import { SourceLink } from './source-link.tsx'
import type { State } from './state.ts'
import { text } from './text.ts'

/** Rows drawn at first: a page of them. */
const PAGE = 120

/** Every figure of the catalog, filtered and searched. */
export function Figures({ answer, state }: { answer: CatalogAnswer; state: State }) {
  const t = text.value
  const rows = found(answer.figures, state.value.value)
  const key = JSON.stringify(state.value.value)
  return (
    <div class="body">
      <h2>{t.figures.title}</h2>
      <FigureFilters state={state} />
      <p role="status" class="count">
        {t.count(formatCount(rows.length), formatCount(answer.figures.length))}
      </p>
      <Page key={key} rows={rows} />
    </div>
  )
}

function Page({ rows }: { rows: readonly FigureRow[] }) {
  const t = text.value
  const [limit, setLimit] = useState(PAGE)
  const { head } = t.figures
  const rest = rows.length - limit
  return (
    <>
      <Table
        caption={t.figures.title}
        head={[head.subject, head.figure, head.value, head.basis, head.date, head.source]}
        rows={rows.slice(0, limit).map(cellsOf)}
      />
      {rest > 0 && (
        <button type="button" onClick={() => setLimit(limit + 5 * PAGE)}>
          {t.more(formatCount(Math.min(rest, 5 * PAGE)))}
        </button>
      )}
    </>
  )
}

function cellsOf(row: FigureRow): Cell[] {
  const { value, unit, basis, date, source, subject } = row
  const shown = value === undefined ? text.value.figures.unknown : valueText(value, unit)
  const known = sourceOf(source)
  return [
    { value: subject },
    { value: figureName(row) },
    { value, shown: <Num evidence={() => figureEvidence(row)}>{shown}</Num> },
    { value: basis === undefined ? undefined : (shared.value.evidence.basis[basis] ?? basis) },
    { value: date ?? known?.published },
    { value: known?.title, ...(known === undefined ? {} : { shown: <SourceLink source={known} /> }) },
  ]
}
