import { type ScaleLinear, scaleLinear } from 'd3-scale'
import { formatCount, formatPercent, formatRate, formatSeconds } from '../../../src/index.ts'
import { Chart } from '../../part/chart.tsx'
import type { TableData } from '../../part/table.tsx'
import type { Served } from './answer.ts'
import { now, pause } from './clock.ts'
import { text } from './text.ts'
import { timeText, timeTicks } from './time-tick.ts'

type Scale = ScaleLinear<number, number>

const TOP = 24
const STACK = 150
const GAP = 34
const CACHE = 56

interface OverviewProps {
  readonly answer: Served
  /** The stretch of time that is shown request by request. */
  readonly stretch: { readonly from: number; readonly to: number }
  readonly onSettle: () => void
}

/** Who waits, is read and gets tokens over the whole run, and how full the cache is. */
export function Overview(props: OverviewProps) {
  const t = text.value.over
  const { timeline } = props.answer
  return (
    <Chart
      level={2}
      title={t.title}
      description={t.description(formatSeconds(timeline.binSeconds))}
      table={() => tableOf(props.answer)}
    >
      {(width) => <Picture {...props} width={width} />}
    </Chart>
  )
}

function Picture({ answer, stretch, onSettle, width }: OverviewProps & { width: number }) {
  const t = text.value.over
  const { timeline, blocks } = answer
  const [left, right] = [44, Math.max(200, width) - 10]
  const x = scaleLinear()
    .domain([0, Math.max(timeline.span, 1e-9)])
    .range([left, right])
  const layers = layersOf(answer)
  const most = Math.max(1, ...layers.waiting)
  const y = scaleLinear()
    .domain([0, most])
    .nice(4)
    .range([TOP + STACK, TOP])
  const cacheTop = TOP + STACK + GAP
  const cache = scaleLinear()
    .domain([0, 1])
    .range([cacheTop + CACHE, cacheTop])
  const height = cacheTop + CACHE + 40
  const edge = (bin: number): number => x(Math.min(bin * timeline.binSeconds, timeline.span))
  const zero = timeline.queue.map(() => 0)
  const share = timeline.blocks.map((used) => used / blocks)
  return (
    <svg class="overview" viewBox={`0 0 ${Math.max(200, width)} ${height}`} role="img" aria-label={spokenOf(answer)}>
      <Times x={x} y={height - 22} bottom={cacheTop + CACHE} />
      {y.ticks(4).map((tick) => (
        <g key={tick}>
          <line class="grid" x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
          <text class="tick" x={left - 6} y={y(tick) + 4} text-anchor="end">
            {formatCount(tick)}
          </text>
        </g>
      ))}
      <path class="decoding" d={stepArea(zero, layers.decoding, edge, y)} />
      <path class="prefill" d={stepArea(layers.decoding, layers.running, edge, y)} />
      <path class="waiting" d={stepArea(layers.running, layers.waiting, edge, y)} />
      <Legend from={left} />
      <text class="name" x={left} y={cacheTop - 8}>
        {t.cache}
      </text>
      <rect class="whole" x={left} y={cacheTop} width={right - left} height={CACHE} />
      <path class="cache" d={stepArea(zero, share, edge, cache)} />
      {[0, 1].map((tick) => (
        <text key={tick} class="tick" x={left - 6} y={cache(tick) + 4} text-anchor="end">
          {formatPercent(tick)}
        </text>
      ))}
      <rect
        class="stretch"
        x={x(stretch.from)}
        width={Math.max(1, x(Math.min(stretch.to, timeline.span)) - x(stretch.from))}
        y={TOP}
        height={cacheTop + CACHE - TOP}
      />
      <Playhead x={x} from={TOP - 4} to={cacheTop + CACHE} />
      <Ground x={x} left={left} right={right} bottom={cacheTop + CACHE} onSettle={onSettle} />
    </svg>
  )
}

interface Layers {
  readonly decoding: Float64Array
  readonly running: Float64Array
  readonly waiting: Float64Array
}

function layersOf({ timeline }: Served): Layers {
  const { decoding, running, queue } = timeline
  return { decoding, running, waiting: running.map((value, bin) => value + queue[bin]!) }
}

