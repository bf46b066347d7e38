import { scaleLog } from 'd3-scale'
import { useMemo } from 'preact/hooks'
import { type OperatorRow, formatSi } from '../../../src/index.ts'
import type { DeploymentAnswer } from '../../engine/method/deployment.ts'
import { Chart } from '../../part/chart.tsx'
import { showEvidence } from '../../part/evidence.tsx'
import type { Cell } from '../../part/table.tsx'
import { operatorEvidence } from './evidence.ts'
import { text } from './text.ts'

type Rated = OperatorRow & Required<Pick<OperatorRow, 'intensity' | 'attainable' | 'achieved'>>

const HEIGHT = 400
const EDGE = { left: 62, right: 20, top: 22, bottom: 44 }
/** Operators that are named in the picture; the others are when the pointer finds them. */
const LABELLED = 3
/** Radius of a circle: that of nothing, and what a whole step adds. */
const [SMALLEST, LARGEST] = [3.5, 22]

/** FLOP/s over FLOP per byte: what each operator reaches, and what the chip could. */
export function Roofline({ answer }: { answer: DeploymentAnswer }) {
  const t = text.value.step
  const { operators } = answer.step
  const plain = operators.filter(({ achieved, bound }) => achieved === undefined && bound !== 'host')
  const names = plain.map(({ name }) => name).join(', ')
  return (
    <Chart
      title={t.roofline}
      description={`${t.rooflineText}${names === '' ? '' : ` ${t.noArithmetic(names)}`}`}
      table={() => ({ caption: t.roofline, head: headOf(), rows: operators.map((row) => rowOf(row, answer)) })}
    >
      {(width) => <Picture answer={answer} width={width} />}
    </Chart>
  )
}

function headOf(): string[] {
  const { operator, count, time, share, bound, flops, bytes, intensity, attainable, achieved } = text.value.step.head
  return [operator, count, time, share, bound, flops, bytes, intensity, attainable, achieved]
}

function rowOf(row: OperatorRow, { step }: DeploymentAnswer): Cell[] {
  const { name, count, seconds, bound, flops, bytes, intensity, attainable, achieved } = row
  const precise = (value: number | undefined): Cell => ({ value, ...(value === undefined ? {} : shown(value)) })
  return [
    { value: name },
    { value: count },
    precise(seconds),
    precise(seconds / step.stepSeconds),
    { value: text.value.step.bound[bound] ?? bound },
    precise(flops),
    precise(bytes),
    precise(intensity),
    precise(attainable),
    precise(achieved),
  ]
}

function shown(value: number): { readonly shown: string } {
  return { shown: value === 0 ? '0' : value.toPrecision(4) }
}

function Picture({ answer, width }: { answer: DeploymentAnswer; width: number }) {
  const t = text.value.step
  const { operators, roofs, stepSeconds } = answer.step
  const rated = operators.filter((row): row is Rated => row.achieved !== undefined && row.achieved > 0)
  const { x, y } = scales(rated, roofs, width)
  // Axes and roofs stand still while a slider moves the circles.
  const still = JSON.stringify([x.domain(), y.domain(), width, roofs])
  const frame = useMemo(() => <Frame answer={answer} x={x} y={y} width={width} />, [still, t])
  if (rated.length === 0) return <p class="empty">{t.noPoint}</p>
  const labelled = new Set(
    rated
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, LABELLED)
      .map(({ name }) => name),
  )
  return (
    <svg viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={t.roofline} onClick={(event) => open(event, answer)}>
      {frame}
      {rated.map((row) => pointOf(row, { x, y }, row.seconds / stepSeconds, labelled.has(row.name)))}
    </svg>
  )
}

// With the mouse; the waterfall has the same for the keyboard.
function open({ target }: Event, answer: DeploymentAnswer): void {
  const name = target instanceof Element ? target.closest('[data-operator]')?.getAttribute('data-operator') : undefined
  const row = answer.step.operators.find((each) => each.name === name)
  if (row !== undefined) showEvidence(operatorEvidence(answer, row))
}

function Frame({ answer, x, y, width }: Scales & { answer: DeploymentAnswer; width: number }) {
  const t = text.value.step
  const bottom = HEIGHT - EDGE.bottom
  return (
    <g>
      {decades(x).map((decade) => (
        <g key={`x${decade}`} class="axis">
          <line class="grid" x1={x(decade)} x2={x(decade)} y1={EDGE.top} y2={bottom} />
          <text class="tick" x={x(decade)} y={bottom + 16} text-anchor="middle">
            {formatSi(decade, '').trim()}
          </text>
        </g>
      ))}
      {decades(y).map((decade) => (
        <g key={`y${decade}`} class="axis">
          <line class="grid" x1={EDGE.left} x2={width - EDGE.right} y1={y(decade)} y2={y(decade)} />
          <text class="tick" x={EDGE.left - 8} y={y(decade) + 4} text-anchor="end">
            {formatSi(decade, '')}
          </text>
        </g>
      ))}
      <text class="axis-name" x={width - EDGE.right} y={HEIGHT - 6} text-anchor="end">
        {t.intensity}
      </text>
      <text class="axis-name" x={EDGE.left} y={12}>
        {t.rate}
      </text>
      <Roofs answer={answer} x={x} y={y} />
    </g>
  )
}

