import { type LatencyName, type ServiceLevel, type Timeline, quantileOf } from '../serving/index.ts'
import { formatSeconds } from '../units/index.ts'
import { latencyAxis, percentileAt, percentileAxis, timeAxis, valueAxis } from './axis.ts'
import type { Figure, Panel } from './figure.ts'

/** A simulated run, as far as it is drawn. */
export interface DrawnRun {
  readonly title: string
  readonly subtitle: string
  readonly timeline: Timeline
  /** KV blocks of the cache. */
  readonly blocks: number
  /** Ascending seconds. */
  readonly latencies: Readonly<Record<LatencyName, Float64Array>>
  readonly slo?: ServiceLevel
  /** Two pools are drawn apart, over the bins of `timeline`. */
  readonly pools?: readonly { readonly name: string; readonly timeline: Timeline; readonly blocks: number }[]
}

const TIME_HEIGHT = 92
const PERCENTILE_HEIGHT = 170
const CURVE_POINTS = 160

/** The run over time (queue, batch, cache, time in steps), and its latencies by percentile. */
export function simulationFigure(run: DrawnRun): Figure {
  const panels = timePanels(run)
  return {
    title: run.title,
    subtitle: run.subtitle,
    rows: [
      ...panels.map((panel, i) => ({
        height: TIME_HEIGHT,
        panels: [i < panels.length - 1 ? { ...panel, sharesX: true } : panel],
      })),
      {
        height: PERCENTILE_HEIGHT,
        panels: [
          latencyPanel(run, 'ttft', 'TTFT'),
          latencyPanel(run, 'tpot', 'TPOT'),
          latencyPanel(run, 'e2e', 'Whole request'),
        ],
      },
    ],
  }
}

function timePanels({ timeline, blocks, pools }: DrawnRun): Panel[] {
  const { binSeconds, span } = timeline
  const x = timeAxis('time since the first arrival', span)
  const bins = timeline.queue.length + 1
  const edges = Float64Array.from({ length: bins }, (_, bin) => Math.min(bin * binSeconds, span) * x.scale)
  const line = (name: string, y: Float64Array): Panel['lines'][number] => ({ name, shape: 'steps', x: edges, y })
  const parts = pools ?? [{ name: '', timeline, blocks }]
  const lines = (of: (part: (typeof parts)[number]) => Float64Array): Panel['lines'] =>
    parts.map((part) => line(part.name, of(part)))
  const percent = (values: Float64Array, whole: number): Float64Array => values.map((value) => (100 * value) / whole)
  const running =
    pools === undefined
      ? [line('running', timeline.running), line('decoding', timeline.decoding)]
      : lines((part) => part.timeline.running)
  const waiting = lines((part) => part.timeline.queue)
  const shares = valueAxis('%', 100, { most: 100 })
  const counts = (of: Panel['lines']): Panel['y'] =>
    valueAxis('requests', Math.max(...of.map(({ y }) => most(Float64Array.from(y)))))
  const cache = pools === undefined ? `% of ${blocks.toLocaleString('en-US')} blocks` : '% of the blocks of each pool'
  return [
    { title: 'Requests waiting', x, y: counts(waiting), lines: waiting },
    { title: 'Requests running', x, y: counts(running), lines: running },
    {
      title: `KV cache in use, ${cache}`,
      x,
      y: shares,
      lines: lines((part) => percent(part.timeline.blocks, part.blocks)),
    },
    { title: 'Time in steps, %', x, y: shares, lines: lines((part) => percent(part.timeline.utilisation, 1)) },
  ]
}

function most(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0)
}

function latencyPanel({ latencies, slo }: DrawnRun, name: LatencyName, title: string): Panel {
  const values = latencies[name]
  const x = percentileAxis(values.length)
  const places = Array.from({ length: CURVE_POINTS + 1 }, (_, i) => (i * x.max) / CURVE_POINTS)
  const seconds = places.flatMap((place) => {
    const value = quantileOf(values, percentileAt(place))
    return typeof value === 'number' ? [value] : []
  })
  const y = latencyAxis(seconds.at(-1) ?? 1)
  const bound = name === 'e2e' ? undefined : slo?.[name]
  return {
    title: `${title}, ${y.label}`,
    x,
    y,
    lines: [{ name, shape: 'line', x: places.slice(0, seconds.length), y: seconds.map((value) => value * y.scale) }],
    ...(bound === undefined ? {} : { bounds: [{ at: bound * y.scale, label: `bound ${formatSeconds(bound)}` }] }),
  }
}
