import { type Band, type SearchResult, isKnown } from '../../../src/index.ts'
import type { PointDetail } from '../../engine/method/search.ts'
import { colourClass } from './colour.ts'
import { hovered } from './hover.ts'
import { placeOf } from './line.tsx'
import type { MeasuredRun } from './measured.ts'
import type { Measure, Plot } from './plot.ts'
import type { Region } from './schema.ts'
import { text } from './text.ts'

/** Whether a run is like what is predicted: without drafts, as far as anybody says. */
export function isPlain({ drafts }: MeasuredRun): boolean {
  return drafts.endsWith('off')
}

/** Measured runs: diamonds, and rings where drafts are or may be on. */
export function MeasuredMarks({
  runs,
  plot,
  by,
  chips,
}: {
  runs: readonly MeasuredRun[]
  plot: Plot
  by: Measure
  chips: readonly string[]
}) {
  return (
    <g class="measured" aria-hidden="true">
      {runs.map((run, i) => {
        const worth = by === 'cost' ? run.cost : run.perChip
        if (worth === undefined) return null
        const [x, y] = [plot.x(run.speed), plot.y(worth)]
        return (
          <path
            // Runs have no names of their own, and never change places.
            key={i}
            class={`${colourClass(chips.indexOf(run.chip))} ${isPlain(run) ? 'plain' : 'ring'}`}
            d={`M${x} ${y - 4.5}L${x + 4.5} ${y}L${x} ${y + 4.5}L${x - 4.5} ${y}Z`}
            onPointerEnter={() => {
              hovered.value = { kind: 'run', run }
            }}
          />
        )
      })}
    </g>
  )
}

/** Pinned points with their bands, numbered as in the table. */
export function PinMarks({ pins, plot, by }: { pins: readonly PointDetail[]; plot: Plot; by: Measure }) {
  return (
    <g class="pin-marks" aria-hidden="true">
      {pins.map((pin, i) => (
        <PinMark key={pin.id} pin={pin} number={i + 1} plot={plot} by={by} />
      ))}
    </g>
  )
}

function PinMark({ pin, number, plot, by }: { pin: PointDetail; number: number; plot: Plot; by: Measure }) {
  const { throughput, cost } = pin.prediction
  const { perUser, outputPerChip } = throughput
  const worth = by === 'chip' ? outputPerChip : costBand(cost.perMtokOutput, outputPerChip)
  if (worth === undefined) return null
  const [x, y] = [plot.x(perUser.value), plot.y(worth.value)]
  const within = (value: number, from: number, to: number): number => Math.min(to, Math.max(from, value))
  const across = (value: number): number => within(plot.x(value), plot.left, plot.right)
  const along = (value: number): number => within(plot.y(value), plot.top, plot.bottom)
  return (
    <g class={colourClass(pin.deployment.chip)}>
      <line class="band" x1={across(perUser.lo)} x2={across(perUser.hi)} y1={y} y2={y} />
      <line class="band" x1={x} x2={x} y1={along(worth.lo)} y2={along(worth.hi)} />
      <circle class="pin" cx={x} cy={y} r="9" />
      <text x={x} y={y + 4} text-anchor="middle">
        {number}
      </text>
    </g>
  )
}

// Cost is price over throughput: the band of the one is that of the other, turned round.
function costBand(
  cost: PointDetail['prediction']['cost']['perMtokOutput'],
  rate: Band,
): Pick<Band, 'value' | 'lo' | 'hi'> | undefined {
  if (!isKnown(cost)) return undefined
  const at = (perChip: number): number => (cost.value * rate.value) / perChip
  return { value: cost.value, lo: at(rate.hi), hi: at(rate.lo) }
}

/** What the goal leaves out, and the best of what it leaves. */
export function GoalMarks({ result, plot, by }: { result: SearchResult; plot: Plot; by: Measure }) {
  const t = text.value.chart
  const { userSpeed } = result.goal
  const edge = userSpeed === undefined ? undefined : Math.min(plot.right, Math.max(plot.left, plot.x(userSpeed)))
  const place = result.best === undefined ? undefined : placeOf(result.best, plot, by)
  return (
    <g class="goal" aria-hidden="true">
      {edge !== undefined && (
        <>
          <rect class="left-out" x={plot.left} y={plot.top} width={edge - plot.left} height={plot.bottom - plot.top} />
          {edge - plot.left > 60 && (
            <text x={edge - 6} y={plot.bottom - 8} text-anchor="end">
              {t.tooSlow}
            </text>
          )}
        </>
      )}
      {place !== undefined && (
        <>
          <circle class="best" cx={place[0]} cy={place[1]} r="10" />
          <text
            class="best-name"
            x={place[0] + (place[0] > plot.right - 60 ? -14 : 14)}
            y={place[1] - 8}
            text-anchor={place[0] > plot.right - 60 ? 'end' : 'start'}
          >
            {t.best}
          </text>
        </>
      )}
    </g>
  )
}

export function RegionMark({ region, plot }: { region: Region; plot: Plot }) {
  const clamp = (value: number, from: number, to: number): number =>
    Math.min(to, Math.max(from, Number.isFinite(value) ? value : from))
  const [x0, x1] = region.speed.map((speed) => clamp(plot.x(speed), plot.left, plot.right)) as [number, number]
  const [y0, y1] = region.worth.map((worth) =>
    clamp(worth > 0 ? plot.y(worth) : plot.bottom, plot.top, plot.bottom),
  ) as [number, number]
  return (
    <rect class="region" aria-hidden="true" x={x0} y={y1} width={Math.max(1, x1 - x0)} height={Math.max(1, y0 - y1)} />
  )
}
