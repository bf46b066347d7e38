import { type Pass, decodePass, prefillPass } from '../model/index.ts'
import { type TickTimer, TICKS_PER_SECOND } from '../serving/index.ts'
import { type StepSetting, passTime, sharedTime } from '../step/index.ts'
import type { Seconds } from '../units/index.ts'

/** Cached tokens at which the cost of reading the cache is measured, per sequence. */
const SHORT_CONTEXT = 64
const LONG_CONTEXT = 4096

/**
 * Tabulates a deployment's step times for the simulator: by tokens in the step, plus a constant per decoding sequence, per cached
 * token and per (query, key) pair. `mostTokens` is the largest step the scheduler can make, `batch` the number of sequences
 * around which reading the cache is linearised (it is a smooth maximum, not a line: within a few percent of `passTime`), and `width`
 * the tokens that each of them has in a step.
 */
export function tickTimer(setting: StepSetting, mostTokens: number, batch: number, width = 1): TickTimer {
  const { perPair, perToken } = promptAttention(setting)
  return {
    tokens: tokenTable(setting, mostTokens, perToken),
    perSequence: ticks(setting.engine.sequenceOverhead / (setting.mapping.dp * setting.mapping.pp)),
    perCached: Math.max(1, ticks(cachedTime(setting, batch, width))),
    perPair: perPair * TICKS_PER_SECOND,
    mixed: 0,
  }
}

/**
 * The timer of one of a deployment's attention-parallel ranks: what it computes by itself (attention, the host's work for its
 * sequences) by its own tokens, and what all compute together by the tokens of all, up to `mostTokens` on each.
 */
export function rankTimer(setting: StepSetting, mostTokens: number, batch: number, width = 1): TickTimer {
  const ranks = setting.mapping.dp
  if (ranks === 1) return tickTimer(setting, mostTokens, batch, width)
  const { perPair, perToken } = promptAttention(setting)
  const own = (tokens: number): Seconds => {
    const pass = tokensPass(ranks * tokens)
    return passTime(setting, pass) - sharedTime(setting, pass) + ranks * tokens * perToken
  }
  return {
    tokens: knotTable(mostTokens, (tokens) => ticks(own(tokens))),
    shared: knotTable(ranks * mostTokens, (tokens) => ticks(sharedTime(setting, tokensPass(tokens)))),
    perSequence: ticks(setting.engine.sequenceOverhead / setting.mapping.pp),
    perCached: Math.max(1, ticks(ranks * cachedTime(setting, batch, width))),
    perPair: ranks * perPair * TICKS_PER_SECOND,
    mixed: 0,
  }
}

function ticks(seconds: Seconds): number {
  return Math.round(seconds * TICKS_PER_SECOND)
}

function tokenTable(setting: StepSetting, mostTokens: number, perToken: Seconds): Float64Array {
  return knotTable(mostTokens, (tokens) => ticks(linearTime(setting, tokens) + tokens * perToken))
}

/** Whole ticks by tokens: exact at 1, 2, 3, 4, 6, 8, 12 …, straight lines between, never decreasing. Step times are smooth. */
export function knotTable(mostTokens: number, at: (tokens: number) => number): Float64Array {
  const table = new Float64Array(mostTokens + 1)
  let [from, to] = [0, 1]
  let [low, high] = [0, at(1)]
  while (from < mostTokens) {
    for (let t = from; t <= Math.min(to, mostTokens); t++) {
      table[t] = Math.round(low + ((high - low) * (t - from)) / (to - from))
    }
    from = to
    to = nextKnot(to)
    low = high
    high = Math.max(low, at(to))
  }
  return table
}

function nextKnot(t: number): number {
  if (t < 4) return t + 1
  const power = 2 ** Math.floor(Math.log2(t))
  return t === power ? (power * 3) / 2 : power * 2
}

/** A pass over `tokens` prompt tokens that attend to nothing but themselves: all that depends on the token count alone. */
function tokensPass(tokens: number): Pass {
  return { ...prefillPass(tokens, 1), prefillSequences: Math.min(tokens, SHORT_CONTEXT) }
}

function linearTime(setting: StepSetting, tokens: number): Seconds {
  return passTime(setting, tokensPass(tokens))
}

/** What one more cached token of one sequence adds to a decode step. */
function cachedTime(setting: StepSetting, batch: number, width: number): Seconds {
  const at = (context: number): Seconds => passTime(setting, decodePass(batch, context, width))
  return (at(LONG_CONTEXT) - at(SHORT_CONTEXT)) / (batch * (LONG_CONTEXT - SHORT_CONTEXT))
}

interface PromptAttention {
  readonly perPair: Seconds
  readonly perToken: Seconds
}

/**
 * What attention adds to a prompt: its time is a·pairs + b·tokens, since efficiency saturates as keys/(keys + half). Read off at
 * two lengths.
 */
function promptAttention(setting: StepSetting): PromptAttention {
  const perTokenAt = (length: number): Seconds =>
    Math.max(0, passTime(setting, prefillPass(1, length)) - linearTime(setting, length)) / length
  const [short, long] = [1024, LONG_CONTEXT]
  const perPair = Math.max(0, (perTokenAt(long) - perTokenAt(short)) / ((long - short) / 2))
  return { perPair, perToken: Math.max(0, perTokenAt(short) - (perPair * (short + 1)) / 2) }
}
