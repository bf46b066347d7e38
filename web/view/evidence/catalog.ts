import { effect, signal } from '@preact/signals'
import { type Source, formatCount, formatSi, formatUnit } from '../../../src/index.ts'
import { ask } from '../../engine/client.ts'
import type { CatalogAnswer, FigureRow } from '../../engine/method/evidence.ts'
import { type Question, question } from '../../engine/question.ts'
import type { Evidence } from '../../part/evidence.tsx'
import type { ResidualData } from './residual-data.ts'
import { ANY, type EvidenceState } from './schema.ts'
import { text } from './text.ts'

/** The catalog, asked for once. */
export const catalog: Question<CatalogAnswer> = question<CatalogAnswer>()

export function needCatalog(): void {
  if (catalog.standing.peek().phase === 'idle' && catalog.standing.peek().answer === undefined) {
    catalog.ask((options) => ask('evidence.catalog', undefined, options))
  }
}

/** Predictions beside measurements, fetched when somebody looks at them. */
export const residuals = signal<ResidualData | undefined>(undefined)

export async function needResiduals(): Promise<void> {
  if (residuals.peek() !== undefined) return
  residuals.value = (await import('virtual:residuals')).residuals
}

const sourceById = new Map<string, Source>()
effect(() => {
  for (const source of catalog.standing.value.answer?.sources ?? []) sourceById.set(source.id, source)
})

export function sourceOf(id: string | undefined): Source | undefined {
  return id === undefined ? undefined : sourceById.get(id)
}

/** Figures that a search and the filters leave: every word must occur somewhere in a row. */
export function found(rows: readonly FigureRow[], { of, basis, find }: EvidenceState): FigureRow[] {
  const words = wordsOf(find)
  return rows.filter((row) => {
    if (of !== 'all' && row.of !== of) return false
    if (basis === 'unknown' ? row.unknown === undefined : basis !== ANY && row.basis !== basis) return false
    return words.length === 0 || isIn(words, textOf(row))
  })
}

export function wordsOf(find: string): readonly string[] {
  return find
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

export function isIn(words: readonly string[], within: string): boolean {
  const lower = within.toLowerCase()
  return words.every((word) => lower.includes(word))
}

function textOf(row: FigureRow): string {
  const source = sourceOf(row.source)
  const parts = [row.id, row.subject, row.figure, figureName(row), row.basis, row.date, row.note, row.unknown]
  return [...parts, source?.title, source?.publisher].filter((part) => part !== undefined).join(' ')
}

/** What a figure is of, in words. */
export function figureName({ of, figure }: Pick<FigureRow, 'of' | 'figure'>): string {
  if (of === 'prices') return figure.replaceAll('_', ' ')
  const t = text.value
  const [first = '', second = '', third = ''] = figure.split('.')
  if (first === 'peak') return t.peak(second.toUpperCase())
  if (first === 'memory') return (third === 'capacity' ? t.capacity : t.bandwidth)(second.toUpperCase())
  return t.figure[figure] ?? figure
}

const SI_UNITS = new Set(['B', 'B/s', 'FLOP/s', 'W'])

/** A value with its unit, as people write it. */
export function valueText(value: number, unit: string): string {
  if (SI_UNITS.has(unit)) return formatSi(value, unit)
  return unit === 'mm2' ? `${formatCount(value)} mm²` : formatUnit(value, unit)
}

export function figureEvidence(row: FigureRow): Evidence {
  const t = text.value.figures
  const { value, low, high, unit, note, source, unknown, date } = row
  const known = sourceOf(source)
  const isRange = low !== undefined && high !== undefined && low !== high
  return {
    title: `${row.subject}: ${figureName(row)}`,
    value: value === undefined ? t.unknown : valueText(value, unit),
    band: isRange ? { text: `${valueText(low, unit)} – ${valueText(high, unit)}` } : undefined,
    tier: row.figure.startsWith('counted') ? 'counted' : undefined,
    inputs: [
      ...(value === undefined ? [] : [`${value} ${unit}`]),
      ...(date === undefined ? [] : [`${t.head.date} ${date}`]),
      ...(row.basis === undefined ? [] : [`${t.head.basis}: ${row.basis}`]),
    ],
    notes: [note, unknown].filter((each) => each !== undefined),
    sources: known === undefined ? [] : [known],
    command: `pincer catalog ${row.of}${row.of === 'prices' ? '' : ` ${row.id}`}`,
  }
}
