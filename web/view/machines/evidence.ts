import {
  type Figure,
  type HeldFit,
  type Known,
  type Source,
  formatBytes,
  formatCount,
  formatRate,
  formatSi,
  formatUsd,
  isKnown,
} from '../../../src/index.ts'
import type { FitsAnswer } from '../../engine/method/machines.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { partsOf } from './squares.ts'
import { text } from './text.ts'

/** A row with what it was asked with. */
export interface Held {
  readonly row: HeldFit
  readonly answer: FitsAnswer
  readonly command: string
}

function sourcesOf({ answer }: Held, ids: readonly (string | undefined)[]): Source[] {
  return [...new Set(ids)].flatMap((id) => (id === undefined ? [] : (answer.sources[id] ?? [])))
}

export const wattText = (watts: number): string => formatSi(watts, 'W')
export const hourText = (usd: number): string => `${formatUsd(usd)}/h`

export function chipsEvidence(held: Held): Evidence {
  const t = text.value.evidence
  const { row, answer, command } = held
  const parts = Object.values(partsOf(row))
  return {
    title: t.chips(row.chip.name),
    value: formatCount(row.chips),
    formula: t.chipsFormula,
    values: `${parts.map(formatBytes).join(' + ')} = ${formatBytes(row.fastCapacity)}`,
    inputs: [
      t.held(
        formatCount(answer.fits.users),
        formatCount(answer.fits.context),
        formatBytes(row.kvBytesPerUser),
        formatCount(row.usersHeld),
      ),
      t.layout(formatCount(row.replicas), row.layout),
    ],
    tier: 'counted',
    command,
  }
}

function figureEvidence(
  held: Held,
  figure: Known,
  { title, formula, print }: { title: string; formula: string; print: (value: number) => string },
): Evidence {
  const { command } = held
  if (!isKnown(figure)) return { title, value: text.value.scale.untimed, notes: [figure.unknown], command }
  const { value, low, high, note, date, source } = figure satisfies Figure
  const isRange = low !== undefined && high !== undefined && low < high
  return {
    title,
    value: print(value),
    formula,
    inputs: [[note, date].filter((part) => part !== undefined).join(', ')].filter((part) => part !== ''),
    ...(isRange ? { band: { text: `${print(low)} – ${print(high)}` } } : {}),
    sources: sourcesOf(held, [source]),
    command,
  }
}

export function powerEvidence(held: Held): Evidence {
  const t = text.value.evidence
  return figureEvidence(held, held.row.power, {
    title: t.power(held.row.chip.name),
    formula: t.powerFormula,
    print: wattText,
  })
}

export function racksEvidence(held: Held): Evidence {
  const t = text.value.evidence
  return figureEvidence(held, held.row.racks, {
    title: t.racks(held.row.chip.name),
    formula: t.racksFormula,
    print: formatCount,
  })
}

export function hourEvidence(held: Held): Evidence {
  const t = text.value.evidence
  const { chipHour } = held.row.prediction.cost
  const evidence = figureEvidence(held, held.row.usdPerHour, {
    title: `${t.hour}: ${held.row.chip.name}`,
    formula: t.hourFormula,
    print: hourText,
  })
  if (!isKnown(chipHour) || !isKnown(held.row.usdPerHour)) return evidence
  const values = `${hourText(chipHour.value)} · ${formatCount(held.row.chips)} = ${hourText(held.row.usdPerHour.value)}`
  return { ...evidence, values, sources: sourcesOf(held, [chipHour.source]) }
}

export function costEvidence(held: Held): Evidence {
  const t = text.value.evidence
  const { usdPerHour, usdPerMtokOutput, output } = held.row
  const evidence = figureEvidence(held, usdPerMtokOutput, {
    title: `${t.cost}: ${held.row.chip.name}`,
    formula: t.costFormula,
    print: formatUsd,
  })
  if (!isKnown(usdPerHour) || !isKnown(usdPerMtokOutput)) return evidence
  const values = `${hourText(usdPerHour.value)} / (${formatRate(output)} · 3600) · 10⁶ = ${formatUsd(usdPerMtokOutput.value)}`
  return { ...evidence, values, inputs: [...(evidence.inputs ?? []), served(held)] }
}

function served({ answer }: Held): string {
  return text.value.evidence.served(formatCount(answer.fits.context))
}

export function perUserEvidence(held: Held): Evidence {
  const t = text.value.evidence
  const { prediction, chip } = held.row
  const { perUser } = prediction.throughput
  const { tier, reason, notes, sources } = prediction.evidence
  return {
    title: `${t.perUser}: ${chip.name}`,
    value: formatRate(perUser.value),
    formula: t.perUserFormula,
    values: `1 / ${(prediction.tpot.value * 1e3).toPrecision(3)} ms = ${formatRate(perUser.value)}`,
    inputs: [served(held), prediction.layout],
    band: { text: `${formatRate(perUser.lo)} – ${formatRate(perUser.hi)}`, level: perUser.level },
    tier,
    reason,
    notes,
    sources: sourcesOf(held, sources),
    command: held.command,
  }
}

export function outputEvidence(held: Held): Evidence {
  const t = text.value.evidence
  return {
    ...perUserEvidence(held),
    title: `${t.output}: ${held.row.chip.name}`,
    value: formatRate(held.row.output),
    formula: t.outputFormula,
    values: undefined,
    band: undefined,
  }
}
