import { scaleLinear } from 'd3-scale'
import type { ComponentChildren } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { formatCount, formatPercent, formatSeconds } from '../../../src/index.ts'
import type { DeploymentAnswer } from '../../engine/method/deployment.ts'
import { Chart } from '../../part/chart.tsx'
import { type Evidence, showEvidence } from '../../part/evidence.tsx'
import { BETWEEN_STAGES, type Bar, barsOf } from './bars.ts'
import { operatorEvidence, restEvidence } from './evidence.ts'
import { text } from './text.ts'

const ROW = 20

/** One decode step, operator by operator. */
export function Waterfall({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.step
  const bars = barsOf(answer)
  const whole = answer.step.stepSeconds
  return (
    <Chart
      title={t.waterfall}
      description={t.waterfallText}
      table={() => ({
        caption: t.waterfall,
        head: [t.head.operator, t.head.count, t.head.time, t.head.share, t.head.bound],
        rows: bars.map((bar) => [
          { value: nameOf(bar) },
          { value: bar.count },
          { value: bar.seconds, shown: bar.seconds.toPrecision(4) },
          { value: bar.seconds / whole, shown: formatPercent(bar.seconds / whole) },
          { value: t.bound[bar.bound] ?? bar.bound },
        ]),
      })}
    >
      {(width) => <Picture bars={bars} answer={answer} width={width} />}
    </Chart>
  )
}

function nameOf({ name }: Bar): string {
  const t = text.value.step
  if (name === '') return t.rest
  if (name === BETWEEN_STAGES) return t.between
  return name
    .split(' + ')
    .map((each) => t.stretch[each] ?? each)
    .join(' + ')
}

interface PictureProps {
  readonly bars: readonly Bar[]
  readonly answer: DeploymentAnswer
  readonly width: number
}

function Picture({ bars, answer, width }: PictureProps) {
  const t = text.value.step
  // One stop of the tab key; arrows go on from there.
  const [stop, setStop] = useState(0)
  const whole = answer.step.stepSeconds
  const isNarrow = width < 440
  const left = isNarrow ? 118 : 150
  const right = isNarrow ? 62 : 122
  const starts = startsOf(bars)
  const x = scaleLinear()
    .domain([Math.min(0, ...starts), Math.max(whole, ...starts)])
    .range([left, width - right])
  const open = (place: number): void => {
    const bar = bars[place]
    if (bar !== undefined) showEvidence(evidenceOf(bar, answer))
  }
  const press = (event: KeyboardEvent): void => {
    const place = placeOf(event)
    if (place === undefined) return
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      open(place)
      return
    }
    const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: bars.length - 1 }[event.key]
    if (next === undefined || next < 0 || next >= bars.length) return
    event.preventDefault()
    setStop(next)
    const rows = (event.currentTarget as Element).querySelectorAll<SVGElement>('[role="button"]')
    rows[next]?.focus()
  }
  const active = Math.min(stop, bars.length - 1)
  const names = bars.map((bar) => labelOf(bar, isNarrow))
  // What a moving slider leaves as it is: the same elements, which need no comparing.
  const still = useMemo(() => names.map((name, place) => stillPart(name, place, width)), [names.join('|'), width])
  return (
    <svg
      viewBox={`0 0 ${width} ${bars.length * ROW + 4}`}
      role="group"
      aria-label={t.list}
      onClick={(event) => open(placeOf(event) ?? -1)}
      onKeyDown={press}
    >
      {bars.map((bar, place) =>
        rowOf(bar, {
          place,
          from: x(starts[place] ?? 0),
          to: x((starts[place] ?? 0) + bar.seconds),
          share: bar.seconds / whole,
          width,
          isNarrow,
          isStop: place === active,
          still: still[place],
        }),
      )}
    </svg>
  )
}

// The place of the row that an event is about.
function placeOf({ target }: Event): number | undefined {
  const row = target instanceof Element ? target.closest('[data-place]') : null
  return row === null ? undefined : Number(row.getAttribute('data-place'))
}

function startsOf(bars: readonly Bar[]): number[] {
  let before = 0
  return bars.map(({ seconds }) => {
    const start = before
    before += seconds
    return start
  })
}

function evidenceOf(bar: Bar, answer: DeploymentAnswer): Evidence {
  const row = bar.place === undefined ? undefined : answer.step.operators[bar.place]
  return row === undefined ? restEvidence(answer, nameOf(bar), bar.seconds) : operatorEvidence(answer, row)
}

interface Layout {
  readonly place: number
  readonly from: number
  readonly to: number
  readonly share: number
  readonly width: number
  readonly isNarrow: boolean
  readonly isStop: boolean
  readonly still: ComponentChildren
}

function labelOf(bar: Bar, isNarrow: boolean): string {
  const name = nameOf(bar)
  return bar.count > 1 && !isNarrow ? `${name} × ${formatCount(bar.count)}` : name
}

function stillPart(label: string, place: number, width: number): ComponentChildren {
  return (
    <>
      <rect class="hit" x="0" y={place * ROW} width={width} height={ROW} rx="3" />
      <text class="bar-name" x="4" y={place * ROW + 14}>
        {label}
      </text>{' '}
    </>
  )
}

// No component of its own: all rows are drawn in every frame of a moving slider.
function rowOf(bar: Bar, { place, from, to, share, width, isNarrow, isStop, still }: Layout) {
  const { bound, seconds } = bar
  const y = place * ROW
  const time = formatSeconds(seconds)
  return (
    <g
      key={bar.name}
      class="bar-row"
      role="button"
      tabindex={isStop ? 0 : -1}
      data-place={place}
      data-operator={bar.name}
      data-bound={bound}
    >
      {still}
      <rect class="bar" x={Math.min(from, to)} y={y + 4} width={Math.max(1, Math.abs(to - from))} height={ROW - 8} />
      <text class="bar-time" x={width - 4} y={y + 14} text-anchor="end">
        {isNarrow ? time : `${time} · ${formatPercent(share)}`}
      </text>
    </g>
  )
}
