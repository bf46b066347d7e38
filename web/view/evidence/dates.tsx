import { formatCount } from '../../../src/index.ts'
import type { CatalogAnswer } from '../../engine/method/evidence.ts'
import { Num } from '../../part/num.tsx'
import { type Cell, Table } from '../../part/table.tsx'
import { figureEvidence, figureName, isIn, sourceOf, valueText, wordsOf } from './catalog.ts'
import { Find } from './filters.tsx'
import { SourceLink } from './source-link.tsx'
import type { State } from './state.ts'
import { text } from './text.ts'

interface Entry {
  /** Undefined where nobody says. */
  readonly date: string | undefined
  readonly words: string
  readonly cells: readonly Cell[]
}

/** Prices and publications by the date that they are of: the log of what the catalog learned. */
export function Dates({ answer, state }: { answer: CatalogAnswer; state: State }) {
  const t = text.value.dates
  const words = wordsOf(state.value.value.find)
  const entries = [...priceEntries(answer), ...sourceEntries(answer)].filter((entry) => isIn(words, entry.words))
  const sorted = entries.toSorted((a, b) => (b.date ?? '').localeCompare(a.date ?? '', 'en'))
  const { head } = t
  return (
    <div class="body">
      <h2>{t.title}</h2>
      <p class="about">
        {t.text} {lastRead(answer)}
      </p>
      <div class="filters">
        <Find state={state} hint="2026-04" />
      </div>
      <Table
        caption={t.title}
        head={[head.date, head.kind, head.what, head.value, head.source]}
        rows={sorted.map(({ cells }) => cells)}
      />
    </div>
  )
}

function priceEntries({ figures }: CatalogAnswer): Entry[] {
  const t = text.value.dates
  return figures
    .filter(({ of }) => of === 'prices')
    .map((row): Entry => {
      const source = sourceOf(row.source)
      const what = `${row.subject}: ${figureName(row)}`
      const value = row.value === undefined ? '' : valueText(row.value, row.unit)
      return {
        date: row.date,
        words: `${row.date} ${what} ${source?.title}`,
        cells: [
          { value: row.date },
          { value: t.price },
          { value: what },
          { value: row.value, shown: <Num evidence={() => figureEvidence(row)}>{value}</Num> },
          { value: source?.title, ...(source === undefined ? {} : { shown: <SourceLink source={source} /> }) },
        ],
      }
    })
}

function sourceEntries({ sources }: CatalogAnswer): Entry[] {
  const t = text.value.dates
  return sources.map((source): Entry => {
    const date = /^\d{4}/.test(source.published) ? source.published : undefined
    const figures = text.value.sources.head.figures
    return {
      date,
      words: `${source.published} ${source.title} ${source.publisher}`,
      cells: [
        { value: date, shown: date ?? t.undated },
        { value: t.publication },
        { value: source.publisher },
        { value: source.figures, shown: `${formatCount(source.figures)} ${figures}` },
        { value: source.title, shown: <SourceLink source={source} /> },
      ],
    }
  })
}

function lastRead({ sources }: CatalogAnswer): string {
  const dated = sources.map(({ accessed }) => accessed).filter((date) => /^\d{4}/.test(date))
  const last = dated.toSorted().at(-1)
  if (last === undefined) return ''
  return text.value.dates.read(last, formatCount(dated.filter((date) => date === last).length))
}
