import {
  type Scenario,
  type SimulatedScenario,
  TICKS_PER_SECOND,
  formatBytes,
  formatCount,
  formatPercent,
  formatSeconds,
  isKnown,
  storeOf,
} from '../../src/index.ts'
import { rateText, sourceOf } from '../view/figure.ts'
import type { Explanation } from '../view/explanation.ts'

/** How a run's step times, cache and headline figures came about. */
export function simulationExplanations(scenario: Scenario, served: SimulatedScenario): Explanation[] {
  return [
    stepExplanation(scenario, served),
    cacheExplanation(scenario, served),
    ...latencyExplanations(served),
    rateExplanation(served),
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

function cacheExplanation({ chip }: Scenario, { settings, run }: SimulatedScenario): Explanation {
  const { blocks, blockSize } = settings
  const store = storeOf(chip)
  const capacity =
    store !== undefined && isKnown(store.capacity) ? [`memory of a chip: ${formatBytes(store.capacity.value)}`] : []
  return {
    quantity: 'KV cache',
    formula: 'blocks × tokens of a block; peak use over the run',
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
