import {
  type Cell,
  type Comparison,
  type OperatingPoint,
  type Prediction,
  formatBytes,
  formatCount,
  formatSi,
  formatUsd,
  isKnown,
} from '../../src/index.ts'
import type { Explanation } from '../view/explanation.ts'
import { hourlyText, knownText, rateText } from '../view/figure.ts'

/** How the numbers of every cell come about: machines to hold the model, cost and energy of a token, training. */
export function comparisonExplanations(comparison: Comparison): Explanation[] {
  return comparison.cells.flatMap((cell) => [
    holdExplanation(cell),
    ...pointExplanations(cell, cell.cheapest, 'cheapest'),
    ...pointExplanations(cell, cell.fast, `at ≥ ${formatCount(comparison.userSpeed)} tokens/s per user`),
    ...trainingExplanations(cell, comparison),
  ])
}

function cellName({ model, chip }: Cell): string {
  return `${model} on ${chip}`
}

function holdExplanation(cell: Cell): Explanation {
  const { weightBytes, machinesToHold } = cell
  return {
    quantity: `${cellName(cell)}: machines to hold the weights`,
    formula: '⌈bytes of all weights / memory of one machine⌉, no KV cache, nothing else',
    values: `⌈${formatBytes(weightBytes)} / capacity⌉ = ${formatCount(machinesToHold)}`,
    inputs: [],
    sources: [],
  }
}

function pointExplanations(cell: Cell, point: OperatingPoint, what: string): Explanation[] {
  if ('unreachable' in point) return []
  return [costExplanation(cell, point, what), energyExplanation(cell, point, what)]
}

function costExplanation(cell: Cell, point: Prediction, what: string): Explanation {
  const { chips, throughput, cost, workload, layout, tpot } = point
  const hour = cost.chipHour
  return {
    quantity: `${cellName(cell)}, ${what}: $ per million output tokens`,
    formula: 'machines · $ per machine-hour / (output tokens per second · 3600) · 10⁶',
    values: isKnown(hour)
      ? `${formatCount(chips)} · ${hourlyText(hour.value)} / (${rateText(throughput.output.value)} · 3600) · 10⁶ = ${knownText(cost.perMtokOutput, formatUsd)}`
      : knownText(hour, hourlyText),
    inputs: [
      `${layout}, ${formatCount(workload.concurrency)} clients; one user gets 1 / ${formatSi(tpot.value, 's')} = ${rateText(throughput.perUser.value)} tokens/s`,
      ...(isKnown(hour) && hour.note !== undefined ? [`price: ${hour.note}`] : []),
    ],
    sources: isKnown(hour) ? [hour.source, ...point.evidence.sources] : point.evidence.sources,
  }
}

function energyExplanation(cell: Cell, { energy, throughput }: Prediction, what: string): Explanation {
  const { power, perOutputToken } = energy
  return {
    quantity: `${cellName(cell)}, ${what}: J per output token`,
    formula: 'power at the meter / output tokens per second',
    values: isKnown(power)
      ? `${formatSi(power.value, 'W')} / ${rateText(throughput.output.value)}/s = ${knownText(perOutputToken, (value) => formatSi(value, 'J'))}`
      : knownText(power, (value) => formatSi(value, 'W')),
    inputs: [],
    sources: [],
  }
}

function trainingExplanations(cell: Cell, { trainingTokens }: Comparison): Explanation[] {
  const { run, chipHours, cost } = cell.training
  if (run === undefined || !isKnown(chipHours)) return []
  const seconds = formatSi(run.timePerToken.total, 's')
  return [
    {
      quantity: `${cellName(cell)}: training chip-hours`,
      formula: 'tokens · chip-time per token · overhead of the run / 3600 s; cost = chip-hours · $ per chip-hour',
      values: `${formatCount(trainingTokens)} · ${seconds} · ${run.runOverhead.toPrecision(4)} / 3600 s = ${formatCount(chipHours.value)}; ${knownText(cost, formatUsd)}`,
      inputs: [
        `${formatCount(run.chips)} chips, MFU ${(run.mfu.value * 100).toFixed(1)} %: "pincer train --explain" has its causes`,
      ],
      sources: [],
    },
  ]
}
