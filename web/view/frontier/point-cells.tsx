import {
  type SearchPoint,
  formatCount,
  formatRate,
  formatSeconds,
  formatSi,
  formatUsd,
  isKnown,
} from '../../../src/index.ts'
import { mappingText } from '../../engine/search-point.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { Num } from '../../part/num.tsx'
import type { Cell } from '../../part/table.tsx'
import { chipName } from '../../state/own.ts'
import {
  type Shown,
  costEvidence,
  joulesEvidence,
  latencyEvidence,
  perChipEvidence,
  speedEvidence,
} from './evidence.ts'
import { text } from './text.ts'

/** One configuration as the cells of a table: what it is, then its numbers. */
export function pointCells(shown: Shown): Cell[] {
  const { prediction, deployment, chip } = shown.point
  const { chips, precision, workload, throughput, ttft, tpot, cost, energy, evidence } = prediction
  return [
    { value: chipName(chip) },
    { value: chips, shown: formatCount(chips) },
    { value: precision },
    { value: deployment.engine ?? text.value.dataflow },
    { value: mappingText(deployment) },
    { value: workload.concurrency, shown: formatCount(workload.concurrency) },
    numCell(throughput.perUser.value, formatRate, () => speedEvidence(shown)),
    numCell(throughput.outputPerChip.value, formatRate, () => perChipEvidence(shown)),
    numCell(isKnown(cost.perMtokOutput) ? cost.perMtokOutput.value : undefined, formatUsd, () => costEvidence(shown)),
    numCell(ttft.value, formatSeconds, () => latencyEvidence(shown, 'ttft')),
    numCell(tpot.value, formatSeconds, () => latencyEvidence(shown, 'tpot')),
    numCell(
      isKnown(energy.perOutputToken) ? energy.perOutputToken.value : undefined,
      (value) => formatSi(value, 'J'),
      () => joulesEvidence(shown),
    ),
    { value: evidence.tier },
  ]
}

/** The same of a point of which only speed and cost are known yet. */
export function bareCells({ chip, precision, deployment, load }: SearchPoint): Cell[] {
  const { throughput, ttft, tpot, perMtokOutput, tier } = load
  const cell = (value: number, print: (value: number) => string): Cell => ({ value, shown: print(value) })
  return [
    { value: chipName(chip) },
    cell(load.chips, formatCount),
    { value: precision },
    { value: deployment.engine ?? text.value.dataflow },
    { value: mappingText(deployment) },
    cell(load.concurrency, formatCount),
    cell(throughput.perUser.value, formatRate),
    cell(throughput.outputPerChip.value, formatRate),
    isKnown(perMtokOutput) ? cell(perMtokOutput.value, formatUsd) : { value: undefined },
    cell(ttft.value, formatSeconds),
    cell(tpot.value, formatSeconds),
    { value: undefined },
    { value: tier },
  ]
}

export function pointHead(): string[] {
  const t = text.value.column
  return [
    t.machine,
    t.chips,
    t.precision,
    t.engine,
    t.mapping,
    t.clients,
    t.speed,
    t.perChip,
    t.cost,
    t.ttft,
    t.tpot,
    t.joules,
    t.tier,
  ]
}

function numCell(value: number | undefined, print: (value: number) => string, evidence: () => Evidence): Cell {
  return value === undefined ? { value } : { value, shown: <Num evidence={evidence}>{print(value)}</Num> }
}
