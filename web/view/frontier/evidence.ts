import {
  type SearchQuestion,
  formatCount,
  formatRate,
  formatSeconds,
  formatSi,
  formatUnit,
  formatUsd,
  isKnown,
} from '../../../src/index.ts'
import type { Details, PointDetail } from '../../engine/method/search.ts'
import { predictCommand } from '../../engine/search-point.ts'
import { bandText, rangeText } from '../../part/band.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { chipName } from '../../state/own.ts'
import { text } from './text.ts'

/** One configuration with the question it answers and the publications it cites. */
export interface Shown {
  readonly point: PointDetail
  readonly question: SearchQuestion
  readonly sources: Details['sources']
}

export function speedEvidence(shown: Shown): Evidence {
  const t = text.value.evidence
  const { throughput, tpot } = shown.point.prediction
  const value = formatRate(throughput.perUser.value)
  return {
    ...base(shown, t.speed, `${value} tokens/s`),
    formula: t.speedFormula,
    values: `1 / ${formatSeconds(tpot.value)} = ${value} tokens/s`,
    band: bandText(throughput.perUser, formatRate),
  }
}

export function perChipEvidence(shown: Shown): Evidence {
  const t = text.value.evidence
  const { throughput, chips } = shown.point.prediction
  const value = formatRate(throughput.outputPerChip.value)
  return {
    ...base(shown, t.perChip, `${value} tokens/s`),
    formula: t.perChipFormula,
    values: `${formatRate(throughput.output.value)} / ${formatCount(chips)} = ${value}`,
    band: bandText(throughput.outputPerChip, formatRate),
  }
}

export function costEvidence(shown: Shown): Evidence {
  const t = text.value.evidence
  const { cost, throughput, chips } = shown.point.prediction
  const { chipHour, perMtokOutput } = cost
  const value = isKnown(perMtokOutput) ? formatUsd(perMtokOutput.value) : perMtokOutput.unknown
  const range = isKnown(perMtokOutput) ? perMtokOutput : undefined
  const hasRange = range?.low !== undefined && range.high !== undefined && range.low !== range.high
  return {
    ...base(shown, t.cost, value, isKnown(chipHour) ? [chipHour.source] : []),
    formula: t.costFormula,
    values: isKnown(chipHour)
      ? `${formatCount(chips)} · ${formatUnit(chipHour.value, 'USD/h')} / (${formatRate(throughput.output.value)} · 3600) · 10⁶ = ${value}`
      : chipHour.unknown,
    inputs: [deploymentText(shown), ...priceText(shown)],
    ...(hasRange ? { band: { text: rangeText({ lo: range.low!, hi: range.high! }, formatUsd) } } : {}),
    notes: [t.costBand, ...shown.point.prediction.evidence.notes],
  }
}

export function latencyEvidence(shown: Shown, name: 'ttft' | 'tpot'): Evidence {
  const t = text.value.evidence
  const band = shown.point.prediction[name]
  return {
    ...base(shown, t[name], formatSeconds(band.value)),
    formula: name === 'ttft' ? t.ttftFormula : t.tpotFormula,
    band: bandText(band, formatSeconds),
  }
}

export function joulesEvidence(shown: Shown): Evidence {
  const t = text.value.evidence
  const { energy, throughput } = shown.point.prediction
  const { power, perOutputToken } = energy
  const value = isKnown(perOutputToken) ? formatSi(perOutputToken.value, 'J') : perOutputToken.unknown
  return {
    ...base(shown, t.joules, value, isKnown(power) ? [power.source] : []),
    formula: t.joulesFormula,
    values: isKnown(power)
      ? `${formatSi(power.value, 'W')} / ${formatRate(throughput.output.value)}/s = ${value}`
      : power.unknown,
  }
}

/** The command that prints all of one configuration. */
export function commandOfPoint({ point, question }: Shown): string {
  const { chip, deployment, prediction } = point
  const { isl, osl, spread, concurrency } = prediction.workload
  return predictCommand(question, { chip, deployment, clients: concurrency }, { isl, osl, spread })
}

function base(shown: Shown, what: string, value: string, more: readonly string[] = []): Evidence {
  const { evidence, chips, chip } = shown.point.prediction
  return {
    title: `${formatCount(chips)} × ${chipName(chip.id)}: ${what}`,
    value,
    inputs: [deploymentText(shown)],
    tier: evidence.tier,
    reason: evidence.reason,
    notes: evidence.notes,
    command: commandOfPoint(shown),
    sources: [...new Set([...more, ...evidence.sources])].flatMap((id) => shown.sources[id] ?? []),
  }
}

function deploymentText({ point: { prediction } }: Shown): string {
  const { layout, workload, precision } = prediction
  return text.value.evidence.deployment(`${layout}, ${precision}`, formatCount(workload.concurrency))
}

function priceText({ point: { prediction } }: Shown): string[] {
  const { chipHour } = prediction.cost
  if (!isKnown(chipHour)) return [chipHour.unknown]
  const t = text.value.evidence
  const note = chipHour.source === 'given' ? t.given : (chipHour.note ?? chipHour.source)
  return [t.price(formatUnit(chipHour.value, 'USD'), note, chipHour.date === undefined ? '' : `, ${chipHour.date}`)]
}
