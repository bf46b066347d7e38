import {
  formatCount,
  formatPercent,
  formatRate,
  formatSeconds,
  formatSi,
  formatUsd,
  isKnown,
} from '../../../src/index.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import { Table } from '../../part/table.tsx'
import type { Served } from './answer.ts'
import { latencyTable } from './percentiles.tsx'
import { text } from './text.ts'

interface Figure {
  readonly name: string
  readonly shown: string
  readonly formula: string
  readonly values?: string
  readonly source?: string | undefined
  readonly notes?: readonly string[]
}

/** Latencies, rates, use and money of the run. */
export function Figures({ answer, command }: { answer: Served; command: () => string }) {
  const t = text.value.figures
  const { notes } = answer.document
  return (
    <section class="figures" aria-labelledby="figures-title">
      <h2 id="figures-title">{t.title}</h2>
      <Table {...latencyTable(answer, command)} caption={`${t.title}: ${text.value.latency.caption}`} />
      <dl class="facts">
        {figuresOf(answer).map((figure) => (
          <div key={figure.name}>
            <dt>{figure.name}</dt>
            <dd>
              <Num evidence={() => evidenceOf(figure, answer, command)}>{figure.shown}</Num>
            </dd>
          </div>
        ))}
      </dl>
      {notes.length > 0 && (
        <>
          <h3>{t.notes}</h3>
          <ul lang="en" class="remarks">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function evidenceOf(
  { name, shown, formula, values, source, notes = [] }: Figure,
  answer: Served,
  command: () => string,
): Evidence {
  const cited = source === undefined ? undefined : answer.sources[source]
  return {
    title: name,
    value: shown,
    formula,
    values,
    notes: [...notes, text.value.evidence.simulated],
    sources: cited === undefined ? [] : [cited],
    command: command(),
  }
}

function figuresOf(answer: Served): Figure[] {
  return [...rateFigures(answer), ...useFigures(answer), ...moneyFigures(answer)]
}

function rateFigures({ document }: Served): Figure[] {
  const t = text.value
  const { requestRate, outputRate, chips, span, requests, offeredLoad } = document
  const rate = formatRate(requestRate)
  return [
    {
      name: t.figures.requestRate,
      shown: rate,
      formula: t.evidence.requestRate,
      values: `${formatCount(requests.finished)} / ${formatSeconds(span)} = ${rate}`,
    },
    ...(offeredLoad === undefined || 'unknown' in offeredLoad
      ? []
      : [
          {
            name: t.figures.rho,
            shown: offeredLoad.rho.toFixed(2),
            formula: t.evidence.rho,
            values: `${formatRate(offeredLoad.offered)} / ${formatRate(offeredLoad.capacity)} = ${offeredLoad.rho.toFixed(3)}`,
          },
        ]),
    { name: t.figures.outputRate, shown: formatRate(outputRate), formula: t.evidence.outputRate },
    {
      name: t.figures.perChip,
      shown: formatRate(outputRate / chips),
      formula: t.evidence.perChip,
      values: `${formatRate(outputRate)} / ${formatCount(chips)} = ${formatRate(outputRate / chips)}`,
    },
  ]
}

function useFigures({ document, blocks }: Served): Figure[] {
  const t = text.value
  const { running, waiting, utilisation, peakBlocks, requests, hitShare } = document
  const share = (used: number): string => formatPercent(used / blocks)
  return [
    { name: t.figures.running, shown: formatRate(running), formula: t.evidence.overTime },
    { name: t.figures.waiting, shown: formatRate(waiting), formula: t.evidence.overTime },
    { name: t.figures.blocks, shown: share(document.blocks), formula: t.evidence.blocks },
    {
      name: t.figures.peak,
      shown: share(peakBlocks),
      formula: t.evidence.blocks,
      values: `${formatCount(peakBlocks)} / ${formatCount(blocks)} = ${share(peakBlocks)}`,
    },
    { name: t.figures.utilisation, shown: formatPercent(utilisation), formula: t.evidence.utilisation },
    { name: t.figures.preemptions, shown: formatCount(requests.preemptions), formula: t.evidence.preemptions },
    ...(hitShare > 0 ? [{ name: t.figures.hit, shown: formatPercent(hitShare), formula: t.evidence.hit }] : []),
  ]
}

function moneyFigures({ document }: Served): Figure[] {
  const t = text.value
  const { cost, energy } = document.bill
  const { chipHour, perMtokOutput, total } = cost
  const priced = isKnown(chipHour)
    ? { source: chipHour.source, notes: chipHour.note === undefined ? [] : [chipHour.note] }
    : {}
  return [
    ...(isKnown(perMtokOutput)
      ? [{ name: t.figures.cost, shown: formatUsd(perMtokOutput.value), formula: t.evidence.cost, ...priced }]
      : []),
    ...(isKnown(total)
      ? [{ name: t.figures.total, shown: formatUsd(total.value), formula: t.evidence.cost, ...priced }]
      : []),
    ...(isKnown(energy.perOutputToken)
      ? [
          {
            name: t.figures.energy,
            shown: formatSi(energy.perOutputToken.value, 'J'),
            formula: t.evidence.energy,
            source: energy.perOutputToken.source,
            notes: energy.perOutputToken.note === undefined ? [] : [energy.perOutputToken.note],
          },
        ]
      : []),
  ]
}
