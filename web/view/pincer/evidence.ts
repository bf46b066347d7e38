import {
  type Cell,
  type Comparison,
  type Prediction,
  type Source,
  type Verdict,
  formatBytes,
  formatCount,
  formatPercent,
  formatRate,
  formatSi,
  formatUnit,
  formatUsd,
  isKnown,
} from '../../../src/index.ts'
import type { PincerAnswer } from '../../engine/method/pincer.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { chipName, modelName } from '../../state/own.ts'
import { unitText } from './bound.ts'
import { bandOf, rangeOf, rangeOfFigure } from './range.ts'
import { text } from './text.ts'

export type PointName = 'cheapest' | 'fast'

/** One cell at one operating point that it reaches, with the answer it is part of. */
export interface Stand {
  readonly answer: PincerAnswer
  readonly index: number
  readonly name: PointName
  readonly point: Prediction
}

/** The cell `index` at `name`; undefined where it is out of reach. */
export function standOf(answer: PincerAnswer, index: number, name: PointName): Stand | undefined {
  const point = answer.comparison.cells[index]?.[name]
  return point === undefined || 'unreachable' in point ? undefined : { answer, index, name, point }
}

export function cellTitle({ model, chip }: Pick<Cell, 'model' | 'chip'>): string {
  return `${modelName(model)} · ${chipName(chip)}`
}

/** `$ per million output tokens`, as `pincer compare --explain` has it. */
export function costEvidence(stand: Stand): Evidence {
  const { point } = stand
  const t = text.value.evidence
  const { cost, throughput, chips } = point
  const { chipHour, perMtokOutput } = cost
  const shown = isKnown(perMtokOutput) ? formatUsd(perMtokOutput.value) : text.value.answer.unknown
  return {
    ...base(stand, t.cost, shown),
    formula: t.costFormula,
    values: isKnown(chipHour)
      ? `${formatCount(chips)} · ${formatUnit(chipHour.value, 'USD/h')} / (${formatRate(throughput.output.value)} · 3600) · 10⁶ = ${shown}`
      : chipHour.unknown,
    inputs: [deploymentText(point), machineSpeedText(stand), ...priceText(point)],
    sources: sourcesOf(stand, true),
  }
}

/** Cost relative to the baseline, with its band. */
export function ratioEvidence(stand: Stand): Evidence | undefined {
  const { answer, index, name, point } = stand
  const ratio = answer.comparison.relative[index]?.[name].costPerToken
  if (ratio === undefined) return undefined
  const t = text.value.evidence
  const baseline =
    standOf(answer, answer.comparison.baseline, name) ?? standOf(answer, answer.comparison.baseline, 'cheapest')
  const costs = [point, baseline?.point].map((each) => (each === undefined ? '' : costText(each)))
  const isOpen = name === 'fast' && answer.comparison.cells[index]?.rate.isFastCertain === false
  return {
    ...base(stand, t.ratio, formatUnit(ratio.value, 'ratio')),
    formula: t.ratioFormula,
    values: `${costs.join(' / ')} = ${formatUnit(ratio.value, 'ratio')}`,
    inputs: [
      deploymentText(point),
      ...(baseline === undefined ? [] : [`${titleOf(baseline)}: ${deploymentText(baseline.point)}`]),
    ],
    band:
      index === answer.comparison.baseline
        ? undefined
        : { text: rangeOf(ratio, (value) => formatUnit(value, 'ratio')), level: ratio.level },
    notes: [t.band, ...(isOpen ? [t.fastOpen] : []), ...point.evidence.notes],
    sources: [...new Set([...sourcesOf(stand, true), ...(baseline === undefined ? [] : sourcesOf(baseline, true))])],
  }
}

/** What a user gets: tokens per second. */
export function perUserEvidence(stand: Stand): Evidence {
  const t = text.value.evidence
  const { tpot, throughput } = stand.point
  const rate = formatRate(throughput.perUser.value)
  return {
    ...base(stand, t.perUser, `${rate} tokens/s`),
    formula: t.perUserFormula,
    values: `1 / ${formatSi(tpot.value, 's')} = ${rate} tokens/s`,
    inputs: [deploymentText(stand.point)],
    band: bandOf(throughput.perUser, formatRate),
    sources: sourcesOf(stand, false),
  }
}

export function perMachineEvidence(stand: Stand): Evidence {
  const t = text.value.evidence
  const { throughput, chips } = stand.point
  const { rate } = stand.answer.comparison.cells[stand.index]!
  const shown = formatRate(throughput.outputPerChip.value)
  return {
    ...base(stand, t.perMachine, `${shown} tokens/s`),
    formula: t.perMachineFormula,
    values: `${formatRate(throughput.output.value)} / ${formatCount(chips)} = ${shown}`,
    inputs: [deploymentText(stand.point)],
    band: bandOf(rate[stand.name] ?? throughput.outputPerChip, formatRate),
    sources: sourcesOf(stand, false),
  }
}

