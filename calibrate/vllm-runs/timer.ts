import { TICKS_PER_SECOND, type TickTimer } from '../../src/serving/index.ts'
import type { Deployment } from './deployment.ts'
import type { KernelTables } from './kernel-tables.ts'
import type { LengthMix } from './length-mix.ts'

const TICKS_PER_MICROSECOND = TICKS_PER_SECOND / 1e6
/** Prompt lengths between which the cost of a (query, key) pair is read. */
const SHORT_PROMPT = 512
const LONG_PROMPT = 2048

/**
 * The simulator's timer for a deployment that serves `mix`, from kernel tables alone. Reading the cache is linear in the cached
 * tokens: between the mean prompt and the mean whole request for steps that only decode, through the mean context for steps with
 * prompts, both for the largest batch (`slots`, or what `blocks` of 16 tokens hold).
 */
export function kernelTimer(tables: KernelTables, deployment: Deployment, mix: LengthMix, blocks: number): TickTimer {
  const { maxSequences, tokenBudget } = deployment
  const batch = Math.min(maxSequences, Math.floor((16 * blocks) / mix.meanContext))
  const perLayer = tables.layers * TICKS_PER_MICROSECOND
  const pair =
    (tables.promptAttention(LONG_PROMPT) - tables.promptAttention(SHORT_PROMPT)) /
    (pairs(LONG_PROMPT) - pairs(SHORT_PROMPT))
  const tokens = new Float64Array(Math.max(tokenBudget, maxSequences) + 1)
  for (let n = 1; n < tokens.length; n++) {
    const attention =
      n <= maxSequences ? decodeLine(tables, mix, n).base : Math.max(0, tables.promptAttention(n) - pair * pairs(n))
    const ticks = TICKS_PER_MICROSECOND * tables.linear(n, Math.min(n, maxSequences)) + perLayer * attention
    // Kernels are chosen by size, so that measured times dip here and there.
    tokens[n] = Math.max(tokens[n - 1] ?? 0, Math.round(ticks))
  }
  return {
    tokens,
    perCached: Math.round(perLayer * decodeLine(tables, mix, batch).slope),
    mixedCached: Math.round(perLayer * mixedSlope(tables, mix, batch, tokenBudget - batch)),
    perPair: perLayer * pair,
    mixed: 0,
  }
}

/** (query, key) pairs of a prompt. */
function pairs(tokens: number): number {
  return (tokens * (tokens + 1)) / 2
}

/** One layer's attention in a step that only decodes: base + slope·cached tokens, µs. */
function decodeLine(tables: KernelTables, mix: LengthMix, sequences: number): { base: number; slope: number } {
  const [from, to] = [mix.meanPrompt, mix.meanPrompt + mix.meanOutput]
  const [low, high] = [from, to].map((context) => tables.decodeAttention(mix, sequences, context, 0)) as [
    number,
    number,
  ]
  const slope = (high - low) / (sequences * (to - from))
  return { base: low - slope * sequences * from, slope }
}

/** One layer's attention to the cache in a step with a prompt, µs per cached token: mean over the prompts of the mix. */
function mixedSlope(tables: KernelTables, mix: LengthMix, sequences: number, longest: number): number {
  const prompts = mix.promptLengths()
  const total = prompts.reduce(
    (sum, prompt) => sum + tables.decodeAttention(mix, sequences, mix.meanContext, Math.min(prompt, longest)),
    0,
  )
  return total / prompts.length / (sequences * mix.meanContext)
}
