import { formatCount, formatRate, formatSi, formatUnit, formatUsd, isKnown } from '../../../src/index.ts'
import type { PincerAnswer } from '../../engine/method/pincer.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { Disclosure } from '../../part/disclosure.tsx'
import { Num } from '../../part/num.tsx'
import { type Cell, Table } from '../../part/table.tsx'
import { chipName, modelName } from '../../state/own.ts'
import {
  type PointName,
  costEvidence,
  holdEvidence,
  joulesEvidence,
  perMachineEvidence,
  perUserEvidence,
  ratioEvidence,
  standOf,
  trainingEvidence,
} from './evidence.ts'
import { text } from './text.ts'

/** Every number of the comparison as a table. */
export function Detail({ answer }: { answer: PincerAnswer }) {
  return (
    <Disclosure class="detail" summary={text.value.detail.title}>
      {() => <DetailTable answer={answer} />}
    </Disclosure>
  )
}

function DetailTable({ answer }: { answer: PincerAnswer }) {
  const t = text.value.detail
  const head = [
    t.model,
    t.chip,
    t.point,
    t.machines,
    t.users,
    t.perUser,
    t.perMachine,
    t.cost,
    t.ratio,
    t.joules,
    t.hold,
    t.training,
    t.trainingCost,
  ]
  const rows = answer.comparison.cells.flatMap((_, index) =>
    (['cheapest', 'fast'] as const).map((point) => rowOf(answer, index, point)),
  )
  return <Table caption={t.title} head={head} rows={rows} />
}

function rowOf(answer: PincerAnswer, index: number, name: PointName): Cell[] {
  const t = text.value.detail
  const cell = answer.comparison.cells[index]!
  const { chipHours, cost } = cell.training
  const training = trainingEvidence(cell, answer.comparison)
  return [
    { value: modelName(cell.model) },
    { value: chipName(cell.chip) },
    { value: name === 'cheapest' ? t.cheapest : t.fast },
    ...pointCells(answer, index, name),
    numCell(cell.machinesToHold, formatCount, () => holdEvidence(cell)),
    numCell(isKnown(chipHours) ? chipHours.value : undefined, formatCount, () => training!),
    numCell(isKnown(cost) ? cost.value : undefined, formatUsd, () => training!),
  ]
}

function pointCells(answer: PincerAnswer, index: number, name: PointName): Cell[] {
  const stand = standOf(answer, index, name)
  if (stand === undefined) return Array.from({ length: 7 }, () => ({ value: undefined }))
  const { chips, workload, throughput, cost, energy } = stand.point
  const ratio = answer.comparison.relative[index]?.[name].costPerToken
  return [
    { value: chips, shown: formatCount(chips) },
    { value: workload.concurrency, shown: formatCount(workload.concurrency) },
    numCell(throughput.perUser.value, formatRate, () => perUserEvidence(stand)),
    numCell(throughput.outputPerChip.value, formatRate, () => perMachineEvidence(stand)),
    numCell(isKnown(cost.perMtokOutput) ? cost.perMtokOutput.value : undefined, formatUsd, () => costEvidence(stand)),
    numCell(
      ratio?.value,
      (value) => formatUnit(value, 'ratio'),
      () => ratioEvidence(stand)!,
    ),
    numCell(
      isKnown(energy.perOutputToken) ? energy.perOutputToken.value : undefined,
      (value) => formatSi(value, 'J'),
      () => joulesEvidence(stand),
    ),
  ]
}

function numCell(value: number | undefined, print: (value: number) => string, evidence: () => Evidence): Cell {
  return value === undefined ? { value } : { value, shown: <Num evidence={evidence}>{print(value)}</Num> }
}
