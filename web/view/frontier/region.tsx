import { formatCount } from '../../../src/index.ts'
import { NumberInput } from '../../part/number-input.tsx'
import { Table } from '../../part/table.tsx'
import type { FrontierAnswer } from './answer.ts'
import type { Shown } from './evidence.ts'
import { type Measure, worthColumn } from './plot.ts'
import { pointCells, pointHead } from './point-cells.tsx'
import type { Region } from './schema.ts'
import { text } from './text.ts'

/** Rows that are listed of a region. */
const MOST_ROWS = 100
const EDGE = { from: 0, to: 1e12 }
/** As far as any picture goes. */
const FARTHEST = 1e12

/** Places of the configurations in a region, the best first, and how many there are. */
export function placesIn(answer: FrontierAnswer, region: Region, by: Measure): { places: number[]; count: number } {
  const found: { place: number; worth: number }[] = []
  for (const machine of answer.machines) {
    if (machine === undefined) continue
    const { cloud } = machine
    const worth = worthColumn(cloud, by)
    for (let row = 0; row < worth.length; row++) {
      const [speed, its] = [cloud.speed[row]!, worth[row]!]
      const isIn =
        speed >= region.speed[0] && speed <= region.speed[1] && its >= region.worth[0] && its <= region.worth[1]
      if (isIn) found.push({ place: cloud.place[row]!, worth: its })
    }
  }
  const way = by === 'cost' ? 1 : -1
  found.sort((a, b) => way * (a.worth - b.worth) || a.place - b.place)
  return { places: found.slice(0, MOST_ROWS).map(({ place }) => place), count: found.length }
}

interface RegionTableProps {
  readonly by: Measure
  readonly region: Region | undefined
  readonly count: number
  readonly rows: readonly Shown[]
  readonly pins: readonly string[]
  readonly onPin: (id: string) => void
  readonly onRegion: (region: Region | undefined) => void
}

/** The configurations of a part of the picture. */
export function RegionTable({ by, region, count, rows, pins, onPin, onRegion }: RegionTableProps) {
  const t = text.value
  return (
    <section class="region" aria-labelledby="region-title">
      <h2 id="region-title">{t.region.title}</h2>
      <p class="about">{t.region.about}</p>
      <Edges by={by} region={region} onRegion={onRegion} />
      {region !== undefined && (
        <>
          <p role="status" data-count={count}>
            {countText(count, rows.length)}
          </p>
          {rows.length > 0 && (
            <Table
              caption={t.region.caption}
              head={[...pointHead(), t.column.pin]}
              rows={rows.map((shown) => {
                const { id } = shown.point
                const isPinned = pins.includes(id)
                return [
                  ...pointCells(shown),
                  {
                    value: id,
                    shown: (
                      <button type="button" class="quiet" aria-pressed={isPinned} onClick={() => onPin(id)}>
                        {isPinned ? t.unpin : t.pin}
                      </button>
                    ),
                  },
                ]
              })}
            />
          )}
        </>
      )}
    </section>
  )
}

function countText(count: number, shown: number): string {
  const t = text.value.region
  if (count === 0) return t.none
  return count > MOST_ROWS ? t.count(formatCount(count), formatCount(shown)) : t.all(formatCount(count))
}

function Edges({ by, region, onRegion }: Pick<RegionTableProps, 'by' | 'region' | 'onRegion'>) {
  const t = text.value
  const whole: Region = { speed: [0, FARTHEST], worth: [0, FARTHEST] }
  const { speed, worth } = region ?? whole
  const unit = by === 'cost' ? '$' : t.inputs.speedUnit
  const shown = (value: number): number | undefined => (value === 0 || value === FARTHEST ? undefined : value)
  const take = (next: Region): void => onRegion(next)
  return (
    <div class="edges">
      <NumberInput
        label={t.region.speedFrom}
        unit={t.inputs.speedUnit}
        limits={EDGE}
        value={shown(speed[0])}
        placeholder="0"
        onChange={(value) => take({ speed: [value ?? 0, speed[1]], worth })}
      />
      <NumberInput
        label={t.region.speedTo}
        unit={t.inputs.speedUnit}
        limits={EDGE}
        value={shown(speed[1])}
        placeholder="∞"
        onChange={(value) => take({ speed: [speed[0], value ?? FARTHEST], worth })}
      />
      <NumberInput
        label={by === 'cost' ? t.region.costFrom : t.region.chipFrom}
        unit={unit}
        limits={EDGE}
        value={shown(worth[0])}
        placeholder="0"
        onChange={(value) => take({ speed, worth: [value ?? 0, worth[1]] })}
      />
      <NumberInput
        label={t.region.worthTo}
        unit={unit}
        limits={EDGE}
        value={shown(worth[1])}
        placeholder="∞"
        onChange={(value) => take({ speed, worth: [worth[0], value ?? FARTHEST] })}
      />
      {region !== undefined && (
        <button type="button" onClick={() => onRegion(undefined)}>
          {t.region.clear}
        </button>
      )}
    </div>
  )
}
