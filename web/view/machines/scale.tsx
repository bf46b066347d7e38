import { type MachineFit, formatBytes, formatCount, isKnown } from '../../../src/index.ts'
import type { FitsAnswer } from '../../engine/method/machines.ts'
import { Chart } from '../../part/chart.tsx'
import { fitted } from '../../part/fitted.ts'
import type { Cell } from '../../part/table.tsx'
import { Legend } from './legend.tsx'
import { chipCapacity } from './schema.ts'
import { PARTS, commonScale, filled, packed, packedHeight, partPath, parted, partsOf, places } from './squares.ts'
import { text } from './text.ts'

const GAP = 28
const HEAD = 44
const FOOT = 40

/** One system as it is drawn. */
interface Drawn {
  readonly row: MachineFit
  /** Chips that are drawn, and bytes of one; 0 where nothing is known. */
  readonly count: number
  readonly each: number
}

function drawnOf(row: MachineFit): Drawn {
  const each = chipCapacity(row.chip.id) ?? 0
  if (row.status === 'fits') return { row, count: row.chips, each: row.fastCapacity / row.chips }
  if (row.status === 'untimed') return { row, count: 0, each }
  return { row, count: isKnown(row.needed) ? row.needed.value : row.limit.chips, each }
}

/** Chips of the chosen machines as squares whose area is their memory, filled with weights and caches. */
export function ScaleChart({ answer, drawn }: { answer: FitsAnswer; drawn: readonly string[] }) {
  const t = text.value.scale
  const rows = drawn.flatMap((id) => answer.fits.rows.find(({ chip }) => chip.id === id) ?? [])
  return (
    <Chart
      title={t.title}
      description={t.description}
      table={{
        caption: t.caption,
        head: [t.machine, t.chips, t.capacity, t.weights, t.cache, t.other, t.free],
        rows: rows.map(tableRow),
      }}
    >
      {(width) => <Picture systems={rows.map(drawnOf)} width={width} />}
    </Chart>
  )
}

function tableRow(row: MachineFit): Cell[] {
  const { count, each } = drawnOf(row)
  const giga = (bytes: number): Cell => ({ value: bytes / 1e9, shown: (bytes / 1e9).toFixed(1) })
  const parts =
    row.status === 'fits' ? PARTS.map((part) => giga(partsOf(row)[part])) : PARTS.map(() => ({ value: undefined }))
  return [{ value: row.chip.name }, { value: count, shown: formatCount(count) }, giga(each), ...parts]
}

function Picture({ systems, width }: { systems: readonly Drawn[]; width: number }) {
  const t = text.value.scale
  const columns = Math.min(systems.length, width < 480 ? 2 : width < 760 ? 3 : 4)
  const panel = (width - (columns - 1) * GAP) / columns
  const tallest = panel * 1.15
  const scale = commonScale(
    systems.filter(({ count, each }) => count > 0 && each > 0),
    panel,
    tallest,
  )
  const heights = systems.map(({ count, each }) => heightOf(count, scale * Math.sqrt(each), panel))
  const rowsOf = Math.ceil(systems.length / columns)
  const tops = Array.from({ length: rowsOf + 1 }, (_, row) =>
    heights
      .slice(0, row * columns)
      .reduce<number[]>((most, height, i) => {
        const at = Math.floor(i / columns)
        most[at] = Math.max(most[at] ?? 0, height)
        return most
      }, [])
      .reduce((sum, height) => sum + height + HEAD + 22, 0),
  )
  const height = (tops.at(-1) ?? 0) + FOOT
  const spoken = systems.map(({ row, count, each }) => `${row.chip.name}: ${sumText(row, count, each)}`).join('; ')
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${t.caption}. ${spoken}`}>
      {systems.map((system, i) => (
        <g
          key={system.row.chip.id}
          transform={`translate(${(i % columns) * (panel + GAP)} ${tops[Math.floor(i / columns)] ?? 0})`}
        >
          <Panel system={system} scale={scale} width={panel} />
        </g>
      ))}
      <g transform={`translate(0 ${height - 14})`}>
        <Legend width={width} beyond={systems.some(({ row }) => row.status === 'beyond')} />
      </g>
    </svg>
  )
}

function heightOf(count: number, side: number, width: number): number {
  return count === 0 ? 0 : packedHeight(packed(count, side, width), side)
}

function sumText(row: MachineFit, count: number, each: number): string {
  const t = text.value.scale
  if (row.status === 'untimed') return t.untimed
  if (row.status === 'fits') return t.sum(formatCount(count), formatBytes(each), formatBytes(count * each))
  const most = formatCount(row.limit.chips)
  return isKnown(row.needed) ? t.beyond(formatCount(row.needed.value), most) : t.beyondUnknown(most)
}

function Panel({ system: { row, count, each }, scale, width }: { system: Drawn; scale: number; width: number }) {
  const side = scale * Math.sqrt(each)
  const packing = packed(Math.max(1, count), side, width)
  const boxes = places(count, side, packing)
  const { first: joined, rest: over } = parted(boxes, row.status === 'beyond' ? row.limit.chips : count, count)
  return (
    <>
      <text class="name" x="0" y="13">
        {fitted(row.chip.name, width * 0.92)}
      </text>
      <text class="sum" x="0" y="30">
        {fitted(sumText(row, count, each), width)}
      </text>
      <g transform={`translate(0 ${HEAD})`}>
        {row.status === 'fits' &&
          filled(boxes, partsOf(row)).map(({ part, path }) => <path key={part} class={part} d={path} />)}
        {row.status === 'beyond' && (
          <>
            <path class="within" d={partPath(joined, 0, 1)} />
            <path class="over" d={partPath(over, 0, 1)} />
          </>
        )}
        {side > 3 && <path class="outline" d={partPath(boxes, 0, 1)} />}
      </g>
    </>
  )
}
