import {
  type Basis,
  type Chip,
  type Figure,
  type Known,
  type ModelEntry,
  type Source,
  chips,
  findModel,
  isKnown,
  modelEntries,
  paramCounts,
  prices,
  sources,
} from '../../../src/index.ts'

/** One figure of the catalog, with all that stands behind it. */
export interface FigureRow {
  readonly of: 'chips' | 'models' | 'prices'
  /** Id of the chip, model or subject of a price. */
  readonly id: string
  readonly subject: string
  /** What the figure is of: a path such as `memory.hbm.capacity`, or the item of a price. */
  readonly figure: string
  readonly unit: string
  readonly value?: number
  readonly low?: number
  readonly high?: number
  /** Why there is no value. */
  readonly unknown?: string
  readonly basis?: Basis
  readonly source?: string
  readonly date?: string
  readonly note?: string
}

/** A publication, and how many figures rest on it. */
export interface SourceRow extends Source {
  readonly figures: number
}

export interface CatalogAnswer {
  readonly figures: readonly FigureRow[]
  readonly sources: readonly SourceRow[]
}

/** The whole catalog, figure by figure. */
function catalog(): CatalogAnswer {
  const figures = [...chips().flatMap(chipRows), ...modelEntries().flatMap(modelRows), ...priceRows()]
  const uses = new Map<string, number>()
  for (const { source = '' } of figures) uses.set(source, (uses.get(source) ?? 0) + 1)
  return { figures, sources: sources().map((source) => ({ ...source, figures: uses.get(source.id) ?? 0 })) }
}

function chipRows(chip: Chip): FigureRow[] {
  const { id, name: subject } = chip
  const row = (figure: string, known: Known, unit: string): FigureRow => ({
    of: 'chips',
    id,
    subject,
    figure,
    ...rowOf(known, unit),
  })
  return [
    ...chip.memory.flatMap(({ name, capacity, bandwidth }) => [
      row(`memory.${name}.capacity`, capacity, 'B'),
      row(`memory.${name}.bandwidth`, bandwidth, 'B/s'),
    ]),
    ...Object.entries(chip.peak).map(([format, peak]) => row(`peak.${format}`, peak, 'FLOP/s')),
    row('scaleUp.bandwidth', chip.scaleUp.bandwidth, 'B/s'),
    row('scaleUp.domain', chip.scaleUp.domain, 'chips'),
    row('scaleOut.bandwidth', chip.scaleOut.bandwidth, 'B/s'),
    row('power.tdp', chip.power.tdp, 'W'),
    row('power.allIn', chip.power.allIn, 'W'),
    row('node.chips', chip.node.chips, 'chips'),
    row('rack.chips', chip.rack.chips, 'chips'),
    row('rack.power', chip.rack.power, 'W'),
    row('dieMm2', chip.dieMm2, 'mm2'),
  ]
}

/** Published counts, and beside them those that the architecture has. */
function modelRows({ id, name, published, source }: ModelEntry): FigureRow[] {
  const counts = paramCounts(findModel(id))
  const row = (figure: string, known: Known): FigureRow => ({
    of: 'models',
    id,
    subject: name,
    figure,
    ...rowOf(known, 'params'),
  })
  const counted = (value: number): Figure => ({ value, unit: 'params', source, basis: 'derived' })
  return [
    row('published.total', published.totalParams),
    row('published.active', published.activeParams),
    row('counted.total', counted(counts.total)),
    row('counted.active', counted(counts.active)),
  ]
}

function priceRows(): FigureRow[] {
  return prices().map(({ subject, item, category, ...price }) => ({
    of: 'prices',
    id: subject,
    subject,
    figure: `${category}: ${item}`,
    ...rowOf(price, price.unit),
  }))
}

function rowOf(known: Known, unit: string): Omit<FigureRow, 'of' | 'id' | 'subject' | 'figure'> {
  if (!isKnown(known)) return { unknown: known.unknown, unit }
  const { value, low, high, basis, source, date, note } = known
  return {
    value,
    unit: known.unit,
    basis,
    source,
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(date === undefined ? {} : { date }),
    ...(note === undefined ? {} : { note }),
  }
}

export const methods = { catalog }