/** Bins as an area of steps between two columns. */
function stepArea(lower: Float64Array, upper: Float64Array, edge: (bin: number) => number, y: Scale): string {
  const there = Array.from(upper, (value, bin) => `${edge(bin)} ${y(value)}L${edge(bin + 1)} ${y(value)}`)
  const back = Array.from(lower, (value, bin) => `${edge(bin + 1)} ${y(value)}L${edge(bin)} ${y(value)}`).toReversed()
  return there.length === 0 ? '' : `M${there.join('L')}L${back.join('L')}Z`
}

function Times({ x, y, bottom }: { x: Scale; y: number; bottom: number }) {
  return (
    <g aria-hidden="true">
      {timeTicks(0, x.domain()[1] ?? 1, 7).map((tick) => (
        <g key={tick}>
          <line class="grid" x1={x(tick)} x2={x(tick)} y1={TOP} y2={bottom} />
          <text class="tick" x={x(tick)} y={y} text-anchor="middle">
            {tick === 0 ? '0' : timeText(tick)}
          </text>
        </g>
      ))}
      <text class="tick" x={x.range()[1]} y={y + 16} text-anchor="end">
        {text.value.over.axis}
      </text>
    </g>
  )
}

function Legend({ from }: { from: number }) {
  const t = text.value.over
  let x = from
  const places = (['decoding', 'prefill', 'waiting'] as const).map((name) => {
    const at = x
    x += 30 + widthOf(t[name])
    return { name, at }
  })
  return (
    <g class="legend" aria-hidden="true">
      {places.map(({ name, at }) => (
        <g key={name}>
          <rect class={name} x={at} y={3} width="10" height="10" />
          <text x={at + 14} y={12}>
            {t[name]}
          </text>
        </g>
      ))}
    </g>
  )
}

// About, in pixels: what is not Latin is twice as wide.
function widthOf(words: string): number {
  return [...words].reduce((sum, letter) => sum + (letter.codePointAt(0)! > 0x2e80 ? 12.5 : 6.4), 0)
}

/** Where time stands; the only part that moves. */
function Playhead({ x, from, to }: { x: Scale; from: number; to: number }) {
  const at = x(now.value)
  return (
    <g class="playhead" aria-hidden="true">
      <line x1={at} x2={at} y1={from} y2={to} />
      <circle cx={at} cy={from} r="4" />
    </g>
  )
}

interface GroundProps {
  readonly x: Scale
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly onSettle: () => void
}

// Takes the pointer; the keyboard has the handle below the picture.
function Ground({ x, left, right, bottom, onSettle }: GroundProps) {
  const scrub = (event: PointerEvent): void => {
    const box = (event.currentTarget as Element).closest('svg')!.getBoundingClientRect()
    const [from = 0, to = 0] = x.domain()
    now.value = Math.min(to, Math.max(from, x.invert(event.clientX - box.left)))
  }
  return (
    <rect
      class="ground"
      x={left}
      y={TOP}
      width={right - left}
      height={bottom - TOP}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        pause()
        scrub(event)
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && scrub(event)}
      onPointerUp={onSettle}
    />
  )
}

function spokenOf({ document, timeline }: Served): string {
  const t = text.value
  const most = (values: Float64Array): string =>
    formatRate(values.reduce((largest, value) => Math.max(largest, value), 0))
  return `${t.over.caption}, ${formatSeconds(timeline.span)}. ${t.over.waiting} ≤ ${most(timeline.queue)}, ${t.over.decoding} ≤ ${most(timeline.decoding)}. ${t.figures.requestRate}: ${formatRate(document.requestRate)}`
}

function tableOf({ timeline, blocks, came, ended }: Served): TableData {
  const t = text.value.over
  const { binSeconds, span } = timeline
  const cell = (value: number, print: (value: number) => string): { value: number; shown: string } => ({
    value,
    shown: print(value),
  })
  return {
    caption: t.caption,
    head: [t.time, t.waiting, t.prefill, t.decoding, t.cache, t.busy, text.value.play.ended, text.value.lanes.arrival],
    rows: Array.from(timeline.queue, (waiting, bin) => [
      cell(Math.min(bin * binSeconds, span), formatRate),
      cell(waiting, formatRate),
      cell(timeline.running[bin]! - timeline.decoding[bin]!, formatRate),
      cell(timeline.decoding[bin]!, formatRate),
      cell(timeline.blocks[bin]! / blocks, formatPercent),
      cell(timeline.utilisation[bin]!, formatPercent),
      cell(ended[bin]!, formatCount),
      cell(came[bin]!, formatCount),
    ]),
  }
}
