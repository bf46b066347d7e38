import { useComputed } from '@preact/signals'
import { scaleLog } from 'd3-scale'
import { type OperatorRow, formatSi } from '../../../src/index.ts'
import type { DeploymentAnswer } from '../../engine/method/deployment.ts'
import { Chart } from '../../part/chart.tsx'
import type { Cell } from '../../part/table.tsx'
import { lit } from './lit.ts'
import { text } from './text.ts'

type Rated = OperatorRow & Required<Pick<OperatorRow, 'intensity' | 'attainable' | 'achieved'>>

const HEIGHT = 400
const EDGE = { left: 62, right: 14, top: 22, bottom: 44 }

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
  if (rated.length === 0) return <p class="empty">{t.noPoint}</p>
  const { x, y } = scales(rated, roofs, width)
  const bottom = HEIGHT - EDGE.bottom
  const labelled = new Set(rated.toSorted((a, b) => b.seconds - a.seconds).slice(0, 3).map(({ name }) => name))
  return (
    <svg viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={t.roofline}>
      {decades(x).map((decade) => (
        <g key={`x${decade}`} class="axis">
          <line class="grid" x1={x(decade)} x2={x(decade)} y1={EDGE.top} y2={bottom} />
          <text class="tick" x={x(decade)} y={bottom + 16} text-anchor="middle">
            {decade < 1 ? decade : decade.toLocaleString('en-US')}
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
      {rated.map((row) => (
        <Point key={row.name} row={row} x={x} y={y} share={row.seconds / stepSeconds} isLabelled={labelled.has(row.name)} />
      ))}
    </svg>
  )
}

type Scale = ReturnType<typeof scaleLog<number, number>>

interface Scales {
  readonly x: Scale
  readonly y: Scale
}

// Whole decades: the picture stands still while a slider moves the circles.
function scales(rated: readonly Rated[], roofs: DeploymentAnswer['step']['roofs'], width: number): Scales {
  const peak = Math.max(...roofs.peaks.map(({ flops }) => flops))
  const intensities = [...rated.map(({ intensity }) => intensity), (2 * peak) / roofs.bandwidth]
  const rates = [...rated.map(({ achieved }) => achieved), peak * 1.5]
  const decadesOf = (values: readonly number[]): [number, number] => [
    10 ** Math.floor(Math.log10(Math.min(...values) / 1.2)),
    10 ** Math.ceil(Math.log10(Math.max(...values))),
  ]
  return {
    x: scaleLog()
      .domain(decadesOf(intensities))
      .range([EDGE.left, width - EDGE.right]),
    y: scaleLog()
      .domain(decadesOf(rates))
      .range([HEIGHT - EDGE.bottom, EDGE.top]),
  }
}

function decades(scale: Scale): number[] {
  const [from = 1, to = 1] = scale.domain()
  const first = Math.round(Math.log10(from))
  return Array.from({ length: Math.round(Math.log10(to)) - first + 1 }, (_, i) => Number(`1e${first + i}`))
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

interface PointProps extends Scales {
  readonly row: Rated
  readonly share: number
  readonly isLabelled: boolean
}

function Point({ row, x, y, share, isLabelled }: PointProps) {
  const { name, bound, intensity, achieved, attainable } = row
  const isLit = useComputed(() => lit.value === name).value
  const cx = x(intensity)
  const cy = y(achieved)
  const radius = 3.5 + 22 * Math.sqrt(share)
  return (
    <g
      class={isLit ? 'point lit' : 'point'}
      data-operator={name}
      data-bound={bound}
      onPointerEnter={() => (lit.value = name)}
      onPointerLeave={() => (lit.value = undefined)}
    >
      <line class="reach" x1={cx} x2={cx} y1={cy} y2={y(attainable)} />
      <circle class="dot" cx={cx} cy={cy} r={radius} />
      {(isLabelled || isLit) && (
        <text class="point-name" x={cx + radius + 4} y={cy + 4}>
          {name}
        </text>
      )}
    </g>
  )
}
