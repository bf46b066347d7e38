import {
  type Known,
  type OperatorRow,
  type Prediction,
  type Source,
  formatBytes,
  formatCount,
  formatPercent,
  formatRate,
  formatSeconds,
  formatSi,
  formatUnit,
  formatUsd,
  isKnown,
} from '../../../src/index.ts'
import type { DeploymentAnswer } from '../../engine/method/deployment.ts'
import { evidenceBands, evidenceRange, rangeText } from '../../part/predicted-band.ts'
import type { Evidence } from '../../part/evidence.tsx'
import { text } from './text.ts'

export type MemoryPart = 'weights' | 'cache' | 'activations' | 'reserve' | 'free'
export type Kind = 'blended' | 'input' | 'cachedInput' | 'output'

/** All cost over output tokens, as `pincer predict --explain` has it. */
export function costEvidence(answer: DeploymentAnswer): Evidence {
  const t = text.value
  const { cost, throughput, chips } = answer.step.prediction
  const { chipHour, perMtokOutput } = cost
  const shown = known(perMtokOutput, formatUsd)
  return {
    ...base(answer, t.figure.cost, shown),
    formula: t.evidence.costFormula,
    values: isKnown(chipHour)
      ? `${formatCount(chips)} · ${formatUnit(chipHour.value, 'USD/h')} / ${answer.utilisation} / (${formatRate(throughput.output.value)} · 3600) · 10⁶ = ${shown}`
      : chipHour.unknown,
    inputs: [layoutText(answer), runningText(answer), ...priceText(chipHour)],
    band: evidenceRange(perMtokOutput, formatUsd),
    sources: cited(answer, [...sourceIds(chipHour), ...answer.step.prediction.evidence.sources]),
  }
}

export function perUserEvidence(answer: DeploymentAnswer): Evidence {
  const t = text.value
  const { tpot, throughput } = answer.step.prediction
  const shown = formatRate(throughput.perUser.value)
  return {
    ...base(answer, t.figure.perUser, `${shown} tokens/s`),
    formula: t.evidence.perUserFormula,
    values: `1 / ${formatSeconds(tpot.value)} = ${shown} tokens/s`,
    inputs: [layoutText(answer), runningText(answer)],
    ...evidenceBands(throughput.perUser, formatRate),
    sources: chipSources(answer),
  }
}

export function ttftEvidence(answer: DeploymentAnswer): Evidence {
  const t = text.value
  const { ttft, prefillStep, batch, workload } = answer.step.prediction
  const rest = ttft.value - prefillStep.seconds
  return {
    ...base(answer, t.figure.ttft, formatSeconds(ttft.value)),
    formula: t.evidence.ttftFormula,
    values: `${formatSeconds(prefillStep.seconds)} + ${formatSeconds(rest)} = ${formatSeconds(ttft.value)}`,
    inputs: [
      t.evidence.prompt(formatRate(answer.tokens.request.tokens.input)),
      t.evidence.waiting(formatRate(batch.waiting), formatCount(workload.concurrency)),
      ...chipText(answer),
    ],
    ...evidenceBands(ttft, formatSeconds),
    sources: chipSources(answer),
  }
}

export function tpotEvidence(answer: DeploymentAnswer): Evidence {
  const t = text.value
  const { tpot, decodeStep, drafts } = answer.step.prediction
  const { tokensPerStep } = answer.step
  const rest = tpot.value - decodeStep.seconds / tokensPerStep
  return {
    ...base(answer, t.figure.tpot, formatSeconds(tpot.value)),
    formula: t.evidence.tpotFormula,
    values: `${formatSeconds(decodeStep.seconds)} / ${formatRate(tokensPerStep)} + ${formatSeconds(rest)} = ${formatSeconds(tpot.value)}`,
    inputs: [
      runningText(answer),
      ...chipText(answer),
      ...(drafts === undefined
        ? []
        : [t.evidence.drafts(formatSeconds(drafts.other.ttft), formatSeconds(drafts.other.tpot))]),
    ],
    ...evidenceBands(tpot, formatSeconds),
    sources: chipSources(answer),
  }
}

