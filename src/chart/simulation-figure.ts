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

function timePanels({ timeline, blocks }: DrawnRun): Panel[] {
  const { binSeconds, span, queue, running, decoding, utilisation } = timeline
  const x = timeAxis('time since the first arrival', span)
  const edges = Float64Array.from({ length: queue.length + 1 }, (_, bin) => Math.min(bin * binSeconds, span) * x.scale)
  const line = (name: string, y: Float64Array): Panel['lines'][number] => ({ name, shape: 'steps', x: edges, y })
  const percent = (values: Float64Array, whole: number): Float64Array => values.map((value) => (100 * value) / whole)
  return [
    { title: 'Requests waiting', x, y: valueAxis('requests', most(queue)), lines: [line('waiting', queue)] },
    {
      title: 'Requests running',
      x,
      y: valueAxis('requests', most(running)),
      lines: [line('running', running), line('decoding', decoding)],
    },
    {
      title: `KV cache in use, % of ${blocks.toLocaleString('en-US')} blocks`,
      x,
      y: valueAxis('%', 100, { most: 100 }),
      lines: [line('blocks', percent(timeline.blocks, blocks))],
    },
    {
      title: 'Time in steps, %',
      x,
      y: valueAxis('%', 100, { most: 100 }),
      lines: [line('utilisation', percent(utilisation, 1))],
    },
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
