import {
  type DenseRival,
  type TrainingInput,
  type TrainingPrediction,
  formatBytes,
  formatCount,
  formatPercent,
  formatSeconds,
  formatSi,
  formatUsd,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { bar } from './bar.ts'
import { NOT_KNOWN, rangeText, shareText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { padEnd, padStart, paragraph, printable } from './text.ts'

type TrainingEstimate = TrainingPrediction['chipHours']

/** One training run: what it takes, where the chip-time goes, what one chip holds. */
export function trainingPage(run: TrainingPrediction, input: TrainingInput, page: Page, io: Io): Page {
  return page
    .title(titleText(run, input))
    .text(setupText(run))
    .block(resultTable(run, io))
    .section(`Chip-time per token, ${formatSeconds(run.timePerToken.total)}`, timeBars(run, io))
    .section('Memory of one chip', paragraph('', memoryText(run), io.columns))
    .notes('Remarks', run.notes.map(printable))
}

function titleText({ model, chip, chips, precision }: TrainingPrediction, { tokens }: TrainingInput): string {
  const run = tokens === undefined ? '' : ` on ${formatCount(tokens)} tokens`
  return `Training ${printable(model)}${run}: ${formatCount(chips)} × ${printable(chip)}, ${precision}`
}

function setupText({ mapping, batch, minimumChips, schedule }: TrainingPrediction): string {
  const { tp, pp, dp, ep, zero } = mapping
  const order = pp > 1 ? `, ${schedule} pipeline` : ''
  const parallel = `tp ${tp} × pp ${pp} × dp ${formatCount(dp)}${ep > 1 ? `, ep ${formatCount(ep)}` : ''}, ZeRO-${zero}, ${recomputeText(mapping)} recomputation${order}`
  return `${parallel}; steps of ${formatCount(batch.tokens)} tokens in sequences of ${formatCount(batch.sequence)}; optimizer state alone needs ${formatCount(minimumChips)} chips.`
}

function recomputeText({ recompute, recomputeShare }: TrainingPrediction['mapping']): string {
  return recomputeShare === undefined ? recompute : `${recompute} (in ${formatPercent(recomputeShare)} of the layers)`
}

function resultTable(run: TrainingPrediction, io: Io): string {
  const rows = [
    estimateRow('chip-hours', run.chipHours, formatCount),
    estimateRow('time', run.seconds, daysText),
    estimateRow('cost', run.usd, formatUsd),
    estimateRow('energy at the meter', run.joules, (joules) => formatSi(joules / 3600, 'Wh')),
    estimateRow('MFU', run.mfu, formatPercent),
    estimateRow('tokens/s per chip', run.tokensPerSecondPerChip, formatCount),
    ['model FLOPs', typeof run.flops === 'number' ? run.flops.toExponential(2) : NOT_KNOWN, ''],
  ]
  return tableText({ head: ['', 'predicted', '90 % band'], rows }, io)
}

function estimateRow(name: string, of: TrainingEstimate, print: (value: number) => string): string[] {
  if ('unknown' in of) return [name, NOT_KNOWN, of.unknown]
  return [name, print(of.value), rangeText(of.band90[0], of.band90[1], print)]
}

const DAY = 86_400

function daysText(seconds: number): string {
  return seconds < DAY
    ? `${(seconds / 3600).toPrecision(3)} hours`
    : `${formatCount(Number((seconds / DAY).toPrecision(3)))} days`
}

const EQUAL: Readonly<Record<DenseRival['equal'], string>> = {
  flops: 'equal FLOPs per token',
  krajewski: 'equal loss (Krajewski et al. 2024)',
  'geometric-mean': 'equal loss (√(all · active), a rule of thumb)',
}

/** The mixture's hours beside those of dense models that it can be held against. */
export function rivalTable(run: TrainingPrediction, rivals: readonly DenseRival[], io: Io): string {
  const rows = rivals.map(({ equal, params, run: dense, hoursRatio }) => [
    EQUAL[equal],
    `${formatCount(Number((params / 1e9).toPrecision(3)))} B`,
    'unknown' in dense.chipHours ? NOT_KNOWN : formatCount(dense.chipHours.value),
    typeof hoursRatio === 'number' ? `×${hoursRatio.toPrecision(3)}` : NOT_KNOWN,
  ])
  return tableText({ head: ['dense model of', 'parameters', 'chip-hours', `${printable(run.model)} / it`], rows }, io)
}

/** Causes of chip-time, in the order they are shown. */
export const TIME_NAMES = {
  ideal: 'model FLOPs at the peak',
  gemm: 'products below the peak',
  groupedGemm: 'expert products below that',
  attention: 'attention below the peak',
  recompute: 'recomputation',
  elementwise: 'norms and copies',
  tensorParallel: 'tensor parallel exchange',
  expertParallel: 'expert exchange',
  dataParallel: 'gradient exchange',
  optimizer: 'optimizer',
  bubble: 'pipeline: idling, hops',
} as const

function timeBars({ timePerToken }: TrainingPrediction, io: Io): string {
  const width = Math.max(8, Math.min(40, io.columns - 50))
  return Object.entries(TIME_NAMES)
    .map(([cause, name]) => ({ name, seconds: timePerToken[cause as keyof typeof TIME_NAMES] }))
    .filter(({ seconds }) => seconds > 0)
    .map(({ name, seconds }) => {
      const share = seconds / timePerToken.total
      return `${padEnd(name, 27)}${padStart(formatSeconds(seconds), 9)} ${padStart(shareText(share), 7)}  ${bar(share, width)}`.trimEnd()
    })
    .join('\n')
}

function memoryText({ memory }: TrainingPrediction): string {
  const parts = (['weights', 'gradients', 'optimizer', 'activations'] as const).map(
    (part) => `${part} ${formatBytes(memory[part])}`,
  )
  return `${parts.join(' + ')} = ${formatBytes(memory.total)}`
}