export function perChipEvidence(answer: DeploymentAnswer): Evidence {
  const t = text.value
  const { throughput, chips, ttft, tpot, workload } = answer.step.prediction
  const shown = formatRate(throughput.outputPerChip.value)
  const { output } = answer.tokens.request.tokens
  const residence = ttft.value + tpot.value * (output - 1)
  return {
    ...base(answer, t.figure.perChip, `${shown} tokens/s`),
    formula: t.evidence.perChipFormula,
    values: `${formatCount(workload.concurrency)} · ${formatRate(output)} / ${formatSeconds(residence)} / ${formatCount(chips)} = ${shown}`,
    inputs: [layoutText(answer), runningText(answer)],
    ...evidenceBands(throughput.outputPerChip, formatRate),
    sources: chipSources(answer),
  }
}

export function joulesEvidence(answer: DeploymentAnswer): Evidence {
  const t = text.value
  const { energy, throughput } = answer.step.prediction
  const { power, perOutputToken } = energy
  const shown = known(perOutputToken, joules)
  return {
    ...base(answer, t.figure.joules, shown),
    formula: t.evidence.joulesFormula,
    values: isKnown(power)
      ? `${formatSi(power.value, 'W')} / ${formatRate(throughput.output.value)}/s = ${shown}`
      : power.unknown,
    inputs: isKnown(power) && power.note !== undefined ? [power.note] : [],
    band: evidenceRange(perOutputToken, joules),
    sources: cited(answer, sourceIds(power)),
  }
}

export function powerEvidence(answer: DeploymentAnswer): Evidence {
  const t = text.value
  const { power } = answer.step.prediction.energy
  return {
    ...base(answer, t.money.power, known(power, watts)),
    formula: t.evidence.powerFormula,
    inputs: isKnown(power) ? (power.note === undefined ? [] : [power.note]) : [power.unknown],
    band: evidenceRange(power, watts),
    sources: cited(answer, sourceIds(power)),
  }
}

export function hourEvidence(answer: DeploymentAnswer): Evidence {
  const t = text.value
  const { cost, chips } = answer.step.prediction
  const { chipHour } = cost
  const all = isKnown(chipHour) ? formatUnit(chipHour.value * chips, 'USD/h') : t.figure.unknown
  return {
    title: t.money.hourly,
    value: all,
    formula: t.evidence.hourFormula,
    values: isKnown(chipHour)
      ? `${formatCount(chips)} · ${formatUnit(chipHour.value, 'USD/h')} = ${all}`
      : chipHour.unknown,
    inputs: priceText(chipHour),
    sources: cited(answer, sourceIds(chipHour)),
  }
}

/** Cost of a kind of token. */
export function kindEvidence(answer: DeploymentAnswer, kind: Kind): Evidence {
  const t = text.value
  const { tokens, step } = answer
  const { usd } = kind === 'blended' ? tokens.blended : tokens.kinds[kind]
  const { chipHour, split } = step.prediction.cost
  const { throughput, chips } = step.prediction
  const rate = { blended: throughput.total.value, output: throughput.output.value }
  const input = rate.blended - rate.output
  const hourly = isKnown(chipHour) ? formatUnit(chipHour.value * chips, 'USD/h') : ''
  const share = { input: split.inputShare, output: 1 - split.inputShare, blended: 1 }
  const per = { input, output: rate.output, blended: rate.blended }
  return {
    ...base(answer, `${t.money.kind[kind]}: ${t.money.head.usd}`, known(usd, formatUsd)),
    formula: t.evidence.kindFormula[kind],
    values:
      kind === 'cachedInput' || !isKnown(chipHour)
        ? undefined
        : `${formatPercent(share[kind])} · ${hourly} / (${formatRate(per[kind])} · 3600) · 10⁶ = ${known(usd, formatUsd)}`,
    inputs: priceText(chipHour),
    sources: cited(answer, sourceIds(chipHour)),
  }
}

