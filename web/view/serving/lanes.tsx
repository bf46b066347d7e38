import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { scaleLinear } from 'd3-scale'
import { formatCount, formatSeconds } from '../../../src/index.ts'
import type { Lanes } from '../../engine/lanes.ts'
import { Chart } from '../../part/chart.tsx'
import type { TableData } from '../../part/table.tsx'
import { now } from './clock.ts'
import { type LanePaint, paintLanes } from './lane-paint.ts'
import { text } from './text.ts'
import { timeText, timeTicks } from './time-tick.ts'

const TOP = 4
const LANE = 7
const LEFT = 44

interface LanesChartProps {
  readonly lanes: Lanes
  readonly painted: string
  /** Told of the columns of pixels that there are. */
  readonly onPixels: (pixels: number) => void
}

/** Requests of a stretch of time, each on a line of its own. */
export function LanesChart({ lanes, painted, onPixels }: LanesChartProps) {
  const t = text.value.lanes
  const every = lanes.every === 1 ? '' : ` ${t.every(formatCount(lanes.every))}`
  return (
    <Chart
      level={2}
      title={t.title}
      description={t.description(timeText(roundTo(lanes.from)), timeText(roundTo(lanes.to))) + every}
      table={() => tableOf(lanes)}
    >
      {(width) => <Picture lanes={lanes} painted={painted} width={Math.max(200, width)} onPixels={onPixels} />}
    </Chart>
  )
}

// Seconds are as fine as a heading needs, but for stretches of a few.
function roundTo(seconds: number): number {
  return seconds > 60 ? Math.round(seconds) : seconds
}

interface PictureProps extends LanesChartProps {
  readonly width: number
}

function Picture({ lanes, painted, width, onPixels }: PictureProps) {
  const height = TOP + lanes.rows * LANE
  const x = scaleLinear()
    .domain([lanes.from, lanes.to])
    .range([LEFT, width - 10])
  useEffect(() => onPixels(width), [width])
  return (
    <div class="lanes-plot">
      <LaneCanvas lanes={lanes} painted={painted} width={width} height={height} />
      <svg
        viewBox={`0 0 ${width} ${height + 24}`}
        role="img"
        aria-label={text.value.lanes.label(formatCount(lanes.request.length))}
      >
        {timeTicks(lanes.from, lanes.to, width < 560 ? 4 : 7).map((tick) => (
          <g key={tick}>
            <line class="grid" x1={x(tick)} x2={x(tick)} y1={TOP} y2={height} />
            <text class="tick" x={x(tick)} y={height + 16} text-anchor="middle">
              {tick === 0 ? '0' : timeText(tick)}
            </text>
          </g>
        ))}
        <Playhead lanes={lanes} width={width} height={height} />
      </svg>
    </div>
  )
}

function Playhead({ lanes, width, height }: { lanes: Lanes; width: number; height: number }) {
  const at = now.value
  if (at < lanes.from || at > lanes.to) return null
  const x = placeOf(at, lanes, width)
  return (
    <g class="playhead">
      <line x1={x} x2={x} y1={0} y2={height} />
    </g>
  )
}

function placeOf(at: number, { from, to }: Lanes, width: number): number {
  return LEFT + ((at - from) / (to - from)) * (width - 10 - LEFT)
}

interface LaneCanvasProps {
  readonly lanes: Lanes
  readonly painted: string
  readonly width: number
  readonly height: number
}

// Requests are painted twice, faint and full; what moves is only how far each of the two is shown.
function LaneCanvas({ lanes, painted, width, height }: LaneCanvasProps) {
  const element = useRef<HTMLCanvasElement>(null)
  const both = useRef<LanePaint | undefined>(undefined)
  useLayoutEffect(() => {
    const canvas = element.current
    if (canvas === null) return
    const x = (seconds: number): number => placeOf(seconds, lanes, width)
    both.current = paintLanes(canvas, lanes, {
      width,
      height,
      x,
      y: (lane) => TOP + lane * LANE,
      lane: LANE,
      left: LEFT,
    })
    both.current.show(placeOf(now.peek(), lanes, width))
  }, [lanes, painted, width, height])
  useEffect(() => now.subscribe((at) => both.current?.show(placeOf(at, lanes, width))), [lanes, width])
  return <canvas ref={element} aria-hidden="true" style={{ width: `${width}px`, height: `${height}px` }} />
}

function tableOf(lanes: Lanes): TableData {
  const t = text.value.lanes
  const span = (from: number, to: number): { value: number; shown: string } => ({
    value: to - from,
    shown: formatSeconds(to - from),
  })
  return {
    caption: t.caption,
    head: [t.request, t.arrival, t.queue, t.prefill, t.decode, t.ttft, t.all],
    rows: Array.from(lanes.request, (request, i) => {
      const [arrival, scheduled, first, end] = [
        lanes.arrival[i]!,
        lanes.scheduled[i]!,
        lanes.firstToken[i]!,
        lanes.end[i]!,
      ]
      return [
        { value: request },
        { value: arrival, shown: arrival.toFixed(2) },
        span(arrival, scheduled),
        span(scheduled, first),
        span(first, end),
        span(arrival, first),
        span(arrival, end),
      ]
    }),
  }
}
