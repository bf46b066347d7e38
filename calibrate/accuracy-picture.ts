import { type Axis, type Figure, type Panel, figureSvg, logAxis } from '../src/chart/index.ts'
import { QUANTITIES, type Quantity, distinct } from './band-file.ts'
import type { ResidualRow } from './residual-table.ts'

const HEIGHT = 300

const KINDS = [
  { title: 'fitted', keeps: ({ isFitted }: ResidualRow): boolean => isFitted },
  { title: 'not fitted', keeps: ({ isFitted }: ResidualRow): boolean => !isFitted },
] as const

/** Predicted against measured, and the ratio by concurrency; every row by constants that had not seen its deployment. */
export function accuracyPictures(rows: readonly ResidualRow[]): { name: string; svg: string }[] {
  const figure = (
    title: string,
    panel: (rows: readonly ResidualRow[], quantity: Quantity, name: string) => Panel,
  ): Figure => ({
    title,
    subtitle:
      'benchmark rows, by constants fitted without their deployment; not fitted: pools, and drafts on or unknown',
    rows: KINDS.map(({ title: kind, keeps }) => ({
      height: HEIGHT,
      panels: QUANTITIES.map((quantity) => panel(rows.filter(keeps), quantity, `${quantity.toUpperCase()}, ${kind}`)),
    })),
  })
  return [
    { name: 'accuracy-scatter', svg: figureSvg(figure('Predicted and measured', scatter)) },
    { name: 'accuracy-concurrency', svg: figureSvg(figure('Measured over predicted by concurrency', byConcurrency)) },
  ]
}

const RANGES: Readonly<Record<Quantity, readonly [number, number]>> = { tpot: [1, 1000], ttft: [10, 100_000] }

function scatter(rows: readonly ResidualRow[], quantity: Quantity, title: string): Panel {
  const [least, most] = RANGES[quantity]
  const x = logAxis('across: predicted, ms · up: measured, ms', least, most)
  const y = logAxis('measured, ms', least, most)
  const points = rows.map((row) => {
    const { predicted, seen, deployment } = row[quantity]
    const measured = predicted * seen
    return { row, x: measured / deployment, y: measured }
  })
  return { title, x, y, lines: [...dots(points, x, y), diagonal(x)] }
}

function byConcurrency(rows: readonly ResidualRow[], quantity: Quantity, title: string): Panel {
  const x = logAxis('across: clients · up: measured / predicted', 1, 20_000)
  const y = logAxis('measured / predicted', 0.1, 10)
  const points = rows.map((row) => ({ row, x: Number(row.label.concurrency), y: row[quantity].deployment }))
  const level = { name: 'equal', shape: 'line', x: [x.min, x.max], y: [0, 0] } as const
  return { title, x, y, lines: [...dots(points, x, y), level] }
}

interface Point {
  readonly row: ResidualRow
  readonly x: number
  readonly y: number
}

// What lies beyond an axis is drawn at its end.
function dots(points: readonly Point[], x: Axis, y: Axis): Panel['lines'] {
  const place = (value: number, { min, max }: Axis): number => Math.max(min, Math.min(max, Math.log10(value)))
  return distinct(points.map(({ row }) => row.label.engine)).map((engine) => {
    const own = points.filter(({ row }) => row.label.engine === engine)
    return {
      name: engine,
      shape: 'dots',
      x: own.map((point) => place(point.x, x)),
      y: own.map((point) => place(point.y, y)),
    }
  })
}

function diagonal({ min, max }: Axis): Panel['lines'][number] {
  return { name: 'equal', shape: 'line', x: [min, max], y: [min, max] }
}