/** Energy or carbon of a kind of token. */
export function footprintEvidence(answer: DeploymentAnswer, kind: Kind, what: 'joules' | 'grams'): Evidence {
  const t = text.value
  const { tokens, step } = answer
  const figure = (kind === 'blended' ? tokens.blended : tokens.kinds[kind])[what]
  const { power } = step.prediction.energy
  const print = what === 'joules' ? (perMtok: number): string => joules(perMtok / 1e6) : grams
  const seconds = kind === 'blended' ? 1 / step.prediction.throughput.total.value : tokens.seconds[kind]
  const energy = isKnown(power) ? `${formatSi(power.value, 'W')} · ${formatSeconds(seconds)}` : ''
  const { grid } = tokens
  return {
    ...base(answer, `${t.money.kind[kind]}: ${t.money.head[what]}`, known(figure, print)),
    formula: t.evidence.footprintFormula[what],
    values: isKnown(figure)
      ? `${energy}${what === 'grams' && isKnown(grid) ? ` · 10⁶ · ${formatRate(grid.value)} gCO₂/kWh / (3.6 · 10⁶ J/kWh)` : ''} = ${print(figure.value)}`
      : figure.unknown,
    band: evidenceRange(figure, print),
    sources: cited(answer, [...sourceIds(power), ...(what === 'grams' ? sourceIds(grid) : [])]),
  }
}

function grams(mass: number): string {
  return formatSi(mass, 'g')
}

/** What of a request is paid, used and emitted, and how each is printed. */
export const REQUEST_PRINTS = {
  usd: formatUsd,
  joules: (of: number) => `${formatRate(of / 3600)} Wh`,
  grams: (mass: number) => `${grams(mass)} CO₂`,
}

export function requestEvidence(answer: DeploymentAnswer, what: keyof typeof REQUEST_PRINTS): Evidence {
  const t = text.value
  const { request, kinds } = answer.tokens
  const print = REQUEST_PRINTS[what]
  const parts = (['input', 'output'] as const).map(
    (kind) => `${formatRate(request.tokens[kind])} · ${known(kinds[kind][what], print)} / 10⁶`,
  )
  return {
    ...base(answer, t.money.request, known(request[what], print)),
    formula: t.evidence.requestFormula[what],
    values: `${parts.join(' + ')} = ${known(request[what], print)}`,
    sources: cited(answer, [...sourceIds(request[what]), ...sourceIds(answer.tokens.grid)]),
  }
}

export function operatorEvidence(answer: DeploymentAnswer, row: OperatorRow): Evidence {
  const t = text.value
  const { count, seconds, flops, bytes, light } = row
  const one = formatSeconds(seconds / count)
  return {
    title: `${row.name}: ${t.evidence.operator}`,
    value: formatSeconds(seconds),
    formula: t.evidence.operatorFormula,
    values: `${formatCount(count)} · ${one} = ${formatSeconds(seconds)}`,
    inputs: [
      t.evidence.work(formatSi(flops, 'FLOP'), formatBytes(bytes)),
      t.evidence.light(formatSeconds(light)),
      ...chipText(answer),
    ],
    tier: answer.step.prediction.evidence.tier,
    sources: chipSources(answer),
  }
}

export function restEvidence(answer: DeploymentAnswer, name: string, seconds: number): Evidence {
  const t = text.value
  const { stepSeconds, prediction } = answer.step
  const operators = stepSeconds - seconds
  return {
    ...base(answer, name, formatSeconds(seconds)),
    formula: t.evidence.restFormula,
    values: `${formatSeconds(stepSeconds)} − ${formatSeconds(operators)} = ${formatSeconds(seconds)}`,
    inputs: [runningText(answer), `TPOT ${formatSeconds(prediction.tpot.value)}`],
  }
}

