import { type HeldFit, type Known, formatCount, formatRate, formatUsd, isKnown } from '../../../src/index.ts'
import type { FitsAnswer } from '../../engine/method/machines.ts'
import { Chart } from '../../part/chart.tsx'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import { beyondText } from './all-table.tsx'
import {
  type Held,
  chipsEvidence,
  costEvidence,
  hourEvidence,
  hourText,
  outputEvidence,
  perUserEvidence,
  powerEvidence,
  racksEvidence,
  wattText,
} from './evidence.ts'
import { Legend } from './legend.tsx'
import { filled, isApart, packed, packedHeight, partPath, partsOf, places } from './squares.ts'
import { text } from './text.ts'

/** One machine: what it takes, and how the model lies over it. */
export function MachineDetail({ answer, id, command }: { answer: FitsAnswer; id: string; command: string }) {
  const t = text.value.detail
  const row = answer.fits.rows.find(({ chip }) => chip.id === id)
  if (row === undefined) return null
  return (
    <section class="detail" aria-labelledby="detail-title" data-machine={id} data-status={row.status}>
      <h2 id="detail-title">{t.title(row.chip.name)}</h2>
      {row.status === 'fits' && <Facts held={{ row, answer, command }} />}
      {row.status === 'fits' && <LayoutChart row={row} />}
      {row.status === 'beyond' && (
        <div class="beyond">
          <p>{t.beyond}</p>
          <p>{beyondText(row)}.</p>
          <p>
            {t.most(formatCount(row.limit.chips))} <span lang="en">{row.limit.reason}.</span>
          </p>
        </div>
      )}
      {row.status === 'untimed' && (
        <p class="beyond">
          {text.value.scale.untimed}. <span lang="en">{row.reason}.</span>
        </p>
      )}
    </section>
  )
}

function Facts({ held }: { held: Held }) {
  const { row } = held
  const t = text.value
  const f = t.detail.facts
  return (
    <dl class="facts">
      <Fact name={f.chips} value={row.chips} print={formatCount} evidence={() => chipsEvidence(held)} />
      <Fact name={f.racks} value={known(row.racks)} print={formatCount} evidence={() => racksEvidence(held)} />
      <Fact name={f.power} value={known(row.power)} print={wattText} evidence={() => powerEvidence(held)} />
      <Fact name={f.held} value={row.usersHeld} print={formatCount} evidence={() => chipsEvidence(held)} />
      <Fact name={f.perUser} value={row.perUser} print={formatRate} evidence={() => perUserEvidence(held)} />
      <Fact name={f.output} value={row.output} print={formatRate} evidence={() => outputEvidence(held)} />
      <Fact name={f.hour} value={known(row.usdPerHour)} print={hourText} evidence={() => hourEvidence(held)} />
      <Fact name={f.cost} value={known(row.usdPerMtokOutput)} print={formatUsd} evidence={() => costEvidence(held)} />
      <div>
        <dt>{f.limit}</dt>
        <dd>{t.limit[row.limit]}</dd>
      </div>
      <div>
        <dt>{f.bound}</dt>
        <dd>{t.bound[row.bound]}</dd>
      </div>
    </dl>
  )
}

const known = (figure: Known): number | undefined => (isKnown(figure) ? figure.value : undefined)

interface FactProps {
  readonly name: string
  readonly value: number | undefined
  readonly print: (value: number) => string
  readonly evidence: () => Evidence
}

function Fact({ name, value, print, evidence }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value === undefined ? '—' : <Num evidence={evidence}>{print(value)}</Num>}</dd>
    </div>
  )
}

/** How one replica is parted into stages: whole chips each, those left over spare. */
function shapeOf({ chips, replicas, stages }: HeldFit): { stages: number; per: number; spare: number } {
  const replica = chips / replicas
  const per = Math.floor(replica / stages)
  return { stages, per, spare: replica - per * stages }
}

