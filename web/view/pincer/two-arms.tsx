import { type Cell, formatBytes, formatCount, formatPercent, formatSi, formatUnit } from '../../../src/index.ts'
import type { Listed, ModelName } from '../../engine/catalog-list.ts'
import type { PincerAnswer } from '../../engine/method/pincer.ts'
import { text as shared } from '../../i18n/index.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import { chipName, chipOf, modelName, modelOf } from '../../state/own.ts'
import { holdEvidence } from './evidence.ts'
import { text } from './text.ts'

/** What each arm promises and what it takes, in the numbers of the models and machines asked for. */
export function TwoArms({ answer }: { answer: PincerAnswer }) {
  const { cells, precision } = answer.comparison
  const sparse = cells.find(({ arm }) => arm === 'sparse')
  const dense = cells.find(({ arm }) => arm === 'dense')
  const gpu = cells.find(({ machine }) => machine === 'hbm')
  const sram = cells.find(({ machine }) => machine === 'sram')
  return (
    <div class="two">
      {sparse !== undefined && <SparseArm cell={sparse} dense={dense} precision={precision} />}
      {sram !== undefined && <SramArm cell={roomiest(cells, sram)} gpu={gpu} />}
    </div>
  )
}

// The sparse model on the first SRAM machine: what it takes to hold it there.
function roomiest(cells: readonly Cell[], first: Cell): Cell {
  return cells.find(({ arm, chip }) => arm === 'sparse' && chip === first.chip) ?? first
}

function SparseArm({ cell, dense, precision }: { cell: Cell; dense: Cell | undefined; precision: string }) {
  const t = text.value.two
  const model = modelOf(cell.model)
  if (model === undefined) return null
  const other = dense === undefined ? undefined : modelOf(dense.model)
  return (
    <div class="arm sparse">
      <h2>{t.sparse}</h2>
      <p>
        {model.name}: <Num evidence={() => shareEvidence(model)}>{formatPercent(model.active / model.total)}</Num>{' '}
        {t.active} <Num evidence={() => totalEvidence(model)}>{formatUnit(model.total, 'params')}</Num>
        {t.activeEnd}{' '}
        {other !== undefined && (
          <>
            {t.dense(other.name)} <Num evidence={() => totalEvidence(other)}>{formatUnit(other.total, 'params')}</Num>
            {shared.value.mark.stop}
          </>
        )}
      </p>
      <p class="catch">
        {t.resident} <Num evidence={() => weightEvidence(cell, precision)}>{formatBytes(cell.weightBytes)}</Num>
        {shared.value.mark.stop}
      </p>
    </div>
  )
}

function SramArm({ cell, gpu }: { cell: Cell; gpu: Cell | undefined }) {
  const t = text.value.two
  const chip = chipOf(cell.chip)
  if (chip === undefined) return null
  const other = gpu === undefined ? undefined : chipOf(gpu.chip)
  return (
    <div class="arm sram">
      <h2>{t.sram}</h2>
      <p>
        {chip.name} {t.reads} <Listing id={chip.id} of={chip.bandwidth} unit="B/s" what={t.bandwidth(chip.memory)} />
        {other !== undefined && (
          <>
            {shared.value.mark.comma}
            {t.against(other.name)}{' '}
            <Listing id={other.id} of={other.bandwidth} unit="B/s" what={t.bandwidth(other.memory)} />
          </>
        )}
        {shared.value.mark.stop}
      </p>
      <p class="catch">
        {t.holds} <Listing id={chip.id} of={chip.capacity} unit="B" what={t.capacity(chip.memory)} />
        {shared.value.mark.semicolon}
        {t.need(modelName(cell.model))}{' '}
        <Num evidence={() => holdEvidence(cell)}>{formatCount(cell.machinesToHold)}</Num> {t.machines}
      </p>
    </div>
  )
}

interface ListingProps {
  readonly id: string
  readonly of: Listed
  readonly unit: string
  readonly what: string
}

/** A figure of a datasheet. */
function Listing({ id, of, unit, what }: ListingProps) {
  const { value, source } = of
  if (value === undefined) return <span>{text.value.two.unpublished}</span>
  const shown = formatSi(value, unit)
  const evidence = (): Evidence => ({
    title: `${chipName(id)}: ${what}`,
    value: shown,
    sources: source === undefined ? [] : [source],
    command: `pincer catalog chips ${id}`,
  })
  return <Num evidence={evidence}>{shown}</Num>
}

function shareEvidence({ id, name, active, total }: ModelName): Evidence {
  const t = text.value.two
  const share = formatPercent(active / total)
  return {
    title: `${name}: ${t.activeShare}`,
    value: share,
    formula: t.activeFormula,
    values: `${formatUnit(active, 'params')} / ${formatUnit(total, 'params')} = ${share}`,
    tier: 'counted',
    command: `pincer catalog models ${id}`,
  }
}

function totalEvidence({ id, name, total }: ModelName): Evidence {
  const { totalParams } = text.value.two
  const value = formatUnit(total, 'params')
  return { title: `${name}: ${totalParams}`, value, tier: 'counted', command: `pincer catalog models ${id}` }
}

function weightEvidence({ model, weightBytes }: Cell, precision: string): Evidence {
  const t = text.value.two
  return {
    title: `${modelName(model)}: ${t.weights}`,
    value: formatBytes(weightBytes),
    formula: t.weightsFormula(precision),
    tier: 'counted',
  }
}