export function memoryEvidence(answer: DeploymentAnswer, part: MemoryPart): Evidence {
  const t = text.value
  const { memory, batch } = answer.step.prediction
  return {
    ...base(answer, t.memory.part[part], formatBytes(memory[part])),
    formula: t.evidence.memoryFormula[part],
    inputs: [
      layoutText(answer),
      ...(part === 'cache' ? [runningText(answer)] : []),
      ...(part === 'cache' && Number.isFinite(batch.capacity)
        ? [text.value.head.holds(formatCount(Math.floor(batch.capacity)))]
        : []),
    ],
    tier: 'counted',
    reason: undefined,
    notes: [],
    sources: chipSources(answer),
  }
}

export function tierEvidence(answer: DeploymentAnswer): Evidence {
  const t = text.value
  const { evidence } = answer.step.prediction
  return {
    title: t.evidence.tier,
    value: tierName(evidence.tier),
    formula: t.evidence.tierFormula,
    tier: evidence.tier,
    reason: evidence.reason,
    notes: evidence.notes,
    sources: cited(answer, evidence.sources),
    command: 'pincer validate',
  }
}

export function tierName(tier: Prediction['evidence']['tier']): string {
  return text.value.tier[tier]
}

/** Both bands in one line, the narrower first. */
export function bandLine(
  { lo, hi, level, inner }: Prediction['ttft'],
  print: (value: number) => string,
): readonly string[] {
  const share = (at: number): string => `${Math.round(at * 100)} %`
  const { band } = text.value.figure
  return [band(share(inner.level), rangeText(inner.lo, inner.hi, print)), band(share(level), rangeText(lo, hi, print))]
}

export function known(figure: Known, print: (value: number) => string): string {
  return isKnown(figure) ? print(figure.value) : text.value.figure.unknown
}

export function joules(value: number): string {
  return formatSi(value, 'J')
}

function watts(value: number): string {
  return formatSi(value, 'W')
}

function base(answer: DeploymentAnswer, what: string, value: string): Evidence {
  const { model, chip, chips, evidence } = answer.step.prediction
  return {
    title: `${text.value.head.on(model.name, formatCount(chips), chip.name)}: ${what}`,
    value,
    tier: evidence.tier,
    reason: evidence.reason,
    notes: evidence.notes,
  }
}

function layoutText({ step }: DeploymentAnswer): string {
  return text.value.evidence.layout(step.prediction.layout)
}

function runningText({ step }: DeploymentAnswer): string {
  const { batch, workload } = step.prediction
  return text.value.evidence.running(formatRate(batch.running), formatCount(workload.concurrency))
}

function priceText(hour: Known): string[] {
  if (!isKnown(hour)) return [hour.unknown]
  const t = text.value.evidence
  const { low, high, value, source, note, date } = hour
  const range = low === undefined || high === undefined || low === high ? '' : ` (${rangeText(low, high, dollars)})`
  const whence = source === 'given' ? t.given : (note ?? source)
  return [t.price(`${dollars(value)}${range}`, whence, date === undefined ? '' : `, ${date}`)]
}

function dollars(value: number): string {
  return formatUnit(value, 'USD')
}

function chipText({ chip }: DeploymentAnswer): string[] {
  const t = text.value.evidence
  return [
    ...chip.memory.flatMap(({ name, bandwidth }) =>
      isKnown(bandwidth) ? [t.bandwidth(name, formatSi(bandwidth.value, 'B/s'))] : [],
    ),
    ...Object.entries(chip.peak).flatMap(([format, peak]) =>
      isKnown(peak) ? [t.peak(format, formatSi(peak.value, 'FLOP/s'))] : [],
    ),
  ]
}

function chipSources(answer: DeploymentAnswer): Source[] {
  const { memory, peak } = answer.chip
  const figures = [...memory.flatMap(({ capacity, bandwidth }) => [capacity, bandwidth]), ...Object.values(peak)]
  return cited(answer, [...figures.flatMap(sourceIds), ...answer.step.prediction.evidence.sources])
}

function sourceIds(figure: Known): string[] {
  return isKnown(figure) ? [figure.source] : []
}

function cited({ sources }: DeploymentAnswer, ids: readonly string[]): Source[] {
  return [...new Set(ids)].flatMap((id) => sources[id] ?? [])
}
