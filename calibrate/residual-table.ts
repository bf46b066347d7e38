import { readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { type JudgedRow, SCHEMES } from './held-out.ts'
import { round } from './residual-score.ts'

const SERVING = new URL('residual/serving.csv', import.meta.url)
const OTHER_VENDOR = new URL('residual/other-vendor.csv', import.meta.url)

const LABELS = [
  'id',
  'model',
  'chip',
  'precision',
  'engine',
  'mode',
  'spec_decode',
  'isl',
  'osl',
  'concurrency',
] as const

/** The residuals of one row: labels, predictions, and measured over predicted by what the fit had not seen. */
export interface ResidualRow {
  readonly label: Readonly<Record<(typeof LABELS)[number], string>>
  /** Catalog id of the model. */
  readonly modelId: string
  readonly isFitted: boolean
  /** Chips of the deployment's scale-up group that one replica takes. */
  readonly ranks: number
  /** Predicted, milliseconds. */
  readonly tpot: Figures
  readonly ttft: Figures
}

export interface Figures {
  /** Predicted with all rows in the fit, milliseconds. */
  readonly predicted: number
  /** Measured over predicted. */
  readonly seen: number
  readonly row: number
  readonly deployment: number
  readonly model: number
  readonly chip: number
  /** AIConfigurator's prediction over measured; undefined where it has none. */
  readonly rival: number | undefined
}

/** Writes the derived table from which bands, tables and pictures are made without the measurements. */
export function writeResiduals(rows: readonly JudgedRow[], otherVendor: readonly number[]): void {
  const kinds = ['seen', ...SCHEMES]
  const figures = (name: string): string[] => [name, ...kinds.map((kind) => `${name}_${kind}`), `${name}_rival`]
  const header = [...LABELS, 'model_id', 'fitted', 'ranks', ...figures('tpot'), ...figures('ttft')]
  writeFileSync(SERVING, `${[header, ...rows.map(cellsOf)].map((cells) => cells.join(',')).join('\n')}\n`)
  writeOtherVendor(otherVendor)
}

/** Writes what the bands of other vendors' chips are made of: predicted over measured time per token. */
export function writeOtherVendor(ratios: readonly number[]): void {
  writeFileSync(OTHER_VENDOR, `measured_over_predicted\n${ratios.map((value) => round(1 / value)).join('\n')}\n`)
}

function cellsOf({ row, deployment, seen, held }: JudgedRow): (string | number)[] {
  const { scenario } = deployment
  const { tp, pp, dp } = scenario.mapping
  const figures = (name: 'tpot' | 'ttft'): (string | number)[] => {
    const measured = deployment[name] * 1e3
    const rival = Number(row.cells[`aic_${name}_ms`])
    const ratios = [seen, ...SCHEMES.map((scheme) => held[scheme])].map((found) => round(1 / found[name]))
    return [round(measured * seen[name]), ...ratios, rival > 0 ? round(rival / measured) : '']
  }
  return [
    ...LABELS.map((column) => row.cells[column] ?? ''),
    scenario.model.id,
    row.isFitted ? 1 : 0,
    tp * pp * dp,
    ...figures('tpot'),
    ...figures('ttft'),
  ]
}

/** The committed table. */
export function readResiduals(): ResidualRow[] {
  const rows = parse(readFileSync(SERVING), { columns: true }) as Record<string, string>[]
  return rows.map((cells) => ({
    label: Object.fromEntries(LABELS.map((column) => [column, cells[column] ?? ''])) as ResidualRow['label'],
    modelId: cells['model_id'] ?? '',
    isFitted: cells['fitted'] === '1',
    ranks: Number(cells['ranks']),
    tpot: figuresOf(cells, 'tpot'),
    ttft: figuresOf(cells, 'ttft'),
  }))
}

function figuresOf(cells: Record<string, string>, name: string): Figures {
  const of = (kind: string): number => Number(cells[`${name}_${kind}`])
  const rival = cells[`${name}_rival`] ?? ''
  return {
    predicted: Number(cells[name]),
    seen: of('seen'),
    row: of('row'),
    deployment: of('deployment'),
    model: of('model'),
    chip: of('chip'),
    rival: rival === '' ? undefined : Number(rival),
  }
}

/** Measured over predicted of published throughputs of other vendors' chips, none of which is fitted to. */
export function readOtherVendor(): number[] {
  return readFileSync(OTHER_VENDOR, 'utf8').trim().split('\n').slice(1).map(Number)
}
