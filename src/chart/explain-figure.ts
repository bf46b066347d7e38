import type { Cause, Explained, OperatorRow } from '../explain/index.ts'
import { formatCount, formatPercent, formatSeconds, formatSi } from '../units/index.ts'
import { type Axis, latencyAxis, logAxis } from './axis.ts'
import type { BarPanel, Figure, Line, Panel, Segment } from './figure.ts'

const ROOFLINE_HEIGHT = 260
const ROW_HEIGHT = 22

/** The roofline with the operators of a decode step as points, and the step as a waterfall. */
export function explainFigure(explained: Explained): Figure {
  const { prediction, light, stepSeconds } = explained
  const waterfall = waterfallPanel(explained)
  const roofline = rooflinePanel(explained)
  const { workload } = prediction
  return {
    title: `Why ${prediction.model.name} is as fast as it is on ${formatCount(prediction.chips)} × ${prediction.chip.name}`,
    subtitle: `${formatCount(workload.isl)}/${formatCount(workload.osl)} tokens, ${formatCount(workload.concurrency)} clients: ${formatSeconds(stepSeconds)} a step, of which bytes and FLOPs at published peaks need ${formatPercent(light.share)}`,
    rows: [
      ...(roofline === undefined ? [] : [{ height: ROOFLINE_HEIGHT, panels: [roofline] }]),
      { height: ROW_HEIGHT * waterfall.bars.length, panels: [waterfall] },
    ],
  }
}

type Rated = OperatorRow & Required<Pick<OperatorRow, 'intensity' | 'attainable' | 'achieved'>>

function rooflinePanel({ operators, roofs }: Explained): Panel | undefined {
  const rated = operators.filter((row): row is Rated => row.achieved !== undefined)
  if (rated.length === 0) return undefined
  const ridges = roofs.peaks.map(({ flops }) => flops / roofs.bandwidth)
  const intensities = [...rated.map(({ intensity }) => intensity), ...ridges]
  const x = logAxis('FLOP per byte', Math.min(...intensities) / 2, Math.max(...intensities) * 4)
  const peaks = roofs.peaks.map(({ flops }) => flops)
  const y = logAxis('', Math.min(...rated.map(({ achieved }) => achieved)) / 2, Math.max(...peaks) * 1.6)
  const roof = (flops: number): Pick<Line, 'x' | 'y'> => {
    const corner = flops / roofs.bandwidth
    const most = 10 ** x.max
    const least = Math.max(10 ** x.min, 10 ** y.min / roofs.bandwidth)
    const at = [least, corner, most]
    return { x: at.map(Math.log10), y: at.map((one) => Math.log10(Math.min(flops, one * roofs.bandwidth))) }
  }
  return {
    title: 'Roofline: FLOP/s of one chip',
    x,
    y: siTicks(y),
    lines: [
      {
        name: 'as predicted',
        shape: 'dots',
        x: rated.map(({ intensity }) => Math.log10(intensity)),
        y: rated.map(({ achieved }) => Math.log10(achieved)),
        labels: rated.map(({ name }) => name),
      },
      ...roofs.peaks.map(({ format, flops }): Line => ({ name: `roof in ${format}`, shape: 'line', ...roof(flops) })),
    ],
  }
}

function siTicks(axis: Axis): Axis {
  return { ...axis, ticks: axis.ticks.map(({ at }) => ({ at, label: formatSi(10 ** at, '') })) }
}

const COLOURS: Readonly<Record<Cause, Segment['colour']>> = {
  weights: 0,
  kv: 1,
  activations: 1,
  compute: 2,
  links: 6,
  latency: 4,
  host: 3,
  queue: 3,
  drafts: 3,
}

function waterfallPanel({ waterfall, stepSeconds, light }: Explained): BarPanel {
  const { scale, ...x } = latencyAxis(stepSeconds)
  let before = 0
  const bars = waterfall.map(({ name, cause, seconds }) => {
    const from = before * scale
    before += seconds
    const segments = [{ from, to: before * scale, colour: COLOURS[cause] }]
    return { label: name, note: `${formatSeconds(seconds)}, ${formatPercent(seconds / stepSeconds)}`, segments }
  })
  const physics: BarPanel['bars'][number] = {
    label: 'speed of light',
    note: `${formatSeconds(light.seconds)}, ${formatPercent(light.share)}`,
    segments: [{ from: 0, to: light.seconds * scale, colour: 7 }],
  }
  return { title: 'One decode step', x, bars: [...bars, physics], legend: [] }
}
