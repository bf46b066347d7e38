import { useMemo } from 'preact/hooks'
import { type SearchPoint, formatCount } from '../../../src/index.ts'
import type { Cloud, PointDetail } from '../../engine/method/search.ts'
import { pointId } from '../../engine/search-point.ts'
import { Chart } from '../../part/chart.tsx'
import type { TableData } from '../../part/table.tsx'
import { useField } from '../../state/use-field.ts'
import type { ViewState } from '../../state/view-state.ts'
import { askedId, chipName, modelName } from '../../state/own.ts'
import type { FrontierAnswer } from './answer.ts'
import { Axes } from './axes.tsx'
import { useBrush } from './brush.ts'
import { CloudCanvas } from './cloud.tsx'
import { colourClass } from './colour.ts'
import type { Shown } from './evidence.ts'
import { chosen, hovered } from './hover.ts'
import { FrontierLine, MachineLines } from './line.tsx'
import { GoalMarks, MeasuredMarks, PinMarks, RegionMark, isPlain } from './marks.tsx'
import type { MeasuredRun } from './measured.ts'
import { type Measure, type Plot, type ScaleKind, byOf, extentOf, nearestOf, plotOf, worthColumn } from './plot.ts'
import { bareCells, pointCells, pointHead } from './point-cells.tsx'
import type { schema } from './schema.ts'
import { text } from './text.ts'
import { Tooltip } from './tooltip.tsx'

interface FrontierChartProps {
  readonly answer: FrontierAnswer
  readonly state: ViewState<typeof schema>
  readonly runs: readonly MeasuredRun[]
  /** Points that are known in full. */
  readonly shown: readonly Shown[]
  readonly pins: readonly PointDetail[]
  readonly onPin: (id: string) => void
}

/** Speed against yield or cost: all configurations, the frontiers, measured runs, pins and the goal. */
export function FrontierChart(props: FrontierChartProps) {
  const t = text.value.chart
  const { answer } = props
  const by = byOf(answer)
  return (
    <Chart
      level={2}
      title={t.title}
      description={
        <>
          {t.description(by === 'cost')} <span class="how">{t.how}</span>
        </>
      }
      table={() => tableOf(answer.result?.frontier ?? [], props.shown)}
    >
      {(width) => <Picture {...props} by={by} width={width} />}
    </Chart>
  )
}

interface PictureProps extends FrontierChartProps {
  readonly by: Measure
  readonly width: number
}

function Picture({ answer, state, runs, pins, onPin, by, width }: PictureProps) {
  const [scale, region] = [useField(state, 'scale'), useField(state, 'region')]
  const clouds = answer.machines.map((machine) => machine?.cloud)
  const plot = usePlot(width, clouds, runs, by, scale as ScaleKind)
  const idAt = ({ chip, row }: { chip: number; row: number }): string => dotId(answer, chip, row)
  const brush = useBrush({
    plot,
    onRegion: (next) => state.set({ region: next }),
    onHover: (at) => {
      const dot = nearestOf(plot, clouds, by, at)
      hovered.value = dot === undefined ? undefined : { kind: 'dot', ...dot }
    },
    onClick: (at) => {
      const dot = nearestOf(plot, clouds, by, at)
      if (dot !== undefined) onPin(idAt(dot))
    },
  })
  const shown = brush.drawn ?? region
  const chips = answer.outline.chips.map(({ id }) => id)
  return (
    <>
      <Legend answer={answer} runs={runs} />
      <div class="plot" onPointerLeave={() => (hovered.value = undefined)}>
        <CloudCanvas plot={plot} clouds={clouds} by={by} chosen={chosen.value} />
        <svg viewBox={`0 0 ${plot.width} ${plot.height}`} role="group" aria-label={summaryOf(answer)}>
          <Axes plot={plot} by={by} />
          {answer.result !== undefined && Object.keys(answer.result.goal).length > 0 && (
            <GoalMarks result={answer.result} plot={plot} by={by} />
          )}
          <rect
            class="ground"
            x={plot.left}
            y={plot.top}
            width={plot.right - plot.left}
            height={plot.bottom - plot.top}
            onPointerDown={brush.onPointerDown}
            onPointerMove={brush.onPointerMove}
            onPointerUp={brush.onPointerUp}
            onPointerCancel={brush.onPointerCancel}
          />
          {shown !== undefined && <RegionMark region={shown} plot={plot} />}
          <MachineLines answer={answer} plot={plot} by={by} />
          <MeasuredMarks runs={runs} plot={plot} by={by} chips={chips} />
          {answer.result !== undefined && (
            <FrontierLine
              points={answer.result.frontier}
              plot={plot}
              by={by}
              pins={pins.map(({ id }) => id)}
              onPin={onPin}
            />
          )}
          <PinMarks pins={pins} plot={plot} by={by} />
        </svg>
        <Tooltip answer={answer} plot={plot} by={by} />
      </div>
    </>
  )
}

