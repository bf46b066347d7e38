import {
  type BeyondFit,
  type HeldFit,
  type Known,
  type MachineFit,
  formatCount,
  formatRate,
  formatUsd,
  isKnown,
} from '../../../src/index.ts'
import type { FitsAnswer } from '../../engine/method/machines.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import { type Cell, Table } from '../../part/table.tsx'
import {
  type Held,
  chipsEvidence,
  costEvidence,
  hourEvidence,
  outputEvidence,
  perUserEvidence,
  powerEvidence,
  racksEvidence,
} from './evidence.ts'
import { text } from './text.ts'

interface Props {
  readonly answer: FitsAnswer
  readonly command: string
  readonly machine: string
  readonly onChoose: (id: string) => void
}

/** Every machine of the catalog; those that do not hold the model say why. */
export function AllMachines({ answer, command, machine, onChoose }: Props) {
  const t = text.value.table
  const head = [
    t.machine,
    t.format,
    t.chips,
    t.racks,
    t.power,
    t.usersHeld,
    t.limit,
    t.perUser,
    t.output,
    t.hour,
    t.cost,
    t.bound,
    t.remark,
  ]
  const nameCell = (row: MachineFit): Cell => ({
    value: row.chip.name,
    shown: (
      <button
        type="button"
        class="quiet"
        aria-pressed={row.chip.id === machine}
        aria-label={text.value.limits.choose(row.chip.name)}
        onClick={() => onChoose(row.chip.id)}
      >
        {row.chip.name}
      </button>
    ),
  })
  return (
    <div class="all">
      <h2>{t.title}</h2>
      <Table
        caption={t.title}
        head={head}
        rows={answer.fits.rows.map((row) => [
          nameCell(row),
          { value: row.precision },
          ...(row.status === 'fits' ? heldCells({ row, answer, command }) : absentCells(row)),
        ])}
      />
    </div>
  )
}

function num(value: number | undefined, print: (value: number) => string, evidence: () => Evidence): Cell {
  return value === undefined ? { value } : { value, shown: <Num evidence={evidence}>{print(value)}</Num> }
}

const valueOf = (figure: Known): number | undefined => (isKnown(figure) ? figure.value : undefined)

function heldCells(held: Held): Cell[] {
  const { row } = held
  const t = text.value
  return [
    num(row.chips, formatCount, () => chipsEvidence(held)),
    num(valueOf(row.racks), formatCount, () => racksEvidence(held)),
    num(
      valueOf(row.power),
      (watts) => (watts / 1e3).toPrecision(3),
      () => powerEvidence(held),
    ),
    num(row.usersHeld, formatCount, () => chipsEvidence(held)),
    { value: t.limit[row.limit] },
    num(row.perUser, formatRate, () => perUserEvidence(held)),
    num(row.output, formatRate, () => outputEvidence(held)),
    num(valueOf(row.usdPerHour), formatUsd, () => hourEvidence(held)),
    num(valueOf(row.usdPerMtokOutput), formatUsd, () => costEvidence(held)),
    { value: t.bound[row.bound] },
    { value: remarkOf(row) },
  ]
}

// What nobody published stands once, at the end of the row.
function remarkOf({ power, usdPerHour }: HeldFit): string {
  return [power, usdPerHour].flatMap((figure) => (isKnown(figure) ? [] : [figure.unknown])).join('; ')
}

function absentCells(row: Exclude<MachineFit, HeldFit>): Cell[] {
  const dashes = (length: number): Cell[] => Array.from({ length }, () => ({ value: undefined, shown: '—' }))
  if (row.status === 'untimed') return [...dashes(10), { value: row.reason }]
  const needed = valueOf(row.needed)
  const most = formatCount(row.limit.chips)
  const count = { value: needed, shown: `${needed === undefined ? '?' : formatCount(needed)} > ${most}` }
  return [count, ...dashes(3), { value: text.value.bound['network'] }, ...dashes(5), { value: beyondText(row) }]
}

export function beyondText({ needed, limit, remedies }: BeyondFit): string {
  const t = text.value.table
  const most = formatCount(limit.chips)
  const first = isKnown(needed) ? t.beyond(formatCount(needed.value), most) : t.beyondUnknown(most)
  if (remedies.length === 0) return first
  const list = remedies.map(({ change, value, chips }) =>
    t.remedy(t.change[change] ?? change, typeof value === 'number' ? formatCount(value) : value, formatCount(chips)),
  )
  return `${first}; ${t.remedies(list.join(', '))}`
}
