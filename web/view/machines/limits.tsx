import { type HeldFit, formatRate } from '../../../src/index.ts'
import type { FitsAnswer } from '../../engine/method/machines.ts'
import { Chart } from '../../part/chart.tsx'
import { fitted } from '../../part/fitted.ts'
import { KEY_ROW, Keys, keyRows } from './legend.tsx'
import { text } from './text.ts'

const BOUNDS = ['memory', 'compute', 'network', 'latency', 'host', 'queue'] as const
const ROW = 19

/** Seconds of a decode step by what they are bound by. */
export function boundSeconds({ prediction }: HeldFit): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>()
  for (const part of prediction.decodeStep.parts) {
    seconds.set(part.bound, (seconds.get(part.bound) ?? 0) + part.seconds)
  }
  return seconds
}

interface Props {
  readonly answer: FitsAnswer
  readonly machine: string
  readonly onChoose: (id: string) => void
}

/** Where the time of a decode step goes on every machine that holds the model. */
export function LimitsChart({ answer, machine, onChoose }: Props) {
  const t = text.value.limits
  const rows = answer.fits.rows.filter((row) => row.status === 'fits').toSorted((a, b) => b.perUser - a.perUser)
  const used = BOUNDS.filter((bound) => rows.some((row) => (boundSeconds(row).get(bound) ?? 0) > 0))
  return (
    <Chart
      title={t.title}
      description={t.description}
      table={{
        caption: t.caption,
        head: [text.value.table.machine, t.step, ...used.map((bound) => `${text.value.bound[bound] ?? bound}, %`)],
        rows: rows.map((row) => {
          const seconds = boundSeconds(row)
          const all = row.prediction.decodeStep.seconds
          return [
            { value: row.chip.name },
            { value: all * 1e3, shown: (all * 1e3).toPrecision(3) },
            ...used.map((bound) => {
              const share = (100 * (seconds.get(bound) ?? 0)) / all
              return { value: share, shown: share.toFixed(1) }
            }),
          ]
        }),
      }}
    >
      {(width) => <Picture rows={rows} used={used} width={width} machine={machine} onChoose={onChoose} />}
    </Chart>
  )
}

interface PictureProps extends Omit<Props, 'answer'> {
  readonly rows: readonly HeldFit[]
  readonly used: readonly string[]
  readonly width: number
}

function Picture({ rows, used, width, machine, onChoose }: PictureProps) {
  const t = text.value
  const isNarrow = width < 520
  const left = isNarrow ? 118 : 226
  const right = 62
  const bar = width - left - right
  const keys = used.map((bound) => ({ name: bound, label: t.bound[bound] ?? bound }))
  const keysFrom = isNarrow ? 0 : left
  const top = 13 + keyRows(keys, width - keysFrom) * KEY_ROW
  const spoken = rows
    .slice(0, 8)
    .map((row) => `${row.chip.name}: ${t.bound[row.bound] ?? row.bound}`)
    .join('; ')
  return (
    <svg
      viewBox={`0 0 ${width} ${top + rows.length * ROW + 6}`}
      role="img"
      aria-label={`${t.limits.caption}. ${spoken}`}
    >
      <g transform={`translate(${keysFrom} 12)`}>
        <Keys items={keys} width={width - keysFrom} />
      </g>
      {rows.map((row, i) => (
        <g
          key={row.chip.id}
          class={`step ${row.chip.id === machine ? 'chosen' : ''}`}
          transform={`translate(0 ${top + i * ROW})`}
          onClick={() => onChoose(row.chip.id)}
        >
          <title>{t.limits.choose(row.chip.name)}</title>
          <rect class="hit" width={width} height={ROW} />
          <text class="label" x={left - 8} y="13" text-anchor="end">
            {fitted(row.chip.name, left - 12)}
          </text>
          <Stack row={row} used={used} x={left} width={bar} />
          <text class="rate" x={width} y="13" text-anchor="end">
            {t.limits.perUser(formatRate(row.perUser))}
          </text>
        </g>
      ))}
    </svg>
  )
}

function Stack({ row, used, x, width }: { row: HeldFit; used: readonly string[]; x: number; width: number }) {
  const seconds = boundSeconds(row)
  const all = row.prediction.decodeStep.seconds
  let at = x
  return (
    <>
      {used.map((bound) => {
        const wide = (width * (seconds.get(bound) ?? 0)) / all
        const from = at
        at += wide
        return <rect key={bound} class={bound} x={from} y="3" width={wide} height={ROW - 6} />
      })}
    </>
  )
}
