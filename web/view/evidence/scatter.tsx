import { scaleLog } from 'd3-scale'
import { useMemo, useState } from 'preact/hooks'
import { formatCount, formatSeconds } from '../../../src/index.ts'
import { Chart } from '../../part/chart.tsx'
import type { TableData } from '../../part/table.tsx'
import { chipName, modelName } from '../../state/own.ts'
import { labelName, signed } from './label.ts'
import type { Quantity, ResidualData } from './residual-data.ts'
import type { Group } from './schema.ts'
import { text } from './text.ts'

interface ScatterProps {
  readonly data: ResidualData
  readonly quantity: Quantity
  readonly by: Group
}

const EDGE = { left: 58, right: 26, top: 12, bottom: 44 }
const TALLEST = 560
/** Dashed lines on both sides of equality. */
const FACTOR = 1.25
/** Groups that have a colour of their own. */
const COLOURS = 8
/** A point this near to the pointer is the one that is meant, pixels. */
const NEAR = 24

/** Thousands of runs: one path for each group, in which every run is a dot. */
export function Scatter({ data, quantity, by }: ScatterProps) {
  const t = text.value.accuracy
  const title = t.scatter(t.quantities[quantity] ?? quantity)
  const table = useMemo(() => () => rowsTable(data, quantity, title), [data, quantity, title])
  return (
    <Chart title={title} description={t.scatterText} table={table}>
      {(width) => <Picture data={data} quantity={quantity} by={by} width={width} title={title} />}
    </Chart>
  )
}

function predictedOf(data: ResidualData, quantity: Quantity, row: number): number {
  const { measured, ratio } = data[quantity]
  return measured[row]! / ratio[row]!
}

function rowsTable(data: ResidualData, quantity: Quantity, caption: string): TableData {
  const t = text.value.accuracy
  const { head } = t
  const label = (name: Group, row: number): string => data.labels[name].names[data.labels[name].of[row]!] ?? ''
  const digits = (value: number): { readonly value: number; readonly shown: string } => ({
    value,
    shown: value.toPrecision(4),
  })
  return {
    caption,
    head: [
      head.model,
      head.chip,
      head.precision,
      head.engine,
      head.mode,
      head.isl,
      head.osl,
      head.clients,
      head.fitted,
      head.measured,
      head.predicted,
      head.aic,
    ],
    rows: data.fitted.map((fitted, row) => {
      const measured = data[quantity].measured[row]!
      const rival = data[quantity].rival[row]!
      return [
        { value: label('model', row) },
        { value: label('chip', row) },
        { value: label('precision', row) },
        { value: label('engine', row) },
        { value: label('mode', row) },
        { value: data.isl[row] },
        { value: data.osl[row] },
        { value: data.clients[row] },
        { value: fitted === 1 ? t.yes : t.no },
        digits(measured),
        digits(predictedOf(data, quantity, row)),
        rival > 0 ? digits(rival * measured) : { value: undefined },
      ]
    }),
  }
}

type Scale = ReturnType<typeof scaleLog<number, number>>

interface PictureProps extends ScatterProps {
  readonly width: number
  readonly title: string
}

function Picture({ data, quantity, by, width, title }: PictureProps) {
  const t = text.value.accuracy
  const [near, setNear] = useState<number | undefined>(undefined)
  const height = Math.min(TALLEST, width)
  const { x, y, points, domain } = useMemo(() => layout(data, quantity, width, height), [data, quantity, width, height])
  const dots = useMemo(() => <Dots data={data} by={by} points={points} />, [data, by, points])
  const frame = useMemo(() => <Frame x={x} y={y} domain={domain} width={width} height={height} />, [x, y, t])
  return (
    <>
      <svg
        class="scatter"
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={title}
        onPointerMove={(event) => setNear(nearest(event, points, width))}
        onPointerLeave={() => setNear(undefined)}
      >
        {frame}
        {dots}
        {near !== undefined && <circle class="near" cx={points[near]!.x} cy={points[near]!.y} r="6" />}
      </svg>
      <Legend data={data} by={by} />
      <p class="point-text">{near === undefined ? t.nearest : pointText(data, quantity, near)}</p>
    </>
  )
}

interface Point {
  readonly x: number
  readonly y: number
}

