import {
  type MemoryMap,
  type PredictedBand,
  type Prediction,
  type StepBreakdown,
  formatBytes,
  formatCount,
  formatPercent,
  formatSeconds,
  formatSi,
  formatUsd,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { bar } from './bar.ts'
import { bandRange, hourlyText, knownText, paramText, rateText, shareText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { padEnd, padStart, printable, textWidth } from './text.ts'

/** One deployment, the way a reader asks: how fast, does it fit, where the time goes, what it costs, how sure. */
export function predictionPage(prediction: Prediction, page: Page, io: Io): Page {
  const { evidence, memory } = prediction
  return page
    .title(titleText(prediction))
    .text(loadText(prediction))
    .block(speedTable(prediction, io))
    .section(`Memory of one chip, ${formatBytes(memory.capacity)}`, memoryBars(memory, io))
    .section(stepHeading('Decode step', prediction.decodeStep), waterfallText(prediction.decodeStep, io))
    .section(stepHeading('Prefill of one prompt', prediction.prefillStep), waterfallText(prediction.prefillStep, io))
    .section('Energy and cost', costTable(prediction, io))
    .notes(`Evidence: ${evidence.tier}`, [evidence.reason, ...draftNotes(prediction), ...evidence.notes].map(printable))
}

// Nobody said whether drafts are on: what the other way gives.
function draftNotes({ drafts }: Prediction): string[] {
  if (drafts === undefined) return []
  const { assumed, other } = drafts
  const not = assumed === 'on' ? 'without' : 'with'
  return [
    `nobody says whether drafts are on; taken as ${assumed}: ${not} them TTFT ${formatSeconds(other.ttft)}, TPOT ${formatSeconds(other.tpot)}`,
  ]
}

function titleText({ model, chip, chips, layout, precision, engine }: Prediction): string {
  const size =
    model.activeParams < model.totalParams
      ? `${paramText(model.totalParams)}, ${paramText(model.activeParams)} active`
      : paramText(model.totalParams)
  const name = printable(model.name)
  return `${name} (${size}) in ${precision} on ${formatCount(chips)} × ${printable(chip.name)} · ${layout} · ${engine}`
}

function loadText({ workload, batch }: Prediction): string {
  const { isl, osl, concurrency, spread, rounds } = workload
  const lengths = `${formatCount(isl)} tokens in, ${formatCount(osl)} out`
  const spreadText = spread < 1 ? ` (uniform from ${formatPercent(spread)} of that)` : ''
  const running = `${rateText(batch.running)} decoding and ${rateText(batch.waiting)} waiting on average`
  const room = Number.isFinite(batch.capacity) ? `, the KV cache holds ${formatCount(Math.floor(batch.capacity))}` : ''
  const howLong =
    rounds === undefined
      ? 'in the steady state'
      : `starting at once, ${formatCount(rounds)} requests each, served event by event`
  return `${lengths}${spreadText}, ${formatCount(concurrency)} clients ${howLong}: ${running}${room}.`
}

function speedTable({ ttft, tpot, throughput }: Prediction, io: Io): string {
  const row = (name: string, of: PredictedBand, print: (value: number) => string): string[] => [
    name,
    print(of.value),
    bandRange(of.inner, print),
    bandRange(of, print),
  ]
  const rows = [
    row('time to first token', ttft, formatSeconds),
    row('time per output token', tpot, formatSeconds),
    row('tokens/s per user', throughput.perUser, rateText),
    row('output tokens/s', throughput.output, rateText),
    row('output tokens/s per chip', throughput.outputPerChip, rateText),
    row('tokens/s in and out', throughput.total, rateText),
  ]
  const heads = [ttft.inner.level, ttft.level].map((level) => `${formatPercent(level)} band`)
  return tableText({ head: ['', 'predicted', ...heads], rows }, io)
}

const LABEL_ROOM = 28

function memoryBars(memory: MemoryMap, io: Io): string {
  const parts = (['weights', 'cache', 'activations', 'reserve', 'free'] as const).map((name) => ({
    name: MEMORY_NAMES[name],
    share: memory[name] / memory.capacity,
    text: formatBytes(memory[name]),
  }))
  const width = Math.max(8, Math.min(40, io.columns - LABEL_ROOM - 10))
  return parts
    .map(({ name, share, text }) =>
      `${padEnd(name, 20)}${padStart(text, 9)} ${padStart(shareText(share), 7)}  ${bar(share, width)}`.trimEnd(),
    )
    .join('\n')
}

const MEMORY_NAMES = {
  weights: 'weights',
  cache: 'KV cache',
  activations: 'activations',
  reserve: 'not for the engine',
  free: 'free',
} as const

function stepHeading(what: string, step: StepBreakdown): string {
  return `${what}, ${formatSeconds(step.seconds)}`
}

/** A time and the parts that sum to it. */
interface Waterfall {
  readonly seconds: number
  readonly parts: readonly {
    readonly name: string
    readonly count: number
    readonly seconds: number
    readonly bound: string
  }[]
}

/** The parts of a step as a waterfall: each bar starts where the one before it ends. */
export function waterfallText(step: Waterfall, io: Io): string {
  const rows = step.parts.map((part) => ({
    name: part.count > 1 ? `${part.name} × ${formatCount(part.count)}` : part.name,
    time: formatSeconds(part.seconds),
    share: part.seconds / step.seconds,
    bound: part.bound,
  }))
  const nameWidth = Math.max(...rows.map(({ name }) => textWidth(name)))
  const boundWidth = Math.max(...rows.map(({ bound }) => bound.length))
  const width = Math.min(48, io.columns - nameWidth - boundWidth - 23)
  let before = 0
  return rows
    .map(({ name, time, share, bound }) => {
      const line = `${padEnd(name, nameWidth)} ${padStart(time, 9)} ${padStart(shareText(share), 7)}  ${padEnd(bound, boundWidth)}`
      const drawn = width >= 6 ? `  ${' '.repeat(Math.floor(before * width))}${bar(share, width)}` : ''
      before += share
      return (line + drawn).trimEnd()
    })
    .join('\n')
}

function costTable({ energy, cost }: Prediction, io: Io): string {
  const rows = [
    ['power of the deployment', knownText(energy.power, (watts) => formatSi(watts, 'W'))],
    ['energy per output token', knownText(energy.perOutputToken, (joules) => formatSi(joules, 'J'))],
    ['price of a chip-hour', knownText(cost.chipHour, hourlyText)],
    ['$ per million output tokens', `${knownText(cost.perMtokOutput, formatUsd)}`],
    ['$ per million tokens in and out', knownText(cost.perMtokTotal, formatUsd)],
    ['split: per million in', knownText(cost.split.input, formatUsd)],
    ['split: per million out', knownText(cost.split.output, formatUsd)],
  ]
  return tableText({ head: ['', ''], rows, left: [0, 1] }, io)
}
