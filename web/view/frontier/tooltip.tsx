import { formatCount, formatRate, formatSeconds } from '../../../src/index.ts'
import { rangeText } from '../../part/band.ts'
import { chipName } from '../../state/own.ts'
import type { FrontierAnswer } from './answer.ts'
import { type Hovered, hovered } from './hover.ts'
import { deploymentLabel, usersLabel, worthLabel } from './line.tsx'
import { type Measure, type Plot, worthColumn, worthOf } from './plot.ts'
import { text } from './text.ts'

interface TooltipProps {
  readonly answer: FrontierAnswer
  readonly plot: Plot
  readonly by: Measure
}

/** What stands at the pointer, beside it. Screen readers hear the same as the name of the point. */
export function Tooltip({ answer, plot, by }: TooltipProps) {
  const at = hovered.value
  if (at === undefined) return null
  const facts = factsOf(at, answer, by)
  if (facts?.worth === undefined) return null
  return (
    <div class="tooltip" aria-hidden="true" style={styleAt(plot, plot.x(facts.speed), plot.y(facts.worth))}>
      <strong>{facts.title}</strong>
      {facts.lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>
  )
}

// Beside the point, on the side where there is room; below a narrow picture, which it would cover.
function styleAt(plot: Plot, x: number, y: number): Record<string, string> {
  if (plot.width < 560) return { left: '0', right: '0', top: `${plot.bottom + 6}px` }
  const isLeft = x > plot.width / 2
  const isAbove = y > plot.height / 2
  return {
    [isLeft ? 'right' : 'left']: `${isLeft ? plot.width - x + 12 : x + 12}px`,
    [isAbove ? 'bottom' : 'top']: `${isAbove ? plot.height - y + 8 : y + 8}px`,
  }
}

interface Facts {
  readonly title: string
  readonly speed: number
  readonly worth: number | undefined
  readonly lines: readonly string[]
}

function factsOf(at: Hovered, answer: FrontierAnswer, by: Measure): Facts | undefined {
  const t = text.value
  if (at.kind === 'point') {
    const { load } = at.point
    const { perUser } = load.throughput
    const worth = worthOf(at.point, by)
    return {
      title: deploymentLabel(at.point),
      speed: perUser.value,
      worth,
      lines: [
        usersLabel(load.concurrency),
        `${t.perSecond(formatRate(perUser.value))} (${rangeText(perUser, formatRate)})`,
        worthLabel(worth, by),
        `${t.column.ttft}: ${formatSeconds(load.ttft.value)}`,
      ],
    }
  }
  if (at.kind === 'run') {
    const { run } = at
    const worth = by === 'cost' ? run.cost : run.perChip
    return {
      title: `${t.chart.measuredPoint}: ${formatCount(run.chips)} × ${chipName(run.chip)} · ${run.precision} · ${run.engine}`,
      speed: run.speed,
      worth,
      lines: [usersLabel(run.clients), t.perSecond(formatRate(run.speed)), worthLabel(worth, by)],
    }
  }
  const { chip, row } = at
  const cloud = answer.machines[chip]?.cloud
  const outline = answer.outline.chips[chip]
  if (cloud === undefined || outline === undefined || row >= cloud.place.length) return undefined
  const worth = worthColumn(cloud, by)[row]!
  const loads = answer.outline.concurrencies
  return {
    title: chipName(outline.id),
    speed: cloud.speed[row]!,
    worth,
    lines: [
      usersLabel(loads[cloud.place[row]! % loads.length]!),
      t.perSecond(formatRate(cloud.speed[row]!)),
      worthLabel(worth, by),
    ],
  }
}