function layout(data: ResidualData, quantity: Quantity, width: number, height: number) {
  const { measured } = data[quantity]
  const predicted = measured.map((_, row) => predictedOf(data, quantity, row))
  const values = [...measured, ...predicted]
  // One pass: a spread of thousands of arguments is none for every browser.
  const [least, most] = values.reduce(
    ([lo, hi], value) => [Math.min(lo, value), Math.max(hi, value)],
    [Number.POSITIVE_INFINITY, 0],
  )
  const domain: [number, number] = [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most))]
  const x = scaleLog()
    .domain(domain)
    .range([EDGE.left, width - EDGE.right])
  const y = scaleLog()
    .domain(domain)
    .range([height - EDGE.bottom, EDGE.top])
  const points = measured.map((value, row): Point => ({ x: x(predicted[row]!), y: y(value) }))
  return { x, y, points, domain }
}

interface FrameProps {
  readonly x: Scale
  readonly y: Scale
  readonly domain: readonly [number, number]
  readonly width: number
  readonly height: number
}

function Frame({ x, y, domain, width, height }: FrameProps) {
  const t = text.value.accuracy
  const [from, to] = domain
  const first = Math.round(Math.log10(from))
  const decades = Array.from({ length: Math.round(Math.log10(to)) - first + 1 }, (_, i) => Number(`1e${first + i}`))
  const bottom = height - EDGE.bottom
  const line = (factor: number): { x1: number; y1: number; x2: number; y2: number } => ({
    x1: x(factor > 1 ? from : from / factor),
    y1: y(factor > 1 ? from * factor : from),
    x2: x(factor > 1 ? to / factor : to),
    y2: y(factor > 1 ? to : to * factor),
  })
  return (
    <g>
      {decades.map((decade) => (
        <g key={decade}>
          <line class="grid" x1={x(decade)} x2={x(decade)} y1={EDGE.top} y2={bottom} />
          <line class="grid" x1={EDGE.left} x2={width - EDGE.right} y1={y(decade)} y2={y(decade)} />
          <text class="tick" x={x(decade)} y={bottom + 16} text-anchor="middle">
            {decade.toLocaleString('en-US')}
          </text>
          <text class="tick" x={EDGE.left - 8} y={y(decade) + 4} text-anchor="end">
            {decade.toLocaleString('en-US')}
          </text>
        </g>
      ))}
      <line class="equal" {...line(1)} />
      <line class="factor" {...line(FACTOR)} />
      <line class="factor" {...line(1 / FACTOR)} />
      <text class="axis-name" x={width - EDGE.right} y={height - 6} text-anchor="end">
        {t.predicted}
      </text>
      <text class="axis-name" x={EDGE.left + 8} y={EDGE.top + 12}>
        {t.measured}
      </text>
    </g>
  )
}

function Dots({ data, by, points }: { data: ResidualData; by: Group; points: readonly Point[] }) {
  const { names, of } = data.labels[by]
  return (
    <g class="dots">
      {names.map((name, group) => (
        <path
          key={name}
          class="dots"
          data-colour={Math.min(group, COLOURS - 1)}
          d={points
            .flatMap(({ x, y }, row) => (of[row] === group ? [`M${x.toFixed(1)} ${y.toFixed(1)}h0`] : []))
            .join('')}
        />
      ))}
    </g>
  )
}

function Legend({ data, by }: { data: ResidualData; by: Group }) {
  const { names } = data.labels[by]
  return (
    <ul class="legend">
      {names.map((name, group) => (
        <li key={name} data-colour={Math.min(group, COLOURS - 1)}>
          <span class="swatch" aria-hidden="true" />
          <span lang="en">{labelName(by, name)}</span>
        </li>
      ))}
    </ul>
  )
}

function nearest(event: PointerEvent, points: readonly Point[], width: number): number | undefined {
  const box = (event.currentTarget as Element).getBoundingClientRect()
  const scale = width / box.width
  const at = { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale }
  let best: number | undefined
  let least = NEAR ** 2
  for (const [row, { x, y }] of points.entries()) {
    const distance = (x - at.x) ** 2 + (y - at.y) ** 2
    if (distance < least) [best, least] = [row, distance]
  }
  return best
}

function pointText(data: ResidualData, quantity: Quantity, row: number): string {
  const t = text.value.accuracy
  const label = (name: Group): string => data.labels[name].names[data.labels[name].of[row]!] ?? ''
  const measured = data[quantity].measured[row]!
  const predicted = predictedOf(data, quantity, row)
  const lengths = `${formatCount(data.isl[row]!)}/${formatCount(data.osl[row]!)}`
  const which = t.point(
    `${modelName(label('model'))} (${label('precision')}, ${label('engine')})`,
    chipName(label('chip')),
    lengths,
    formatCount(data.clients[row]!),
  )
  const ratio = t.ratio(formatSeconds(measured / 1e3), formatSeconds(predicted / 1e3), signed(predicted / measured - 1))
  return `${which}; ${label('mode')}: ${ratio}`
}
