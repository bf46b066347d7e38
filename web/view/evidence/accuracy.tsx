import { formatCount } from '../../../src/index.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import { Select } from '../../part/select.tsx'
import { type Cell, Table } from '../../part/table.tsx'
import { chipName } from '../../state/own.ts'
import { labelName, percent, signed } from './label.ts'
import type { Coverage, Quantity, ResidualData } from './residual-data.ts'
import { residuals } from './catalog.ts'
import { Scatter } from './scatter.tsx'
import { GROUPS, type Group } from './schema.ts'
import { type Score, beside, scoreOf } from './score.ts'
import type { State } from './state.ts'
import { text } from './text.ts'

/** Predictions beside measurements, by regime, beside AIConfigurator, and how often bands hold. */
export function Accuracy({ state }: { state: State }) {
  const data = residuals.value
  if (data === undefined) return null
  const t = text.value.accuracy
  const { quantity, by } = state.value.value
  const fitted = data.fitted.filter((each) => each === 1).length
  return (
    <div class="body accuracy">
      <h2>{t.title}</h2>
      <p class="about">{t.lead(formatCount(data.fitted.length), formatCount(fitted))}</p>
      <div class="filters">
        <Select
          label={t.quantity}
          value={quantity}
          choices={['tpot', 'ttft'].map((id) => ({ id, label: t.quantities[id] ?? id }))}
          onChange={(next) => state.set({ quantity: next })}
        />
        <Select
          label={t.by}
          value={by}
          choices={GROUPS.map((id) => ({ id, label: t.group[id] ?? id }))}
          onChange={(next) => state.set({ by: next })}
        />
      </div>
      <div class="beside">
        <Scatter data={data} quantity={quantity as Quantity} by={by as Group} />
        <Errors data={data} quantity={quantity as Quantity} by={by as Group} />
      </div>
      <Bands data={data} by={by as Group} />
    </div>
  )
}

interface GroupRows {
  readonly name: string
  readonly rows: readonly number[]
}

/** All rows, then those of each label, fitted and not. */
function groupsOf(data: ResidualData, by: Group): GroupRows[] {
  const t = text.value.accuracy
  const all = data.fitted.map((_, row) => row)
  const { names, of } = data.labels[by]
  const groups = names.flatMap((name, place) =>
    ([1, 0] as const).map((fitted) => ({
      name: by === 'mode' ? name : `${labelName(by, name)}, ${fitted === 1 ? t.fitted : t.notFitted}`,
      rows: all.filter((row) => of[row] === place && (by === 'mode' || data.fitted[row] === fitted)),
      isTwice: by === 'mode' && fitted === 0,
    })),
  )
  return [{ name: t.all, rows: all }, ...groups.filter(({ rows, isTwice }) => rows.length > 0 && !isTwice)]
}

function Errors({ data, quantity, by }: { data: ResidualData; quantity: Quantity; by: Group }) {
  const t = text.value.accuracy
  const { head } = t
  return (
    <div class="part">
      <h3>{t.table}</h3>
      <p class="about">{t.tableText}</p>
      <Table
        caption={t.table}
        head={[
          head.group,
          head.rows,
          head.median,
          head.p90,
          head.bias,
          head.rivalRows,
          head.ours,
          head.rival,
          head.rivalBias,
        ]}
        rows={groupsOf(data, by).map((group) => errorCells(data, quantity, group))}
      />
    </div>
  )
}

function errorCells(data: ResidualData, quantity: Quantity, { name, rows }: GroupRows): Cell[] {
  const t = text.value.accuracy
  const score = scoreOf(data, quantity, rows)
  const other = beside(data, quantity, rows)
  const title = `${name}: ${t.quantities[quantity]}`
  const cell = (of: Score | undefined, what: 'median' | 'p90' | 'bias'): Cell => {
    if (of === undefined) return { value: undefined }
    const print = what === 'bias' ? signed : percent
    const evidence = (): Evidence => ({
      title,
      value: print(of[what]),
      formula: what === 'median' ? t.evidence.formula : t.evidence[what],
      inputs: [t.evidence.rows(formatCount(of.rows))],
      command: text.value.command,
    })
    return { value: of[what], shown: <Num evidence={evidence}>{print(of[what])}</Num> }
  }
  return [
    { value: name },
    { value: rows.length },
    cell(score, 'median'),
    cell(score, 'p90'),
    cell(score, 'bias'),
    { value: other?.rival.rows },
    cell(other?.ours, 'median'),
    cell(other?.rival, 'median'),
    cell(other?.rival, 'bias'),
  ]
}

// The page of the documentation has them by mode, engine and chip.
function Bands({ data, by }: { data: ResidualData; by: Group }) {
  const t = text.value.accuracy
  const { names } = data.labels[by]
  const shown = data.coverage.filter(({ name }) => name === 'all' || names.includes(name))
  const { head } = t
  const columns = (['tpot', 'ttft'] as const).flatMap((quantity) =>
    ['80 %', '90 %'].map((level) => t.inside(level, quantity.toUpperCase())),
  )
  const cells = ({ tier, name, rows, tpot, ttft }: Coverage): Cell[] => [
    { value: t.tier[tier] ?? tier },
    { value: name === 'all' ? t.all : chipName(name) },
    { value: rows },
    ...[...tpot, ...ttft].map((share) => ({ value: share, shown: percent(share) })),
  ]
  return (
    <div class="part">
      <h3>{t.coverage}</h3>
      <p class="about">{t.coverageText}</p>
      <Table caption={t.coverage} head={[t.tierName, head.group, head.rows, ...columns]} rows={shown.map(cells)} />
    </div>
  )
}
