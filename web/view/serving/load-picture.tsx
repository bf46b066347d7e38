import { line } from 'd3-shape'
import { scaleLinear, scaleLog } from 'd3-scale'
import { formatCount, formatPercent, formatRate } from '../../../src/index.ts'
import type { Highest } from '../../engine/method/simulate.ts'
import { text } from './text.ts'

const HEIGHT = 230
/** Loads that are so many times lower are not shown. */
const SHOWN = 8

interface LoadPictureProps {
  readonly found: Highest
  /** The load of the run on the page. */
  readonly here: number | undefined
  readonly width: number
}

/** The share of requests that keeps the level, by load. */
export function LoadPicture({ found, here, width }: LoadPictureProps) {
  const t = text.value.level
  const { points, attain, kind } = found
  const [left, right, top, bottom] = [48, width - 16, 14, HEIGHT - 42]
  const loads = [...points.map(({ load }) => load), ...(here === undefined ? [] : [here])]
  const [from, to] = [Math.min(...loads), Math.max(...loads)]
  // What lies far below the edge is all alike.
  const x = scaleLog()
    .domain([Math.max(from, to / SHOWN) / 1.05, to * 1.05])
    .range([left, right])
    .clamp(true)
  const near = points.filter(({ load }) => load >= x.domain()[0]!)
  const y = scaleLinear().domain([0, 1]).range([bottom, top])
  const path = line<(typeof points)[number]>()
    .x(({ load }) => x(load))
    .y(({ attainment }) => y(attainment))
  const print = kind === 'rate' ? formatRate : formatCount
  return (
    <svg class="loads" viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={spokenOf(found)}>
      {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
        <g key={tick}>
          <line class="grid" x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
          <text class="tick" x={left - 6} y={y(tick) + 4} text-anchor="end">
            {formatPercent(tick)}
          </text>
        </g>
      ))}
      {x
        .ticks(4)
        .filter((tick) => /^[125]/.test(String(Number(tick.toPrecision(1)) / 10 ** Math.floor(Math.log10(tick)))))
        .map((tick) => (
          <text key={tick} class="tick" x={x(tick)} y={bottom + 16} text-anchor="middle">
            {print(tick)}
          </text>
        ))}
      <text class="tick" x={right} y={bottom + 34} text-anchor="end">
        {kind === 'rate' ? t.rateAxis : t.clientsAxis}
      </text>
      <line class="bound" x1={left} x2={right} y1={y(attain)} y2={y(attain)} />
      {here !== undefined && (
        <g class="here">
          <line x1={x(here)} x2={x(here)} y1={top} y2={bottom} />
          <text
            x={x(here) + (x(here) > width / 2 ? -6 : 6)}
            y={bottom - 8}
            text-anchor={x(here) > width / 2 ? 'end' : 'start'}
          >
            {t.here}
          </text>
        </g>
      )}
      <path class="curve" d={path([...points]) ?? ''} />
      {near.map(({ load, attainment, isMet }) => (
        <circle key={load} class={isMet ? 'met' : 'missed'} cx={x(load)} cy={y(attainment)} r="3.6" />
      ))}
    </svg>
  )
}

function spokenOf({ points, kind }: Highest): string {
  const t = text.value.level
  const print = kind === 'rate' ? formatRate : formatCount
  return `${t.chart}. ${points.map(({ load, attainment }) => `${print(load)}: ${formatPercent(attainment)}`).join(', ')}`
}