type Scale = ReturnType<typeof scaleLog<number, number>>

interface Scales {
  readonly x: Scale
  readonly y: Scale
}

// Ends at 1, 2 or 5: the picture stands still while a slider moves the circles a little.
function scales(rated: readonly Rated[], roofs: DeploymentAnswer['step']['roofs'], width: number): Scales {
  const peak = Math.max(...roofs.peaks.map(({ flops }) => flops))
  // The knee is in the picture, with some of the slope before it: SRAM has its knee where no operator is.
  const knee = peak / roofs.bandwidth
  const intensities = [...rated.map(({ intensity }) => intensity), knee / 3, 2 * knee]
  const rates = [...rated.map(({ achieved }) => achieved), peak * 1.3]
  const ends = (values: readonly number[]): [number, number] => [
    roundEnd(Math.min(...values) / 1.3, 'down'),
    roundEnd(Math.max(...values) * 1.3, 'up'),
  ]
  return {
    x: scaleLog()
      .domain(ends(intensities))
      .range([EDGE.left, width - EDGE.right]),
    y: scaleLog()
      .domain(ends(rates))
      .range([HEIGHT - EDGE.bottom, EDGE.top]),
  }
}

function roundEnd(value: number, way: 'down' | 'up'): number {
  const decade = 10 ** Math.floor(Math.log10(value))
  const steps = [1, 2, 5, 10].map((step) => step * decade)
  const end = way === 'down' ? steps.findLast((step) => step <= value) : steps.find((step) => step >= value)
  return end ?? value
}

function decades(scale: Scale): number[] {
  const [from = 1, to = 1] = scale.domain()
  const first = Math.ceil(Math.log10(from) - 1e-9)
  const last = Math.floor(Math.log10(to) + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(`1e${first + i}`))
}

function Roofs({ answer, x, y }: Scales & { answer: DeploymentAnswer }) {
  const t = text.value.step
  const { bandwidth, peaks } = answer.step.roofs
  const [left = 1, right = 1] = x.domain()
  const [floor = 1] = y.domain()
  const highest = Math.max(...peaks.map(({ flops }) => flops))
  const from = Math.max(left, floor / bandwidth)
  const ridge = highest / bandwidth
  const middle = Math.sqrt(from * ridge)
  const slope = (Math.atan2(y(from * bandwidth) - y(highest), x(ridge) - x(from)) * 180) / Math.PI
  return (
    <g class="roofs">
      <line class="roof" x1={x(from)} y1={y(from * bandwidth)} x2={x(ridge)} y2={y(highest)} />
      <text
        class="roof-name"
        transform={`translate(${x(middle)} ${y(middle * bandwidth) - 7}) rotate(${-slope})`}
        text-anchor="middle"
      >
        {t.slope(formatSi(bandwidth, 'B/s'))}
      </text>
      {peaks.map(({ format, flops }) => (
        <g key={format}>
          <line class="roof" x1={x(flops / bandwidth)} y1={y(flops)} x2={x(right)} y2={y(flops)} />
          <text class="roof-name" x={x(right)} y={y(flops) - 6} text-anchor="end">
            {t.roof(format.toUpperCase(), formatSi(flops, 'FLOP/s'))}
          </text>
        </g>
      ))}
    </g>
  )
}

// No component of its own: a dozen of them are drawn in every frame of a moving slider.
function pointOf(row: Rated, { x, y }: Scales, share: number, isLabelled: boolean) {
  const { name, bound, intensity, achieved, attainable } = row
  const cx = x(intensity)
  const cy = y(achieved)
  const radius = SMALLEST + LARGEST * Math.sqrt(share)
  const isLeft = cx > (x.range()[1] ?? 0) - 130
  return (
    <g key={name} class="point" data-operator={name} data-bound={bound} data-labelled={isLabelled}>
      <line class="reach" x1={cx} x2={cx} y1={cy} y2={y(attainable)} />
      <circle class="dot" cx={cx} cy={cy} r={radius} />
      <text
        class="point-name"
        x={isLeft ? cx - radius - 4 : cx + radius + 4}
        y={cy + 4}
        text-anchor={isLeft ? 'end' : 'start'}
      >
        {name}
      </text>
    </g>
  )
}
