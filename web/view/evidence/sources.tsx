import { formatCount } from '../../../src/index.ts'
import type { CatalogAnswer } from '../../engine/method/evidence.ts'
import { text as shared } from '../../i18n/index.ts'
import { Table } from '../../part/table.tsx'
import { isIn, wordsOf } from './catalog.ts'
import { Find } from './filters.tsx'
import { SourceLink } from './source-link.tsx'
import type { State } from './state.ts'
import { text } from './text.ts'

/** Every publication, and how many figures rest on it. */
export function Sources({ answer, state }: { answer: CatalogAnswer; state: State }) {
  const t = text.value.sources
  const words = wordsOf(state.value.value.find)
  const rows = answer.sources
    .filter(({ title, publisher, kind, id }) => isIn(words, `${title} ${publisher} ${kind} ${id}`))
    .toSorted((a, b) => b.figures - a.figures)
  const { head } = t
  return (
    <div class="body">
      <h2>{t.title}</h2>
      <div class="filters">
        <Find state={state} hint={text.value.findSource} />
      </div>
      <p role="status" class="count">
        {t.count(formatCount(rows.length), formatCount(answer.sources.length))}
      </p>
      <Table
        caption={t.title}
        head={[head.title, head.publisher, head.kind, head.published, head.accessed, head.figures]}
        rows={rows.map((source) => [
          { value: source.title, shown: <SourceLink source={source} /> },
          { value: source.publisher },
          { value: shared.value.evidence.basis[source.kind] ?? source.kind },
          { value: source.published },
          { value: source.accessed },
          { value: source.figures },
        ])}
      />
    </div>
  )
}