function LayoutChart({ row }: { row: HeldFit }) {
  const t = text.value.detail
  const { stages, per, spare } = shapeOf(row)
  const share = 1 / row.replicas / stages
  return (
    <Chart
      title={t.layout}
      description={
        <>
          {t.description(
            row.replicas > 1 ? t.replicas(formatCount(row.replicas)) : '',
            stages === 1 ? t.oneStage : t.stages(formatCount(stages)),
            `${per === 1 ? t.onePerStage : t.perStage(formatCount(per))}${spare > 0 ? `, ${t.spare(formatCount(spare))}` : ''}`,
          )}{' '}
          <span lang="en">({row.layout})</span>
        </>
      }
      table={{
        caption: t.caption,
        head: [t.stage, t.chips, t.gigabytes, t.kv],
        rows: Array.from({ length: stages }, (_, i) => [
          { value: i + 1 },
          { value: per },
          giga(row.memory.weights * share),
          giga(row.memory.cache * share),
        ]),
      }}
    >
      {(width) => <Stages row={row} width={width} />}
    </Chart>
  )
}

function giga(bytes: number): { value: number; shown: string } {
  return { value: bytes / 1e9, shown: (bytes / 1e9).toFixed(2) }
}

const PAD = 6
const BETWEEN = 16
const TALLEST = 320

function Stages({ row, width }: { row: HeldFit; width: number }) {
  const { stages, per } = shapeOf(row)
  const { side, columns, box } = stageScale(stages, per, width)
  const packing = packed(per, side, Number.MAX_VALUE)
  const boxes = places(per, side, packing, isApart(per * stages))
  const rows = Math.ceil(stages / columns)
  const height = rows * (box.height + BETWEEN) + 26
  const parts = filled(boxes, partsOf(row))
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${row.chip.name}: ${row.layout}`}>
      {Array.from({ length: stages }, (_, i) => {
        const [x, y] = [(i % columns) * (box.width + BETWEEN), Math.floor(i / columns) * (box.height + BETWEEN) + 1]
        return (
          <g key={i} transform={`translate(${x} ${y})`}>
            <rect class="stage" width={box.width} height={box.height} rx="4" />
            <g transform={`translate(${PAD} ${PAD})`}>
              {parts.map(({ part, path }) => (
                <path key={part} class={part} d={path} />
              ))}
              {side > 3 && <path class="outline" d={partPath(boxes, 0, 1)} />}
            </g>
            {i < stages - 1 && <Arrow box={box} isLast={(i + 1) % columns === 0} />}
          </g>
        )
      })}
      <g transform={`translate(0 ${height - 5})`}>
        <Legend width={width} />
      </g>
    </svg>
  )
}

function Arrow({ box, isLast }: { box: { width: number; height: number }; isLast: boolean }) {
  const y = box.height / 2
  const x = box.width + 3
  // The last of a row goes on below, where the next row begins.
  return (
    <path class="arrow" d={isLast ? `M${x} ${y}h5v${y + 4}` : `M${x} ${y}h9m-3.500 -3.500l3.500 3.500l-3.500 3.500`} />
  )
}

/** The largest chips with which all stages fit a width and a height. */
function stageScale(
  stages: number,
  per: number,
  width: number,
): { side: number; columns: number; box: { width: number; height: number } } {
  const layout = (side: number): { side: number; columns: number; box: { width: number; height: number } } => {
    const packing = packed(per, side, Number.MAX_VALUE)
    const box = {
      width: packing.columns * (side + packing.gap) - packing.gap + 2 * PAD,
      height: packedHeight(packing, side) + 2 * PAD,
    }
    return { side, box, columns: Math.min(stages, Math.max(1, Math.floor((width + BETWEEN) / (box.width + BETWEEN)))) }
  }
  const fits = (side: number): boolean => {
    const { columns, box } = layout(side)
    return box.width <= width && Math.ceil(stages / columns) * (box.height + BETWEEN) <= TALLEST
  }
  let [low, high] = [0.001, 120]
  if (fits(high)) return layout(high)
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2
    if (fits(middle)) low = middle
    else high = middle
  }
  return layout(low)
}
