import { type Fits, type HeldFit, formatBytes, formatCount, formatUsd, isKnown } from '../../src/index.ts'
import type { Explanation } from '../view/explanation.ts'
import { hourlyText, knownText, rateText, sourceOf } from '../view/figure.ts'

/** How many chips, users and dollars of every machine that holds the model. */
export function fitExplanations(fits: Fits): Explanation[] {
  return fits.rows.flatMap((row) => (row.status === 'fits' ? [memoryExplanation(row, fits), costExplanation(row)] : []))
}

function memoryExplanation(row: HeldFit, { users, context }: Fits): Explanation {
  const { memory } = row
  const parts = ['weights', 'cache', 'activations', 'reserve', 'free'] as const
  return {
    quantity: `${row.chip.name}: ${formatCount(row.chips)} chips`,
    formula:
      'the fewest whose memory takes weights + KV cache + activations + what the engine leaves alone; the rest is free',
    values: `${parts.map((part) => formatBytes(memory[part])).join(' + ')} = ${formatBytes(memory.capacity)}`,
    inputs: [
      `${formatCount(users)} users of ${formatCount(context)} tokens, ${formatBytes(row.kvBytesPerUser)} each; ${formatCount(row.usersHeld)} would fit`,
      `${formatCount(row.replicas)} replicas, ${row.layout}`,
    ],
    sources: [],
  }
}

function costExplanation(row: HeldFit): Explanation {
  const { usdPerHour, output } = row
  return {
    quantity: `${row.chip.name}: $ per million output tokens`,
    formula: '$ per hour of all chips / (output tokens per second · 3600) · 10⁶',
    values: isKnown(usdPerHour)
      ? `${hourlyText(usdPerHour.value)} / (${rateText(output)} · 3600) · 10⁶ = ${knownText(row.usdPerMtokOutput, formatUsd)}`
      : knownText(usdPerHour, hourlyText),
    inputs: [],
    sources: sourceOf(usdPerHour),
  }
}
