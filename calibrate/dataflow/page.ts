import type { Constant, MachineConstants } from '../../src/dataflow/index.ts'

/** What a table of residuals needs of one. */
export interface TableRow {
  readonly id: string
  readonly model: string
  readonly quantity: string
  readonly published: number
  readonly predicted: number
  readonly leftOut: number
  readonly acceptance?: number
}

/** The page with its tables, which stand between `<!-- name -->` and `<!-- /name -->`, replaced. */
export function withTables(page: string, machines: readonly MachineConstants[], rows: readonly TableRow[]): string {
  return replaced(replaced(page, 'constants', constantTable(machines)), 'residuals', residualTable(rows))
}

function replaced(page: string, name: string, text: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [page.indexOf(open), page.indexOf(close)]
  if (from < 0 || to < from) throw new Error(`docs/dataflow.md lacks ${open} … ${close}`)
  return `${page.slice(0, from + open.length)}\n\n${text}\n\n${page.slice(to)}`
}

const BASIS: Readonly<Record<Constant['basis'], string>> = {
  published: 'pub',
  fitted: 'fit',
  transferred: 'rel',
  assumed: 'ass',
}

function constantTable(machines: readonly MachineConstants[]): string {
  const lines = machines.map((machine) =>
    cells([
      machine.chip,
      marked(machine.phaseSeconds, time),
      marked(machine.movementShare, (value) => value.toFixed(2)),
      marked(machine.computeShare, (value) => value.toFixed(2)),
      machine.hopSeconds === undefined ? 'in the phase' : marked(machine.hopSeconds, time),
      machine.scheme === 'region' ? 'wafer' : String(machine.groupSize),
      `${machine.drafting.models} (${BASIS[machine.drafting.basis]})`,
      machine.tier,
      `×${machine.band.low.toFixed(2)} … ×${machine.band.high.toFixed(1)}`,
    ]),
  )
  const head = ['machine', 'phase latency', 'stream share', 'compute share', 'hop', 'group', 'drafts unless stated']
  return [cells([...head, 'evidence', '90 % band']), cells(Array.from({ length: 9 }, () => '---')), ...lines].join('\n')
}

function residualTable(rows: readonly TableRow[]): string {
  const lines = rows.map((row) =>
    cells([
      row.id,
      row.model,
      row.quantity,
      String(row.published),
      compared(row.predicted, row.published),
      compared(row.leftOut, row.published),
      row.acceptance === undefined ? '' : row.acceptance.toFixed(2),
    ]),
  )
  const head = ['row', 'model', 'quantity', 'published', 'fit', 'model left out', 'acceptance solved']
  return [cells(head), cells(head.map(() => '---')), ...lines].join('\n')
}

function cells(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`
}

function marked({ value, basis }: Constant, show: (value: number) => string): string {
  return `${show(value)} (${BASIS[basis]})`
}

function time(seconds: number): string {
  return seconds >= 1e-6 ? `${(seconds * 1e6).toFixed(2)} µs` : `${(seconds * 1e9).toFixed(0)} ns`
}

function compared(predicted: number, published: number): string {
  const value = predicted >= 1000 ? predicted.toFixed(0) : Number(predicted.toPrecision(4)).toString()
  return `${value} (×${(predicted / published).toFixed(2)})`
}
