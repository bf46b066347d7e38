import { type Tiers, formatBytes, formatCount, formatPercent, formatSeconds, formatSi } from '../../src/index.ts'
import type { Explanation } from '../view/explanation.ts'
import { rateText } from '../view/figure.ts'
import { routingText } from '../view/tiers.ts'

/** Formula, values and sources of every headline number of `tiers`. */
export function tiersExplanations(of: Tiers): Explanation[] {
  return [memory(of), distinct(of), allFast(of), noneFast(of), needed(of)]
}

function memory({ bytes, answer, bounds, load }: Tiers): Explanation {
  const landing = answer.experts < bounds.all.experts ? bytes.landing : 0
  const experts = answer.capacity - bytes.dense - bytes.cache - landing
  const parts = [bytes.dense, bytes.cache, landing, experts].map(formatBytes)
  return {
    quantity: 'Fast memory needed',
    formula:
      'weights every token reads + KV cache of all users + room in which experts arrive + the hottest experts, as many as bring the step within the tolerance of all-fast',
    values: `${parts.join(' + ')} = ${formatBytes(answer.capacity)}`,
    inputs: [
      `${formatCount(answer.experts)} of ${formatCount(bounds.all.experts)} experts in ${load.layers.length} layers`,
    ],
    sources: [],
  }
}

function distinct({ distinct: count, load, users, routing }: Tiers): Explanation {
  const { experts, topk } = load.layers[0]!.work
  const chance = routing.kind === 'balanced' ? ` = E·(1 − (1 − k/E)^B)` : ''
  return {
    quantity: 'Distinct experts that a step reads, per layer',
    formula: `Σ (1 − (1 − π)^B)${chance}, π the probability that a token uses the expert`,
    values: `${rateText(count)} of ${experts}`,
    inputs: [
      `E = ${experts}, k = ${topk}, B = ${formatCount(users)}; ${routingText(routing)} routing; a token’s k experts are distinct, tokens independent`,
    ],
    sources: [],
  }
}

function allFast({ bounds, machine, users }: Tiers): Explanation {
  return {
    quantity: 'All-fast (hit rate 1)',
    formula: 'users / time of a step, every layer and the head at the fast tier’s rate',
    values: `${formatCount(users)} / ${formatSeconds(bounds.all.seconds)} = ${rateText(bounds.all.tokensPerSecond)}/s`,
    inputs: [machine.notes[0] ?? ''],
    sources: machine.sources,
  }
}

function noneFast({ bounds, bytes, slowRate, machine, compute, prefetch }: Tiers): Explanation {
  const { slow } = machine
  const waited = bounds.none.seconds - bounds.all.seconds
  const inputs = [
    `${formatBytes(bytes.readPerStep)} of experts per step at ${formatSi(slowRate, 'B/s')} take ${formatSeconds(bytes.readPerStep / slowRate)}`,
    `${slow.name}: ${formatSi(slow.bandwidth, 'B/s')} · ${slow.share} reached, latency ${formatSeconds(slow.latency)}`,
  ]
  const formula =
    compute === 'host'
      ? 'all-fast step − experts on the fast side + the host’s reading or computing them'
      : prefetch === 'none'
        ? 'all-fast step + bytes of experts read / rate of the slow tier + latency per layer that misses'
        : 'per layer the longer of the fast side’s time and the transfers ahead, + what was guessed wrong on demand'
  return {
    quantity: 'No expert fast (hit rate 0)',
    formula,
    values: `${formatSeconds(bounds.all.seconds)} + ${formatSeconds(waited)} = ${formatSeconds(bounds.none.seconds)}`,
    inputs,
    sources: machine.sources,
  }
}

function needed({ hitNeeded, within, bounds, bytes, slowRate, compute, prefetch, machine }: Tiers): Explanation {
  const isClosed = compute === 'fast' && prefetch === 'none' && machine.slow.latency === 0 && hitNeeded > 0
  return {
    quantity: 'Hit rate needed, every layer hitting alike',
    formula: isClosed
      ? '1 − w/(1 − w) · all-fast step / time of the slow tier for all experts read'
      : 'the least with which the step takes all-fast / (1 − w)',
    values: isClosed
      ? `1 - ${within} / ${1 - within} · ${formatSeconds(bounds.all.seconds)} / ${formatSeconds(bytes.readPerStep / slowRate)} = ${hitNeeded.toFixed(4)}`
      : formatPercent(hitNeeded),
    inputs: [`w = ${within}`],
    sources: [],
  }
}
