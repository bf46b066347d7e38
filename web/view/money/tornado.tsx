import { scaleLinear, scaleLog } from 'd3-scale'
import type { ComponentChildren } from 'preact'
import { Chart } from '../../part/chart.tsx'
import { fitted } from '../../part/fitted.ts'
import type { Cell } from '../../part/table.tsx'

export interface Bar {
  readonly name: string
  readonly input: { readonly low: number; readonly high: number }
  readonly output: { readonly low: number; readonly high: number }
  /** More columns of the table. */
  readonly more?: readonly Cell[]
}

interface TornadoProps {
  readonly title: string
  readonly description: ComponentChildren
  readonly caption: string
  readonly head: readonly string[]
  readonly centre: number
  readonly bars: readonly Bar[]
}

const ROW = 21
const MOST = 14

/** A ratio with one input at a time at its low and its high end, the widest first. */
export function Tornado({ title, description, caption, head, centre, bars }: TornadoProps) {
  return (
    <Chart
      title={title}
      description={description}
      table={{
        caption,
        head,
        rows: bars.map(({ name, input, output, more = [] }) => [
          { value: name },
          numberCell(input.low),
          numberCell(input.high),
          numberCell(output.low),
          numberCell(output.high),
          ...more,
        ]),
      }}
    >
      {(width) => <Picture centre={centre} bars={bars.slice(0, MOST)} width={width} caption={caption} />}
    </Chart>
  )
}

function numberCell(value: number): Cell {
  return { value, shown: shortNumber(value) }
}

/** Three digits, with thousands apart. */
export function shortNumber(value: number): string {
  const rounded = Number(value.toPrecision(3))
  return Math.abs(rounded) >= 1000 ? rounded.toLocaleString('en-US') : String(rounded)
}

/** A distribution with as many digits as people read; one number alone with its thousands apart. */
export function shownDistribution(distribution: string): string {
  if (Number.isFinite(Number(distribution))) return shortNumber(Number(distribution))
  return distribution.replaceAll(/\d+\.\d{4,}/g, (long) => shortNumber(Number(long))).replaceAll(',', ', ')
}

interface PictureProps {
  readonly centre: number
  readonly bars: readonly Bar[]
  readonly width: number
  readonly caption: string
}

function Picture({ centre, bars, width, caption }: PictureProps) {
  const isNarrow = width < 520
  const left = isNarrow ? 132 : 210
  const ends = bars.flatMap(({ output }) => [output.low, output.high])
  const x = scaleLog()
    .domain([Math.min(centre, ...ends) / 1.04, Math.max(centre, ...ends) * 1.04])
    .range([left, width - 34])
  const bottom = bars.length * ROW + 6
  const spoken = bars
    .slice(0, 5)
    .map(({ name, output }) => `${name}: ×${shortNumber(output.low)} … ×${shortNumber(output.high)}`)
    .join('; ')
  return (
    <svg viewBox={`0 0 ${width} ${bottom + 24}`} role="img" aria-label={`${caption}. ${spoken}`}>
      {ticksOf(x, isNarrow).map((tick) => (
        <g key={tick}>
          <line class="grid" x1={x(tick)} x2={x(tick)} y1="0" y2={bottom} />
          <text class="tick" x={x(tick)} y={bottom + 16} text-anchor="middle">
            ×{tick}
          </text>
        </g>
      ))}
      {bars.map(({ name, output }, i) => {
        const [low, high] = [x(output.low), x(output.high)]
        return (
          <g key={name} transform={`translate(0 ${i * ROW})`}>
            <text class="label" x={left - 10} y="15" text-anchor="end">
              {fitted(name, left - 14)}
            </text>
            <rect class="low" x={Math.min(low, x(centre))} y="5" width={Math.abs(low - x(centre))} height={ROW - 8} />
            <rect
              class="high"
              x={Math.min(high, x(centre))}
              y="5"
              width={Math.abs(high - x(centre))}
              height={ROW - 8}
            />
          </g>
        )
      })}
      <line class="centre" x1={x(centre)} x2={x(centre)} y1="0" y2={bottom} />
    </svg>
  )
}

/** Round places on a logarithmic axis, few enough to read. */
function ticksOf(x: ReturnType<typeof scaleLog<number, number>>, isNarrow: boolean): number[] {
  const [from = 1, to = 1] = x.domain()
  const most = isNarrow ? 4 : 8
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const found = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6].flatMap((power) =>
      steps.map((step) => Number(`${step}e${power}`)).filter((tick) => tick >= from && tick <= to),
    )
    if (found.length >= 2 && found.length <= most) return found
  }
  return scaleLinear()
    .domain([from, to])
    .ticks(most - 1)
}
