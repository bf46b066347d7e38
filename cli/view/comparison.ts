import {
  type Cell,
  type Comparison,
  type OperatingPoint,
  type Prediction,
  type Relative,
  formatBytes,
  formatCount,
  formatSi,
  formatUsd,
  isKnown,
} from '../../src/index.ts'
import { type Io, paletteOf } from '../io.ts'
import { NOT_KNOWN, knownCell, rateText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { printable } from './text.ts'

const POINTS = ['cheapest', 'fast'] as const
type Point = (typeof POINTS)[number]

/** The 2 × 2 as grids of the cost of a token; in detail each operating point in full, memory and training too. */
export function comparisonPage(comparison: Comparison, page: Page, io: Io, isDetailed: boolean): Page {
  page.title(titleText(comparison)).text(settingText(comparison))
  for (const point of POINTS) {
    page.section(headingOf(point, comparison), gridText(comparison, point, io))
    if (isDetailed) page.block(pointTable(comparison, point, io))
  }
  if (!isDetailed) return page.notes('Remarks', unreached(comparison))
  return page
    .section('To hold the model, and to train it', trainingTable(comparison, io))
    .notes('Remarks', remarks(comparison))
}

/** The pincer, with the kinds of models and machines in the order they were asked for. */
function titleText({ cells }: Comparison): string {
  const kinds = (labels: readonly string[]): string => `{${[...new Set(labels)].join(', ')}}`
  const models = kinds(cells.map(({ arm }) => armName(arm)))
  return `The pincer: ${models} × ${kinds(cells.map(({ machine }) => (machine === 'sram' ? 'SRAM machine' : 'GPU')))}`
}

function armName(arm: Cell['arm']): string {
  return arm === 'sparse' ? 'MoE' : 'dense'
}

function settingText({ workload, precision, trainingTokens, cells, baseline }: Comparison): string {
  const base = cells[baseline]
  const load = `${formatCount(workload.isl)} tokens in, ${formatCount(workload.osl)} out`
  const training = `trained on ${formatCount(trainingTokens)} tokens`
  const against = base === undefined ? '' : ` Relative figures (×) are against ${cellName(base)}.`
  return `${load}, weights in ${precision}; ${training}.${against}`
}

function headingOf(point: Point, { userSpeed }: Comparison): string {
  return point === 'cheapest' ? 'Cheapest per token' : `Cheapest at ≥ ${formatCount(userSpeed)} tokens/s per user`
}

function cellName(cell: Cell): string {
  return `${modelName(cell)} on ${printable(cell.chip)}`
}

/** The model's name where a prediction tells it, else its id. */
function modelName({ model, cheapest, fast }: Cell): string {
  const known = [cheapest, fast].find(isReached)
  return printable(known === undefined ? model : known.model.name)
}

/** $ per million output tokens: models down, machines across. */
function gridText({ cells, relative }: Comparison, point: Point, io: Io): string {
  const models = [...new Set(cells.map(({ model }) => model))]
  const chips = [...new Set(cells.map(({ chip }) => chip))]
  const rows = models.map((model) => {
    const first = cells.find((cell) => cell.model === model)
    const costs = chips.map((chip) => {
      const index = cells.findIndex((cell) => cell.model === model && cell.chip === chip)
      const cell = cells[index]
      if (cell === undefined) return NOT_KNOWN
      const ratio = relative[index]?.[point].costPerToken
      return stacked(costOf(cell[point]), ratio?.value, io)
    })
    return [first === undefined ? model : `${armName(first.arm)}: ${modelName(first)}`, ...costs]
  })
  return tableText({ head: ['$ per million output tokens', ...chips.map(printable)], rows }, io)
}

function costOf(point: OperatingPoint): string {
  return isReached(point) ? knownCell(point.cost.perMtokOutput, formatUsd) : '—'
}

function isReached(point: OperatingPoint): point is Prediction {
  return 'schema' in point
}

function pointTable({ cells, relative }: Comparison, point: Point, io: Io): string {
  const head = ['', 'clients', 'tokens/s per user', 'tokens/s per machine', '$ per Mtok out', 'J per token out']
  const rows = cells.map((cell, i) => pointRow(cell, cell[point], relative[i]?.[point] ?? {}, io))
  return tableText({ head, rows }, io)
}

function pointRow(cell: Cell, at: OperatingPoint, ratio: Relative, io: Io): string[] {
  if (!isReached(at)) return [`${modelName(cell)}\n${printable(cell.chip)}`, '—', '—', '—', '—', '—']
  const { throughput, energy, cost } = at
  return [
    `${modelName(cell)}\n${formatCount(at.chips)} × ${printable(cell.chip)}`,
    formatCount(at.workload.concurrency),
    stacked(rateText(throughput.perUser.value), ratio.perUser, io),
    stacked(rateText(throughput.outputPerChip.value), ratio.perMachine, io),
    stacked(knownCell(cost.perMtokOutput, formatUsd), ratio.costPerToken?.value, io),
    stacked(
      knownCell(energy.perOutputToken, (joules) => formatSi(joules, 'J')),
      ratio.energyPerToken,
      io,
    ),
  ]
}

/** A figure with its ratio to the baseline on a line below. */
function stacked(text: string, ratio: number | undefined, io: Io): string {
  return ratio === undefined ? text : `${text}\n${paletteOf(io).dim(ratioText(ratio))}`
}

export function ratioText(ratio: number): string {
  return `×${Number(ratio.toPrecision(ratio >= 0.995 ? 3 : 2)).toLocaleString('en-US', { maximumSignificantDigits: 3 })}`
}

function trainingTable({ cells, relative }: Comparison, io: Io): string {
  const head = ['', 'weights', 'machines to hold them', 'training chip-hours', 'training cost']
  const rows = cells.map((cell, i) => {
    const { chipHours, cost } = cell.training
    const ratio = relative[i]?.cheapest ?? {}
    return [
      `${modelName(cell)}\n${printable(cell.chip)}`,
      formatBytes(cell.weightBytes),
      formatCount(cell.machinesToHold),
      stacked(knownCell(chipHours, formatCount), ratio.trainingChipHours, io),
      stacked(knownCell(cost, formatUsd), ratio.trainingCost, io),
    ]
  })
  return tableText({ head, rows }, io)
}

/** Why a cell is empty, and what the numbers rest on. */
function remarks(comparison: Comparison): string[] {
  const untrained = comparison.cells.flatMap(({ training }) =>
    isKnown(training.chipHours) ? [] : [`No training figures: ${training.chipHours.unknown}.`],
  )
  return [...unreached(comparison), ...new Set(untrained)]
}

function unreached({ cells, baseline }: Comparison): string[] {
  const missing = cells.flatMap((cell) =>
    POINTS.flatMap((point) => {
      const at = cell[point]
      return isReached(at) ? [] : [`${cellName(cell)}, ${point === 'fast' ? 'fast' : 'cheapest'}: ${at.unreachable}`]
    }),
  )
  return [...baselineRemark(cells, cells[baseline]), ...missing]
}

function baselineRemark(cells: readonly Cell[], base: Cell | undefined): string[] {
  if (base === undefined || (base.arm === 'dense' && base.machine === 'hbm')) return []
  const lacking = cells.some(({ machine }) => machine === 'hbm') ? 'dense model' : 'GPU'
  return [
    `No ${lacking} is among them to be the baseline: relative figures are against ${cellName(base)}, the first cell.`,
  ]
}
