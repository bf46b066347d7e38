import { line } from 'd3-shape'
import { type ScaleLogarithmic, scaleLinear, scaleLog } from 'd3-scale'
import { type LatencyName, formatCount, formatPercent, formatSeconds } from '../../../src/index.ts'
import type { PercentileCurve } from '../../engine/method/simulate.ts'
import { Chart } from '../../part/chart.tsx'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import type { Cell, TableData } from '../../part/table.tsx'
import type { Served } from './answer.ts'
import { level } from './course.ts'
import { text } from './text.ts'

const NAMES = ['ttft', 'tpot', 'e2e'] as const
const HEIGHT = 210
const TICKS = [0, 0.5, 0.9, 0.99, 0.999, 0.9999]

interface PercentilesProps {
  readonly answer: Served
  readonly command: () => string
}

type Bounds = Readonly<Partial<Record<LatencyName, number>>>

/** TTFT, TPOT and whole requests by percentile. */
export function Percentiles({ answer, command }: PercentilesProps) {
  const t = text.value.latency
  const bounds: Bounds = level.value
  return (
    <Chart level={2} title={t.title} description={t.description} table={() => latencyTable(answer, command)}>
      {(width) => <Picture answer={answer} bounds={bounds} width={Math.max(200, width)} />}
    </Chart>
  )
}

function Picture({ answer, bounds, width }: { answer: Served; bounds: Bounds; width: number }) {
  const columns = width < 640 ? 1 : 3
  const each = width / columns
  const height = HEIGHT * (NAMES.length / columns)
  return (
    <svg class="percentiles" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={spokenOf(answer)}>
      {NAMES.map((name, i) => (
        <g key={name} transform={columns === 1 ? `translate(0 ${i * HEIGHT})` : `translate(${i * each} 0)`}>
          <Curve name={name} curve={answer.curves[name]} bound={bounds[name]} width={each} />
        </g>
      ))}
    </svg>
  )
}

interface CurveProps {
  readonly name: LatencyName
  readonly curve: PercentileCurve
  readonly bound: number | undefined
  readonly width: number
}

// On this axis 90, 99 and 99.9 % are equally far apart.
const placeOf = (share: number): number => -Math.log10(1 - share)

function Curve({ name, curve, bound, width }: CurveProps) {
  const t = text.value.latency
  const [left, right, top, bottom] = [58, width - 14, 30, HEIGHT - 42]
  const last = curve.share.at(-1)
  if (last === undefined) {
    return (
      <text class="tick" x={left} y={top}>
        {t[name]}: {t.none}
      </text>
    )
  }
  const x = scaleLinear()
    .domain([0, Math.max(1, placeOf(last))])
    .range([left, right])
  const y = scaleOf(curve, bound).range([bottom, top])
  const path = line<number>()
    .x((i) => x(placeOf(curve.share[i]!)))
    .y((i) => y(Math.max(curve.seconds[i]!, y.domain()[0]!)))
  return (
    <>
      <text class="name" x={left} y={14}>
        {t[name]}
      </text>
      {ticksOf(y).map((tick) => (
        <g key={tick}>
          <line class="grid" x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
          <text class="tick" x={left - 6} y={y(tick) + 4} text-anchor="end">
            {formatSeconds(tick)}
          </text>
        </g>
      ))}
      {TICKS.filter((share) => placeOf(share) <= x.domain()[1]! + 1e-9).map((share) => (
        <g key={share}>
          <line class="grid" x1={x(placeOf(share))} x2={x(placeOf(share))} y1={top} y2={bottom} />
          <text class="tick" x={x(placeOf(share))} y={bottom + 16} text-anchor="middle">
            {Number((share * 100).toPrecision(4))}
          </text>
        </g>
      ))}
      <text class="tick" x={right} y={bottom + 33} text-anchor="end">
        {t.axis}
      </text>
      {bound !== undefined && <line class="bound" x1={left} x2={right} y1={y(bound)} y2={y(bound)} />}
      <path class={`curve ${name}`} d={path(curve.share.map((_, i) => i)) ?? ''} />
    </>
  )
}

function scaleOf({ seconds }: PercentileCurve, bound: number | undefined): ScaleLogarithmic<number, number> {
  const all = [...seconds, ...(bound === undefined ? [] : [bound])].filter((value) => value > 0)
  if (all.length === 0) return scaleLog().domain([0.1, 1])
  const [least, most] = [Math.min(...all), Math.max(...all)]
  // A curve that is nearly level would fill the picture with noise.
  const wide = Math.max(1, 3 / (most / least))
  return scaleLog().domain([least / 1.2 / Math.sqrt(wide), most * 1.2 * Math.sqrt(wide)])
}

function ticksOf(y: ScaleLogarithmic<number, number>): number[] {
  const [from = 1, to = 10] = y.domain()
  const wide = Math.log10(to / from)
  const steps = wide > 2 ? [1] : wide > 0.9 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 6, 8]
  const first = Math.floor(Math.log10(from))
  const decades = Array.from({ length: Math.ceil(Math.log10(to)) - first + 1 }, (_, i) => first + i)
  return decades
    .flatMap((power) => steps.map((step) => Number(`${step}e${power}`)))
    .filter((at) => at >= from && at <= to)
}

const ROWS = ['ttft', 'tpot', 'tokenGap', 'e2e', 'queue'] as const
const QUANTILES = ['mean', 'p50', 'p90', 'p95', 'p99'] as const

/** Mean and percentiles of every latency, each number with its evidence. */
export function latencyTable({ document }: Served, command: () => string): TableData {
  const t = text.value
  return {
    caption: t.latency.caption,
    head: ['', t.latency.mean, 'p50', 'p90', 'p95', 'p99'],
    rows: ROWS.map((name): Cell[] => {
      const of = document[name]
      if ('unknown' in of) return [{ value: t.latency[name] }, ...QUANTILES.map(() => ({ value: undefined }))]
      return [
        { value: t.latency[name] },
        ...QUANTILES.map((quantile) => ({
          value: of[quantile],
          shown: (
            <Num
              evidence={(): Evidence => ({
                title: `${t.latency[name]}: ${quantile === 'mean' ? t.latency.mean : quantile}`,
                value: formatSeconds(of[quantile]),
                formula: t.evidence[name],
                values: t.evidence.mean(formatCount(of.count), formatSeconds(of.mean)),
                notes: [t.evidence.quantiles, t.evidence.simulated],
                command: command(),
              })}
            >
              {formatSeconds(of[quantile])}
            </Num>
          ),
        })),
      ]
    }),
  }
}

function spokenOf({ document }: Served): string {
  const t = text.value.latency
  return NAMES.map((name) => {
    const of = document[name]
    return 'unknown' in of
      ? `${t[name]}: ${t.none}`
      : `${t[name]}: ${formatPercent(0.5)} ${formatSeconds(of.p50)}, ${formatPercent(0.99)} ${formatSeconds(of.p99)}`
  }).join('. ')
}
