import {
  type TrainingInput,
  type TrainingPrediction,
  formatCount,
  formatPercent,
  formatSeconds,
  formatSi,
  formatUsd,
} from '../../src/index.ts'
import type { Explanation } from '../view/explanation.ts'
import { hourlyText, knownText, sourceOf } from '../view/figure.ts'
import { TIME_NAMES } from '../view/training.ts'

/** Formula, values and sources of every headline number of a training run. */
export function trainingExplanations(run: TrainingPrediction, input: TrainingInput): Explanation[] {
  return [
    flopsExplanation(run, input),
    mfuExplanation(run, input),
    hoursExplanation(run, input),
    ...moneyExplanations(run, input),
  ]
}

function flopsExplanation(
  { flopsPerToken, flops, flops6nd }: TrainingPrediction,
  { tokens }: TrainingInput,
): Explanation {
  const values =
    tokens === undefined || typeof flops !== 'number'
      ? `${formatSi(flopsPerToken, 'FLOP')} per token`
      : `${formatSi(flopsPerToken, 'FLOP')} · ${formatCount(tokens)} = ${flops.toExponential(3)} FLOP`
  return {
    quantity: 'Model FLOPs',
    formula: '3 · forward FLOPs of every operator per token (attention included, recomputation excluded) · tokens',
    values,
    inputs:
      typeof flops6nd === 'number'
        ? [`for comparison 6 · active parameters · tokens = ${flops6nd.toExponential(3)} FLOP`]
        : [],
    sources: [],
  }
}

function mfuExplanation({ timePerToken, mfu }: TrainingPrediction, input: TrainingInput): Explanation {
  const { ideal, total } = timePerToken
  return {
    quantity: 'MFU',
    formula: 'model FLOPs at the dense peak / chip-time per token; the causes of the difference are listed above',
    values: `${formatSeconds(ideal)} / ${formatSeconds(total)} = ${formatPercent(mfu.value)}`,
    inputs: Object.entries(TIME_NAMES).map(
      ([cause, name]) => `${name}: ${formatSeconds(timePerToken[cause as keyof typeof TIME_NAMES])}`,
    ),
    sources: typeof input.chip === 'string' ? [] : Object.values(input.chip.peak).flatMap(sourceOf),
  }
}

function hoursExplanation(
  { timePerToken, runOverhead, chipHours }: TrainingPrediction,
  { tokens }: TrainingInput,
): Explanation {
  const values =
    tokens === undefined || 'unknown' in chipHours
      ? 'n/a — the number of training tokens is not stated'
      : `${formatCount(tokens)} · ${formatSeconds(timePerToken.total)} · ${runOverhead.toPrecision(4)} / 3600 s = ${formatCount(chipHours.value)}`
  return {
    quantity: 'Chip-hours',
    formula: 'tokens · chip-time per token · overhead of the whole run (restarts, evaluation, schedule)',
    values,
    inputs: [],
    sources: [],
  }
}

function moneyExplanations({ chipHours, usd, joules }: TrainingPrediction, input: TrainingInput): Explanation[] {
  if ('unknown' in chipHours) return []
  const hours = formatCount(chipHours.value)
  const { usdPerChipHour: price, wattsPerChip: watts } = input
  return [
    ...(price === undefined || 'unknown' in usd
      ? []
      : [
          {
            quantity: 'Cost',
            formula: 'chip-hours · $ per chip-hour',
            values: `${hours} · ${knownText(price, hourlyText)} = ${formatUsd(usd.value)}`,
            inputs: [],
            sources: sourceOf(price),
          },
        ]),
    ...(watts === undefined || 'unknown' in joules
      ? []
      : [
          {
            quantity: 'Energy',
            formula: 'chip-hours · power per chip at the meter, host and cooling included',
            values: `${hours} · ${knownText(watts, (value) => formatSi(value, 'W'))} = ${formatSi(joules.value / 3600, 'Wh')}`,
            inputs: [],
            sources: sourceOf(watts),
          },
        ]),
  ]
}
