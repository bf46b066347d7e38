import { scaleLinear, scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import type { Ends } from './field.ts'
import { labelWidth } from '../../part/fitted.ts'
import { logTicks, tickText } from './tick.ts'
import { shortNumber } from './tornado.tsx'

export interface Line {
  /** Class that colours it. */
  readonly name: string
  readonly label: string
  /** Undefined where there is no value. */
  readonly points: readonly { readonly x: number; readonly y: number | undefined }[]
}

interface LinesProps {
  readonly lines: readonly Line[]
  readonly width: number
  readonly xs: Ends
  readonly isLog: boolean
  readonly xLabel: string
  readonly print: (value: number) => string
  /** Places at which the better one changes. */
  readonly marks: readonly { readonly x: number; readonly label: string }[]
  readonly spoken: string
}

const HEIGHT = 300

/** Lines over one parameter, values on a logarithmic axis, each named where it ends. */
export function Lines({ lines, width, xs, isLog, xLabel, print, marks, spoken }: LinesProps) {
  const left = 58
  const right = width < 520 ? 12 : 90
  const x = (isLog ? scaleLog() : scaleLinear()).domain([xs.from, xs.to]).range([left, width - right])
  const values = lines.flatMap(({ points }) => points.flatMap(({ y }) => (y === undefined || y <= 0 ? [] : [y])))
  const y = scaleLog()
    .domain([Math.min(...values) / 1.2, Math.max(...values) * 1.2])
    .range([HEIGHT, 22])
  const ticks = isLog ? logTicks(xs, width < 520 ? 5 : 9) : x.ticks(width < 520 ? 4 : 8)
  const ends = spread(
    lines
      .map(({ points }) => points.findLast((point) => point.y !== undefined)?.y)
      .map((at) => (at === undefined ? HEIGHT : y(at))),
  )
  return (
    <svg viewBox={`0 0 ${width} ${HEIGHT + 42}`} role="img" aria-label={spoken}>
      {logTicks({ from: y.domain()[0]!, to: y.domain()[1]! }, 7).map((tick) => (
        <g key={tick}>
          <line class="grid" x1={left} x2={width - right} y1={y(tick)} y2={y(tick)} />
          <text class="tick" x={left - 6} y={y(tick) + 4} text-anchor="end">
            {tickText(print)(tick)}
          </text>
        </g>
      ))}
      {ticks.map((tick) => (
        <text key={tick} class="tick" x={x(tick)} y={HEIGHT + 17} text-anchor="middle">
          {shortNumber(tick)}
        </text>
      ))}
      <text class="tick" x={width - right} y={HEIGHT + 36} text-anchor="end">
        {xLabel}
      </text>
      <Marks marks={marks} x={x} width={width} />
      {lines.map(({ name, label, points }, i) => (
        <g key={name} class={`series ${name}`}>
          <path
            class="line"
            d={
              line<(typeof points)[number]>(
                (point) => x(point.x),
                (point) => y(point.y ?? 1),
              ).defined((point) => point.y !== undefined && point.y > 0)(points) ?? ''
            }
          />
          <text
            class="series-label"
            x={width < 520 ? width - right - 4 : width - right + 6}
            y={(ends[i] ?? HEIGHT) + (width < 520 ? -6 : 4)}
            text-anchor={width < 520 ? 'end' : 'start'}
          >
            {label}
          </text>
        </g>
      ))}
    </svg>
  )
}

interface MarksProps {
  readonly marks: LinesProps['marks']
  readonly x: (value: number) => number
  readonly width: number
}

function Marks({ marks, x, width }: MarksProps) {
  const places = marks.map(({ x: at, label }) => ({ at: x(at), half: labelWidth(label) / 2 + 3 }))
  // Two that would touch turn away from each other.
  const anchor = (value: number): 'start' | 'middle' | 'end' => {
    const own = places.find(({ at }) => at === x(value))!
    const near = places.find(({ at, half }) => at !== own.at && Math.abs(at - own.at) < half + own.half)
    if (near !== undefined) return near.at > own.at ? 'end' : 'start'
    return own.at > width - 120 ? 'end' : 'middle'
  }
  return (
    <>
      {marks.map(({ x: at, label }) => (
        <g key={at}>
          <line class="mark-line" x1={x(at)} x2={x(at)} y1="18" y2={HEIGHT} />
          <text class="mark-label" x={x(at)} y="12" text-anchor={anchor(at)}>
            {label}
          </text>
        </g>
      ))}
    </>
  )
}

/** Labels that would touch are moved apart. */
function spread(places: readonly number[]): number[] {
  const order = places.map((at, i) => ({ at, i })).toSorted((a, b) => a.at - b.at)
  const moved = [...places]
  let last = Number.NEGATIVE_INFINITY
  for (const { at, i } of order) {
    last = Math.max(at, last + 15)
    moved[i] = last
  }
  return moved
}
