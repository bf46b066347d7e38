import { scaleLog } from 'd3-scale'
import { type Band, type Cell, formatCount, formatUnit } from '../../../src/index.ts'
import type { PincerAnswer } from '../../engine/method/pincer.ts'
import { Chart } from '../../part/chart.tsx'
import type { Cell as TableCell } from '../../part/table.tsx'
import { chipName, modelName } from '../../state/own.ts'
import { type PointName, cellTitle } from './evidence.ts'
import { text } from './text.ts'

const RIGHT = 14
const TOP = 34

/** Where things stand in a picture of some width: labels beside the marks, or above them where it is narrow. */
interface Layout {
  readonly width: number
  readonly left: number
  readonly row: number
  /** From the top of a row to its first mark. */
  readonly mark: number
  readonly isNarrow: boolean
}

function layoutOf(width: number): Layout {
  const isNarrow = width < 560
  return { width, isNarrow, ...(isNarrow ? { left: 8, row: 66, mark: 40 } : { left: 236, row: 40, mark: 8 }) }
}

/** What the article says both together cost, as a share of the GPU. */
const CLAIMED = [0.1, 0.15] as const

interface Row {
  readonly cell: Cell
  readonly arm: 'base' | 'sparse' | 'sram' | 'both'
  readonly points: Readonly<Record<PointName, Band | undefined>>
}

/** Every cell's cost relative to the baseline, at both operating points, on one logarithmic axis. */
export function ArmsChart({ answer }: { answer: PincerAnswer }) {
  const t = text.value
  const { comparison } = answer
  const rows = rowsOf(answer)
  const base = comparison.cells[comparison.baseline]
  const names: Readonly<Record<PointName, string>> = {
    cheapest: t.square.cheapest,
    fast: t.square.fast(formatCount(comparison.userSpeed)),
  }
  return (
    <Chart
      title={t.arms.title}
      description={t.arms.description(base === undefined ? '' : cellTitle(base))}
      table={{
        caption: t.arms.caption,
        head: [t.detail.model, t.detail.chip, t.detail.point, t.detail.ratio, t.detail.lo, t.detail.hi],
        rows: rows.flatMap(({ cell, points }) =>
          (['cheapest', 'fast'] as const).map((name) => [
            { value: modelName(cell.model) },
            { value: chipName(cell.chip) },
            { value: t.detail[name] },
            ratioCell(points[name]?.value),
            ratioCell(points[name]?.lo),
            ratioCell(points[name]?.hi),
          ]),
        ),
      }}
    >
      {(width) => <Picture rows={rows} names={names} width={width} />}
    </Chart>
  )
}

// What all else is measured by is 1 by definition, whatever its own band.
function ratioOf(band: Band | undefined, isBaseline: boolean): Band | undefined {
  return band === undefined || !isBaseline ? band : { ...band, lo: band.value, hi: band.value }
}

function ratioCell(value: number | undefined): TableCell {
  return value === undefined ? { value } : { value, shown: formatUnit(value, 'ratio') }
}

function rowsOf({ comparison }: PincerAnswer): Row[] {
  const { cells, relative, baseline } = comparison
  const rows = cells.map((cell, i): Row => {
    const isSram = cell.machine === 'sram'
    const isSparse = cell.arm === 'sparse'
    const arm = isSram ? (isSparse ? 'both' : 'sram') : isSparse ? 'sparse' : 'base'
    return {
      cell,
      arm: i === baseline ? 'base' : arm,
      points: {
        cheapest: ratioOf(relative[i]?.cheapest.costPerToken, i === baseline),
        fast: ratioOf(relative[i]?.fast.costPerToken, i === baseline),
      },
    }
  })
  const order = ['base', 'sparse', 'sram', 'both']
  return rows.toSorted((a, b) => order.indexOf(a.arm) - order.indexOf(b.arm))
}

interface PictureProps {
  readonly rows: readonly Row[]
  readonly names: Readonly<Record<PointName, string>>
  readonly width: number
}

