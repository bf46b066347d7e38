import { type Lever, formatPercent, formatRate } from '../../../src/index.ts'
import { Chart } from '../../part/chart.tsx'
import { isLeverOld, levers } from './asked.ts'
import { text } from './text.ts'

const ROW = 24
const MOST = 8

/** Which input changed by a factor of two would change the time per token most. */
export function Levers() {
  const t = text.value.lever
  const found = levers.value
  if (found === undefined) return <p class="loading">{t.loading}</p>
  const list = found.list
  if (list.length === 0) return <p class="loading">{t.none}</p>
  return (
    <div class="levers" data-old={isLeverOld.value}>
      <Chart
        title={t.title}
        description={t.text}
        table={() => ({
          caption: t.title,
          head: [t.change, t.tpot, t.perUser, t.gain],
          rows: list.map((lever) => [
            { value: leverName(lever) },
            { value: lever.tpot, shown: lever.tpot.toPrecision(4) },
            { value: lever.perUser, shown: formatRate(lever.perUser) },
            { value: -lever.gain, shown: signed(-lever.gain) },
          ]),
        })}
      >
        {(width) => <Picture list={list.slice(0, MOST)} width={width} />}
      </Chart>
    </div>
  )
}

function leverName({ change }: Lever): string {
  return text.value.lever.name[change] ?? change
}

function signed(share: number): string {
  return `${share > 0 ? '+' : '−'}${formatPercent(Math.abs(share))}`
}

function Picture({ list, width }: { list: readonly Lever[]; width: number }) {
  const t = text.value.lever
  const left = Math.min(210, width * 0.5)
  const right = 66
  const least = Math.min(0, ...list.map(({ gain }) => gain))
  const most = Math.max(0.01, ...list.map(({ gain }) => gain))
  const scale = (width - left - right) / (most - least)
  const zero = left - least * scale
  const spoken = list.map((lever) => `${leverName(lever)}: ${signed(-lever.gain)}`).join(', ')
  return (
    <svg viewBox={`0 0 ${width} ${list.length * ROW + 4}`} role="img" aria-label={`${t.title}. ${spoken}`}>
      {list.map((lever, i) => {
        const y = i * ROW
        return (
          <g key={lever.change} class="lever" data-way={lever.gain > 0 ? 'better' : 'worse'}>
            <text class="bar-name" x="0" y={y + 16}>
              {leverName(lever)}
            </text>
            <rect
              class="bar"
              x={zero + Math.min(0, lever.gain) * scale}
              y={y + 5}
              width={Math.max(1, Math.abs(lever.gain) * scale)}
              height={ROW - 10}
            />
            <text class="bar-time" x={width} y={y + 16} text-anchor="end">
              {signed(-lever.gain)}
            </text>
          </g>
        )
      })}
      <line class="zero" x1={zero} x2={zero} y1="0" y2={list.length * ROW} />
    </svg>
  )
}
