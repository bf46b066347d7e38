import { type Cause, formatPercent, formatSeconds } from '../../../src/index.ts'
import type { DeploymentAnswer } from '../../engine/method/deployment.ts'
import { Chart } from '../../part/chart.tsx'
import { text } from './text.ts'

const ROW = 24

/** The time of a step by what it waits for, beside what physics alone would take. */
export function Causes({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.step
  const { waterfall, stepSeconds, light } = answer.step
  const rows: readonly Row[] = [
    ...waterfall.map(({ name, cause, seconds }) => ({ name: t.stretch[name] ?? name, cause, seconds })),
    { name: t.light, cause: 'light', seconds: light.seconds },
  ]
  return (
    <Chart
      title={t.causes}
      description={t.causesText}
      table={() => ({
        caption: t.causes,
        head: [t.cause, t.head.time, t.head.share],
        rows: rows.map(({ name, seconds }) => [
          { value: name },
          { value: seconds, shown: seconds.toPrecision(4) },
          { value: seconds / stepSeconds, shown: formatPercent(seconds / stepSeconds) },
        ]),
      })}
    >
      {(width) => <Picture rows={rows} whole={stepSeconds} width={width} title={t.causes} />}
    </Chart>
  )
}

interface Row {
  readonly name: string
  readonly cause: Cause | 'light'
  readonly seconds: number
}

interface PictureProps {
  readonly rows: readonly Row[]
  readonly whole: number
  readonly width: number
  readonly title: string
}

function Picture({ rows, whole, width, title }: PictureProps) {
  const isNarrow = width < 440
  const left = isNarrow ? 132 : 170
  const right = isNarrow ? 62 : 112
  const scale = (width - left - right) / whole
  const spoken = rows.map(({ name, seconds }) => `${name}: ${formatPercent(seconds / whole)}`).join(', ')
  let before = 0
  return (
    <svg viewBox={`0 0 ${width} ${rows.length * ROW + 6}`} role="img" aria-label={`${title}. ${spoken}`}>
      {rows.map(({ name, cause, seconds }, i) => {
        const start = cause === 'light' ? 0 : before
        if (cause !== 'light') before += seconds
        const y = i * ROW + (cause === 'light' ? 6 : 0)
        const time = formatSeconds(seconds)
        return (
          <g key={name} class="cause" data-cause={cause}>
            {cause === 'light' && <line class="rule" x1="0" x2={width} y1={y - 1} y2={y - 1} />}
            <text class="bar-name" x="0" y={y + 16}>
              {name}
            </text>
            <rect
              class="bar"
              x={left + Math.min(start, start + seconds) * scale}
              y={y + 5}
              width={Math.max(1, Math.abs(seconds) * scale)}
              height={ROW - 10}
            />
            <text class="bar-time" x={width} y={y + 16} text-anchor="end">
              {isNarrow ? time : `${time} · ${formatPercent(seconds / whole)}`}
            </text>
          </g>
        )
      })}
    </svg>
  )
}