function Picture({ rows, names, width }: PictureProps) {
  const t = text.value.arms
  const layout = layoutOf(width)
  const x = scaleOf(rows, layout)
  const bottom = TOP + rows.length * layout.row
  const height = bottom + (layout.isNarrow ? 66 : 48)
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${t.caption}. ${spoken(rows, names)}`}>
      <rect
        class="claimed"
        x={x(CLAIMED[0])}
        width={x(CLAIMED[1]) - x(CLAIMED[0])}
        y={TOP - 8}
        height={bottom - TOP + 8}
      />
      <text class="claimed-label" x={x(CLAIMED[1])} y={TOP - 14} text-anchor="middle">
        {t.claimed}
      </text>
      {decades(x).map((decade) => (
        <g key={decade}>
          <line class={decade === 1 ? 'zero' : 'grid'} x1={x(decade)} x2={x(decade)} y1={TOP - 8} y2={bottom} />
          <text class="tick" x={x(decade)} y={bottom + 16} text-anchor="middle">
            {formatUnit(decade, 'ratio')}
          </text>
        </g>
      ))}
      {rows.map((row, i) => (
        <RowMarks key={cellTitle(row.cell)} row={row} y={TOP + i * layout.row} x={x} layout={layout} />
      ))}
      <Legend y={bottom + 40} names={names} layout={layout} />
    </svg>
  )
}

function scaleOf(rows: readonly Row[], { left, width }: Layout): Scale {
  const bands = rows.flatMap(({ points }) => [points.cheapest, points.fast]).filter((band) => band !== undefined)
  const ends = [0.05, 2, ...bands.flatMap(({ lo, hi }) => [lo, hi])].filter((end) => Number.isFinite(end) && end > 0)
  return scaleLog()
    .domain([Math.min(...ends) / 1.3, Math.max(...ends) * 1.3])
    .range([left, width - RIGHT])
}

type Scale = ReturnType<typeof scaleLog<number, number>>

function decades(x: Scale): number[] {
  const [from = 1, to = 1] = x.domain()
  const first = Math.ceil(Math.log10(from))
  return Array.from({ length: Math.floor(Math.log10(to)) - first + 1 }, (_, i) => Number(`1e${first + i}`))
}

interface RowMarksProps {
  readonly row: Row
  readonly y: number
  readonly x: Scale
  readonly layout: Layout
}

function RowMarks({ row, y, x, layout }: RowMarksProps) {
  const t = text.value.arms
  const { cell, arm, points } = row
  return (
    <g class={`row ${arm}`}>
      <line class="rule" x1="0" x2={layout.width - RIGHT} y1={y - 4} y2={y - 4} />
      <text class="arm" x="0" y={y + 11}>
        {t[arm]}
      </text>
      <text class="cell" x="0" y={y + 27}>
        {shortened(cellTitle(cell))}
      </text>
      {(['cheapest', 'fast'] as const).map((name, i) => (
        <Interval key={name} band={points[name]} name={name} y={y + layout.mark + i * 15} x={x} />
      ))}
    </g>
  )
}

const LONGEST = 38

function shortened(title: string): string {
  return title.length > LONGEST ? `${title.slice(0, LONGEST - 1)}…` : title
}

function Interval({ band, name, y, x }: { band: Band | undefined; name: PointName; y: number; x: Scale }) {
  if (band === undefined) {
    return (
      <text class="unreachable" x={x(1) + 6} y={y + 4}>
        {text.value.arms.unreachable}
      </text>
    )
  }
  const isExact = band.lo === band.hi
  return (
    <g class={name}>
      {!isExact && <line class="band" x1={x(band.lo)} x2={x(band.hi)} y1={y} y2={y} />}
      {name === 'cheapest' ? (
        <circle class="dot" cx={x(band.value)} cy={y} r="4.5" />
      ) : (
        <rect class="dot" x={x(band.value) - 4} y={y - 4} width="8" height="8" />
      )}
    </g>
  )
}

interface LegendProps {
  readonly y: number
  readonly names: Readonly<Record<PointName, string>>
  readonly layout: Layout
}

function Legend({ y, names, layout: { left, isNarrow } }: LegendProps) {
  const first = isNarrow ? left : 0
  const second = isNarrow ? { x: left, y: y + 18 } : { x: 150, y }
  return (
    <g class="legend">
      <circle class="dot" cx={first + 5} cy={y - 4} r="4.5" />
      <text x={first + 15} y={y}>
        {names.cheapest}
      </text>
      <rect class="dot" x={second.x + 1} y={second.y - 8} width="8" height="8" />
      <text x={second.x + 15} y={second.y}>
        {names.fast}
      </text>
    </g>
  )
}

// The picture in one sentence per row; the table behind it has all numbers.
function spoken(rows: readonly Row[], names: Readonly<Record<PointName, string>>): string {
  const t = text.value.arms
  return rows
    .map(({ cell, arm, points }) => {
      const parts = (['cheapest', 'fast'] as const).map((name) => {
        const band = points[name]
        return `${names[name]}: ${band === undefined ? t.unreachable : formatUnit(band.value, 'ratio')}`
      })
      return `${t[arm]}, ${cellTitle(cell)}: ${parts.join(', ')}`
    })
    .join('. ')
}
