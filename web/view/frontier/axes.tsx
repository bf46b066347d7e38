import { formatCount } from '../../../src/index.ts'
import { type Measure, type Plot, ticksOf } from './plot.ts'
import { text } from './text.ts'

/** Grid, numbers and names of both axes, and the way to what is better. */
export function Axes({ plot, by }: { plot: Plot; by: Measure }) {
  const t = text.value.chart
  const { x, y, left, right, top, bottom, kind } = plot
  const plain = (value: number): string => (value >= 1 ? formatCount(value) : String(value))
  return (
    <g class="axes" aria-hidden="true">
      {ticksOf(x, kind, (right - left) / 60).map((tick) => (
        <g key={tick}>
          <line class="grid" x1={x(tick)} x2={x(tick)} y1={top} y2={bottom} />
          <text class="tick" x={x(tick)} y={bottom + 16} text-anchor="middle">
            {plain(tick)}
          </text>
        </g>
      ))}
      {ticksOf(y, kind, (bottom - top) / 34).map((tick) => (
        <g key={tick}>
          <line class="grid" x1={left} x2={right} y1={y(tick)} y2={y(tick)} />
          <text class="tick" x={left - 6} y={y(tick) + 4} text-anchor="end">
            {by === 'cost' ? `$${plain(tick)}` : plain(tick)}
          </text>
        </g>
      ))}
      <text class="axis-name" x={right} y={bottom + 34} text-anchor="end">
        {t.speedAxis}
      </text>
      <text class="axis-name" x={4} y={top - 14}>
        {by === 'cost' ? t.costAxis : t.chipAxis}
      </text>
      <text class="better" x={right - 6} y={by === 'cost' ? bottom - 10 : top + 16} text-anchor="end">
        {t.better} {by === 'cost' ? '↘' : '↗'}
      </text>
    </g>
  )
}