export function joulesEvidence(stand: Stand): Evidence {
  const t = text.value.evidence
  const { energy, throughput } = stand.point
  const { power, perOutputToken } = energy
  const shown = isKnown(perOutputToken) ? formatSi(perOutputToken.value, 'J') : perOutputToken.unknown
  return {
    ...base(stand, t.joules, shown),
    formula: t.joulesFormula,
    values: isKnown(power)
      ? `${formatSi(power.value, 'W')} / ${formatRate(throughput.output.value)}/s = ${shown}`
      : power.unknown,
    inputs: isKnown(power) && power.note !== undefined ? [power.note] : [],
    band: isKnown(perOutputToken) ? rangeOfFigure(perOutputToken, (value) => formatSi(value, 'J')) : undefined,
    sources: [...sourcesOf(stand, false), ...cited(stand.answer, isKnown(power) ? [power.source] : [])],
  }
}

export function holdEvidence(cell: Cell): Evidence {
  const t = text.value.evidence
  const machines = formatCount(cell.machinesToHold)
  return {
    title: `${cellTitle(cell)}: ${t.hold}`,
    value: machines,
    formula: t.holdFormula,
    values: `⌈${formatBytes(cell.weightBytes)} / ${formatBytes(capacityOf(cell))}⌉ = ${machines}`,
    tier: 'counted',
  }
}

function capacityOf({ cheapest, fast, weightBytes, machinesToHold }: Cell): number {
  const known = [cheapest, fast].find((point) => !('unreachable' in point))
  return known === undefined || 'unreachable' in known ? weightBytes / machinesToHold : known.memory.capacity
}

export function trainingEvidence(cell: Cell, { trainingTokens }: Comparison): Evidence | undefined {
  const { run, chipHours, cost } = cell.training
  if (run === undefined || !isKnown(chipHours)) return undefined
  const t = text.value.evidence
  const shown = formatCount(chipHours.value)
  const money = isKnown(cost) ? formatUsd(cost.value) : ''
  return {
    title: `${cellTitle(cell)}: ${t.training}`,
    value: `${shown} h${money === '' ? '' : `, ${money}`}`,
    formula: t.trainingFormula,
    values: `${formatCount(trainingTokens)} · ${formatSi(run.timePerToken.total, 's')} · ${run.runOverhead.toPrecision(4)} / 3600 s = ${shown}`,
    inputs: [`${formatCount(run.chips)} chips, MFU ${formatPercent(run.mfu.value)}`],
    band:
      chipHours.low === undefined || chipHours.high === undefined
        ? undefined
        : { text: `${formatCount(chipHours.low)} – ${formatCount(chipHours.high)}`, level: 0.9 },
    notes: run.notes,
  }
}

/** The number that a claim is judged by. */
export function verdictEvidence(verdict: Verdict, answer: PincerAnswer): Evidence {
  const { claim, quantity, reason, evidence, command } = verdict
  const t = text.value
  const isNumber = !('unknown' in quantity)
  return {
    title: t.claim[claim.id]?.text ?? claim.text,
    value: isNumber ? unitText(quantity.value, quantity.unit) : t.answer.unknown,
    formula: t.claim[claim.id]?.reading ?? claim.reading,
    inputs: [reason],
    command,
    band:
      isNumber && quantity.lo !== quantity.hi
        ? { text: rangeOf(quantity, (value) => unitText(value, quantity.unit)), level: 0.9 }
        : undefined,
    tier: evidence.tier,
    sources: cited(answer, [claim.source, ...evidence.sources]),
  }
}

function base(stand: Stand, what: string, value: string): Evidence {
  const { evidence } = stand.point
  return {
    title: `${titleOf(stand)}: ${what}`,
    value,
    tier: evidence.tier,
    reason: evidence.reason,
    notes: evidence.notes,
  }
}

function titleOf({ point }: Stand): string {
  return `${point.model.name} · ${formatCount(point.chips)} × ${point.chip.name}`
}

function deploymentText({ layout, workload, tpot, throughput }: Prediction): string {
  const t = text.value.evidence
  const speed = t.speed(formatSi(tpot.value, 's'), formatRate(throughput.perUser.value))
  return `${t.deployment(layout, formatCount(workload.concurrency))}; ${speed}`
}

function machineSpeedText({ answer, index, name, point }: Stand): string {
  const { rate } = answer.comparison.cells[index]!
  const band = rate[name] ?? point.throughput.outputPerChip
  return text.value.evidence.machineSpeed(formatRate(band.value), rangeOf(band, formatRate))
}

function costText({ cost }: Prediction): string {
  return isKnown(cost.perMtokOutput) ? formatUsd(cost.perMtokOutput.value) : text.value.answer.unknown
}

function priceText({ cost }: Prediction): string[] {
  const { chipHour } = cost
  if (!isKnown(chipHour)) return [chipHour.unknown]
  const t = text.value.evidence
  const { low, high, value } = chipHour
  const range =
    low === undefined || high === undefined || low === high
      ? ''
      : ` (${formatUnit(low, 'USD')} – ${formatUnit(high, 'USD')})`
  const note = chipHour.source === 'given' ? t.given : (chipHour.note ?? chipHour.source)
  return [t.price(`${formatUnit(value, 'USD')}${range}`, note, chipHour.date === undefined ? '' : `, ${chipHour.date}`)]
}

function sourcesOf({ answer, point }: Stand, hasPrice: boolean): Source[] {
  const { chipHour } = point.cost
  return cited(answer, [...(hasPrice && isKnown(chipHour) ? [chipHour.source] : []), ...point.evidence.sources])
}

export function cited({ sources }: PincerAnswer, ids: readonly string[]): Source[] {
  return [...new Set(ids)].flatMap((id) => sources[id] ?? [])
}
