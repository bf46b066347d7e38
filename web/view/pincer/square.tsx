import {
  type Cell,
  formatCount,
  formatPercent,
  formatRate,
  formatUnit,
  formatUsd,
  isKnown,
} from '../../../src/index.ts'
import type { PincerAnswer } from '../../engine/method/pincer.ts'
import { Num } from '../../part/num.tsx'
import { chipName, modelName, modelOf } from '../../state/own.ts'
import {
  type PointName,
  cellTitle,
  costEvidence,
  perMachineEvidence,
  perUserEvidence,
  ratioEvidence,
  standOf,
} from './evidence.ts'
import { text } from './text.ts'

/** The 2 × 2 at both operating points: models down, machines across. */
export function Square({ answer }: { answer: PincerAnswer }) {
  const t = text.value.square
  const { comparison } = answer
  const base = comparison.cells[comparison.baseline]
  return (
    <section class="square" aria-labelledby="square-title">
      <h2 id="square-title">{t.title}</h2>
      <p>{t.about(base === undefined ? '' : cellTitle(base))}</p>
      <Grid answer={answer} point="cheapest" caption={t.cheapest} />
      <Grid answer={answer} point="fast" caption={t.fast(formatCount(comparison.userSpeed))} />
    </section>
  )
}

interface GridProps {
  readonly answer: PincerAnswer
  readonly point: PointName
  readonly caption: string
}

function Grid({ answer, point, caption }: GridProps) {
  const t = text.value.square
  const { cells } = answer.comparison
  const models = [...new Set(cells.map(({ model }) => model))]
  const chips = [...new Set(cells.map(({ chip }) => chip))]
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="grid" role="table" data-point={point} style={{ '--columns': chips.length }}>
        <caption>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            <td role="cell" />
            {chips.map((chip) => (
              <th key={chip} scope="col" role="columnheader">
                <small>{cells.find((cell) => cell.chip === chip)?.machine === 'sram' ? t.sram : t.gpu}</small>
                {chipName(chip)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {models.map((model) => (
            <tr key={model} role="row">
              <ModelHead model={model} cells={cells} />
              {chips.map((chip) => {
                const index = cells.findIndex((cell) => cell.model === model && cell.chip === chip)
                return <GridCell key={chip} answer={answer} index={index} point={point} />
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function ModelHead({ model, cells }: { model: string; cells: readonly Cell[] }) {
  const t = text.value.square
  const isSparse = cells.find((cell) => cell.model === model)?.arm === 'sparse'
  const known = modelOf(model)
  return (
    <th scope="row" role="rowheader">
      <small>{isSparse ? t.sparse : t.dense}</small>
      {modelName(model)}
      {known !== undefined && <small>{isSparse ? t.active(formatPercent(known.active / known.total)) : t.all}</small>}
    </th>
  )
}

function GridCell({ answer, index, point: name }: { answer: PincerAnswer; index: number; point: PointName }) {
  const t = text.value.square
  const cell = answer.comparison.cells[index]
  const at = cell?.[name]
  const stand = standOf(answer, index, name)
  if (stand === undefined || at === undefined || 'unreachable' in at) {
    return (
      <td class="unreachable" role="cell">
        <strong>{t.unreachable}</strong>
        {at !== undefined && 'unreachable' in at && <small lang="en">{at.unreachable}</small>}
      </td>
    )
  }
  const { cost, chips, workload, throughput } = stand.point
  const ratio = answer.comparison.relative[index]?.[name].costPerToken
  const users = formatCount(workload.concurrency)
  return (
    <td role="cell" data-tone={index === answer.comparison.baseline ? 'base' : toneOf(ratio?.value)}>
      <div class="cost">
        <Num class="large" evidence={() => costEvidence(stand)}>
          {isKnown(cost.perMtokOutput) ? formatUsd(cost.perMtokOutput.value) : '—'}
        </Num>
        {ratio !== undefined && (
          <Num class="ratio" evidence={() => ratioEvidence(stand) ?? costEvidence(stand)}>
            {formatUnit(ratio.value, 'ratio')}
          </Num>
        )}
      </div>
      <small>
        <Num class="inline" evidence={() => perMachineEvidence(stand)}>
          {chips === 1 ? t.machine(users) : t.machines(formatCount(chips), users)}
        </Num>
      </small>
      <small>
        <Num class="inline" evidence={() => perUserEvidence(stand)}>
          {t.perUser(formatRate(throughput.perUser.value))}
        </Num>
      </small>
    </td>
  )
}

/** Cheaper or dearer than the baseline, by the factor. */
function toneOf(ratio: number | undefined): string | undefined {
  if (ratio === undefined) return undefined
  if (ratio <= 0.15) return 'far-cheaper'
  if (ratio < 0.9) return 'cheaper'
  if (ratio <= 1.1) return 'same'
  return ratio < 10 ? 'dearer' : 'far-dearer'
}