// What is painted ten thousand times is painted anew only when something it depends on has changed.
function usePlot(
  width: number,
  clouds: readonly (Cloud | undefined)[],
  runs: readonly MeasuredRun[],
  by: Measure,
  kind: ScaleKind,
): Plot {
  return useMemo(() => {
    const there = clouds.filter((cloud) => cloud !== undefined)
    // Measured runs beyond all predictions are in the picture too.
    const measured = runs.flatMap((run) => (by === 'cost' ? run.cost : run.perChip) ?? [])
    const speed = extentOf([...there.map((cloud) => cloud.speed), runs.map((run) => run.speed)])
    const worth = extentOf([...there.map((cloud) => worthColumn(cloud, by)), measured])
    return plotOf(width, speed, worth, kind)
  }, [width, by, kind, runs, ...clouds])
}

function dotId({ machines, outline }: FrontierAnswer, chip: number, row: number): string {
  const { cloud, deployments, first } = machines[chip]!
  const place = cloud.place[row]!
  const loads = outline.concurrencies
  const deployment = deployments[Math.floor(place / loads.length) - first]!
  return pointId(outline.chips[chip]!.id, deployment, loads[place % loads.length]!)
}

/** What each colour stands for; pointing at a machine lets it stand out. */
function Legend({ answer, runs }: Pick<FrontierChartProps, 'answer' | 'runs'>) {
  const t = text.value.chart
  const [plain, ring] = [runs.some(isPlain), !runs.every(isPlain)]
  return (
    <ul class="legend" onPointerLeave={() => (chosen.value = undefined)}>
      {answer.outline.chips.map(({ id }, chip) => (
        <li key={id} class={colourClass(chip)} onPointerEnter={() => (chosen.value = chip)}>
          <span class="swatch" aria-hidden="true" />
          {chipName(id)}
        </li>
      ))}
      {plain && <Diamond kind="plain" name={t.measuredPlain} />}
      {ring && <Diamond kind="ring" name={t.measuredRing} />}
    </ul>
  )
}

function Diamond({ kind, name }: { kind: 'plain' | 'ring'; name: string }) {
  return (
    <li>
      <svg class={`measured ${kind}`} viewBox="-6 -6 12 12" aria-hidden="true">
        <path class={kind} d="M0 -4.5L4.5 0L0 4.5L-4.5 0Z" />
      </svg>
      {name}
    </li>
  )
}

function summaryOf({ result, question }: FrontierAnswer): string {
  const tried = result === undefined ? '…' : formatCount(result.tried)
  return text.value.chart.summary(modelName(askedId(question.model)), tried)
}

// Before the details are there, the table has what the search itself tells.
function tableOf(points: readonly SearchPoint[], shown: readonly Shown[]): TableData {
  const byPlace = new Map(shown.map((each) => [each.point.place, each]))
  return {
    caption: text.value.chart.caption,
    head: pointHead(),
    rows: points.map((point) => {
      const known = byPlace.get(point.place)
      return known === undefined ? bareCells(point) : pointCells(known)
    }),
  }
}
