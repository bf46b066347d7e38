import {
  type Chip,
  type Known,
  type Prediction,
  type Scenario,
  formatBytes,
  formatSeconds,
  formatSi,
  formatUsd,
  isKnown,
  meanLength,
  tokensPerStep,
} from '../../src/index.ts'
import { hourlyText, knownText, rateText, sourceOf } from '../view/figure.ts'
import type { Explanation } from '../view/explanation.ts'

/** Formula, values and sources of every headline number of a prediction. */
export function predictionExplanations(prediction: Prediction, scenario: Scenario): Explanation[] {
  return [
    ttftExplanation(prediction, scenario),
    tpotExplanation(prediction, scenario),
    throughputExplanation(prediction),
    memoryExplanation(prediction, scenario.chip),
    energyExplanation(prediction, scenario.chip),
    costExplanation(prediction, scenario),
  ]
}

function ttftExplanation({ ttft, prefillStep, batch }: Prediction, scenario: Scenario): Explanation {
  const rest = difference(ttft.value, prefillStep.seconds)
  return {
    quantity: 'Time to first token',
    formula: 'prefill of one prompt + waiting (step under way, prompts ahead, admission) + request overhead',
    values: `${formatSeconds(prefillStep.seconds)} + ${formatSeconds(rest)} = ${formatSeconds(ttft.value)}`,
    inputs: [
      `prompt of ${rateText(meanLength(scenario.workload.isl, scenario.workload.spread))} tokens on average`,
      `${rateText(batch.waiting)} of ${scenario.workload.concurrency} clients wait or are in prefill on average`,
      ...chipInputs(scenario.chip),
    ],
    sources: chipSources(scenario.chip),
  }
}

function tpotExplanation({ tpot, decodeStep, batch }: Prediction, scenario: Scenario): Explanation {
  const perStep = tokensPerStep(scenario.speculation)
  const pure = decodeStep.seconds / perStep
  const drafting = perStep === 1 ? '' : ' and drafting'
  return {
    quantity: 'Time per output token',
    formula: `decode step / tokens per step + time that prompts of others${drafting} take`,
    values: `${formatSeconds(decodeStep.seconds)} / ${rateText(perStep)} + ${formatSeconds(difference(tpot.value, pure))} = ${formatSeconds(tpot.value)}`,
    inputs: [
      `${rateText(batch.running)} sequences decode at once on average`,
      ...(scenario.speculation === undefined
        ? []
        : [
            `tokens per step = 1 + a + … + a^d with d = ${scenario.speculation.draft}, a = ${scenario.speculation.acceptance}`,
          ]),
      'the parts of the step are listed above',
    ],
    sources: chipSources(scenario.chip),
  }
}

function throughputExplanation({ throughput, ttft, tpot, workload }: Prediction): Explanation {
  const output = meanLength(workload.osl, workload.spread)
  const residence = ttft.value + tpot.value * (output - 1)
  return {
    quantity: 'Output tokens per second',
    formula: 'clients · output tokens / (TTFT + TPOT · (output tokens − 1)); per user 1 / TPOT',
    values: `${workload.concurrency} · ${rateText(output)} / ${formatSeconds(residence)} = ${rateText(throughput.output.value)}`,
    inputs: [`per user: 1 / ${formatSeconds(tpot.value)} = ${rateText(throughput.perUser.value)} tokens/s`],
    sources: [],
  }
}

function memoryExplanation({ memory }: Prediction, chip: Chip): Explanation {
  const parts = ['weights', 'cache', 'activations', 'reserve', 'free'] as const
  return {
    quantity: 'Memory of one chip',
    formula: 'weights + KV cache + activations + kept free by the engine + free = capacity',
    values: `${parts.map((part) => formatBytes(memory[part])).join(' + ')} = ${formatBytes(memory.capacity)}`,
    inputs: [],
    sources: chip.memory.flatMap(({ capacity }) => sourceOf(capacity)),
  }
}

function energyExplanation({ energy, throughput }: Prediction, chip: Chip): Explanation {
  return {
    quantity: 'Energy per output token',
    formula: 'power of the deployment at the meter / output tokens per second',
    values: isKnown(energy.power)
      ? `${formatSi(energy.power.value, 'W')} / ${rateText(throughput.output.value)}/s = ${knownText(energy.perOutputToken, joules)}`
      : knownText(energy.power, joules),
    inputs:
      isKnown(energy.power) && energy.power.note !== undefined ? [`full-load power from: ${energy.power.note}`] : [],
    sources: [...sourceOf(chip.power.tdp), ...sourceOf(chip.power.allIn)],
  }
}

function joules(value: number): string {
  return formatSi(value, 'J')
}

function costExplanation({ cost, chips, throughput }: Prediction, { utilisation }: Scenario): Explanation {
  const hour = cost.chipHour
  const rate = rateText(throughput.output.value)
  return {
    quantity: '$ per million output tokens',
    formula: 'chips · $ per chip-hour / utilisation / (output tokens per second · 3600) · 10⁶',
    values: isKnown(hour)
      ? `${chips} · ${hourlyText(hour.value)} / ${utilisation} / (${rate} · 3600) · 10⁶ = ${knownText(cost.perMtokOutput, formatUsd)}`
      : knownText(hour, hourlyText),
    inputs: isKnown(hour) ? [priceText(hour)] : [],
    sources: sourceOf(hour),
  }
}

function priceText({ value, low, high, note, date, basis }: Extract<Known, { value: number }>): string {
  const range = low === undefined || high === undefined ? '' : ` (${hourlyText(low)} … ${hourlyText(high)})`
  return `chip-hour ${hourlyText(value)}${range}, ${basis}${note === undefined ? '' : `: ${note}`}${date === undefined ? '' : `, ${date}`}`
}

/** What is left of `whole`; 0 when only rounding is. */
function difference(whole: number, part: number): number {
  return Math.abs(whole - part) < 1e-9 * whole ? 0 : whole - part
}

function chipInputs(chip: Chip): string[] {
  const peaks = Object.entries(chip.peak)
    .filter(([, peak]) => isKnown(peak))
    .map(([format, peak]) => `${format} ${knownText(peak, (flops) => formatSi(flops, 'FLOP/s'))}`)
  const tiers = chip.memory.map(
    ({ name, bandwidth }) => `${name} ${knownText(bandwidth, (rate) => formatSi(rate, 'B/s'))}`,
  )
  return [`${chip.name}: ${tiers.join(', ')}; dense peaks ${peaks.join(', ')}`]
}

function chipSources(chip: Chip): string[] {
  return [...chip.memory.flatMap(({ bandwidth }) => sourceOf(bandwidth)), ...Object.values(chip.peak).flatMap(sourceOf)]
}
