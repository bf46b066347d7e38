import {
  type Scenario,
  type SimulatedScenario,
  TICKS_PER_SECOND,
  fleetSize,
  formatBytes,
  formatCount,
  formatPercent,
  formatSeconds,
  formatSi,
  formatUsd,
  isKnown,
  storeOf,
} from '../../src/index.ts'
import { hourlyText, knownText, rateText, sourceOf } from '../view/figure.ts'
import type { Explanation } from '../view/explanation.ts'
import type { SimulationView } from '../view/simulation.ts'

/** How a run's step times, cache and headline figures came about. */
export function simulationExplanations({ scenario, served, offered }: SimulationView): Explanation[] {
  return [
    stepExplanation(scenario, served),
    cacheExplanation(scenario, served),
    ...latencyExplanations(served),
    rateExplanation(served),
    ...saturationExplanation(offered),
    ...billExplanations(served),
  ]
}

function stepExplanation({ chip, engine }: Scenario, { timer }: SimulatedScenario): Explanation {
  const at = (tokens: number): string => formatSeconds((timer.tokens[tokens] ?? 0) / TICKS_PER_SECOND)
  const each = (ticks: number): string => formatSeconds(ticks / TICKS_PER_SECOND)
  return {
    quantity: 'Time of a step',
    formula: 'by tokens in it + per decoding sequence + per cached token read + per (query, key) pair of prompts',
    values: `1 token ${at(1)}, 64 tokens ${at(64)}, 2,048 tokens ${at(2048)}; + ${each(timer.perSequence ?? 0)} + ${each(timer.perCached)} + ${each(timer.perPair)} each`,
    inputs: [
      `tabulated from the step that "pincer predict" prints, ${engine} overheads included; within a few percent of it`,
    ],
    sources: chip.memory.flatMap(({ bandwidth }) => sourceOf(bandwidth)),
  }
}

function cacheExplanation({ chip }: Scenario, { settings, run, fleet }: SimulatedScenario): Explanation {
  const { blockSize } = settings
  const { blocks } = fleetSize(fleet)
  const store = storeOf(chip)
  const capacity =
    store !== undefined && isKnown(store.capacity) ? [`memory of a chip: ${formatBytes(store.capacity.value)}`] : []
  return {
    quantity: 'KV cache',
    formula: 'blocks of all engines × tokens of a block; peak use over the run',
    values: `${formatCount(blocks)} × ${blockSize} = ${formatCount(blocks * blockSize)} tokens, ${formatPercent(run.peakBlocks / blocks)} used at most`,
    inputs: capacity,
    sources: store === undefined ? [] : sourceOf(store.capacity),
  }
}

function latencyExplanations({ summary }: SimulatedScenario): Explanation[] {
  const rows = [
    ['Time to first token', 'first token − arrival, over finished requests', summary.ttft],
    ['Time per output token', '(end − first token) / (tokens − 1), by request', summary.tpot],
  ] as const
  return rows.flatMap(([quantity, formula, of]) =>
    'unknown' in of
      ? []
      : [
          {
            quantity,
            formula,
            values: `mean of ${formatCount(of.count)} = ${formatSeconds(of.mean)}; 99 % within ${formatSeconds(of.p99)}`,
            inputs: ['quantiles are linear between order statistics'],
            sources: [],
          },
        ],
  )
}

function rateExplanation({ summary, run }: SimulatedScenario): Explanation {
  return {
    quantity: 'Requests per second',
    formula: 'finished requests / (last end − first arrival)',
    values: `${formatCount(run.finished)} / ${formatSeconds(summary.span)} = ${rateText(summary.requestRate)}`,
    inputs: [],
    sources: [],
  }
}

function saturationExplanation(offered: SimulationView['offered']): Explanation[] {
  if (offered === undefined || 'unknown' in offered) return []
  return [
    {
      quantity: 'Offered load',
      formula: 'ρ = requests per second that come / requests of the same mix per second that a backlog is served at',
      values: `${rateText(offered.offered)} / ${rateText(offered.capacity)} = ${offered.rho.toFixed(3)}`,
      inputs: [],
      sources: [],
    },
  ]
}

function billExplanations({ bill, chips, summary }: SimulatedScenario): Explanation[] {
  const { cost, energy, chipHours } = bill
  const span = formatSeconds(summary.span)
  const money: Explanation = {
    quantity: 'Cost of the run',
    formula: 'chips × time from the first arrival to the last end × $ per chip-hour',
    values: isKnown(cost.chipHour)
      ? `${chips} × ${span} = ${chipHours.toPrecision(3)} chip-hours at ${hourlyText(cost.chipHour.value)}: ${knownText(cost.total, formatUsd)}`
      : knownText(cost.chipHour, hourlyText),
    inputs: isKnown(cost.chipHour) && cost.chipHour.note !== undefined ? [cost.chipHour.note] : [],
    sources: sourceOf(cost.chipHour),
  }
  const watts = (value: number): string => formatSi(value, 'W')
  const power: Explanation = {
    quantity: 'Power at the meter',
    formula: 'full load during steps, idle between them, with host, cooling and distribution',
    values: `${formatPercent(summary.utilisation)} of the time in steps: ${knownText(energy.power, watts)}; × ${span} = ${knownText(energy.total, (joules) => formatSi(joules, 'J'))}`,
    inputs: isKnown(energy.power) && energy.power.note !== undefined ? [energy.power.note] : [],
    sources: sourceOf(energy.power),
  }
  return [money, power]
}
