import { type Pass, decodePass, prefillPass } from '../model/index.ts'
import { type TickTimer, TICKS_PER_SECOND } from '../serving/index.ts'
import { type StepSetting, attentionTime, launchTime, sharedTime, tokenTime } from '../step/index.ts'
import type { Seconds } from '../units/index.ts'

/** Cached tokens at which the cost of reading the cache is measured, per sequence. */
const SHORT_CONTEXT = 64
const LONG_CONTEXT = 4096

/** Around what a deployment's step times are tabulated. */
export interface TimerRange {
  /** Tokens of the largest step that the scheduler can make (on each attention-parallel rank). */
  readonly mostTokens: number
  /** Sequences around which reading the cache is linearised: it is a smooth maximum, not a line. */
  readonly batch: number
  /** Cached tokens of each of them around which it is; within a few percent of `passTime`. */
  readonly context?: number
  /** Tokens that a decoding sequence has in a step. */
  readonly width?: number
  /** Tokens of one prompt: a step with more has several, whose recurrences run side by side. One a token when not given. */
  readonly prompt?: number
  /** Tokens of the largest step without prompts: larger ones have prompts, which no CUDA graph covers. */
  readonly mostDecoding: number
}

/**
 * Tabulates a deployment's step times for the simulator, each of its attention-parallel ranks by itself: by the rank's tokens in the
 * step, plus a constant per decoding sequence, per cached token and per (query, key) pair. What all ranks compute together goes by
 * the tokens of all, up to `mostTokens` on each.
 */
export function tickTimer(setting: StepSetting, range: TimerRange): TickTimer {
  const { mostTokens } = range
  const ranks = setting.mapping.dp
  const { perPair, perToken } = promptAttention(setting)
  const perCached = cachedTime(setting, range)
  const isAlone = ranks === 1
  const alone = (pass: Pass): Seconds => tokenTime(setting, pass) - (isAlone ? 0 : sharedTime(setting, pass))
  const decoding = (tokens: number): Seconds => {
    const pass = shortDecoding(range, ranks * tokens)
    const cached = pass.decodeSequences * SHORT_CONTEXT
    return alone(pass) + Math.max(0, attentionTime(setting, pass) - cached * perCached)
  }
  // Steps have no more decoding tokens than fit the running sequences: what they have beyond is of prompts.
  const full = range.mostDecoding
  const prompts = (tokens: number): Pass => promptsPass(ranks * tokens, range.prompt)
  const [allDecoding, asPrompts] = [decoding(full), alone(prompts(full))]
  const at = (tokens: number): Seconds => {
    if (tokens <= full) return decoding(tokens)
    return allDecoding + alone(prompts(tokens)) - asPrompts + ranks * (tokens - full) * perToken
  }
  return {
    tokens: launched(
      knotTable(mostTokens, (tokens) => ticks(at(tokens))),
      setting,
      range,
    ),
    ...(isAlone
      ? {}
      : {
          shared: knotTable(ranks * mostTokens, (tokens) =>
            ticks(sharedTime(setting, promptsPass(tokens, range.prompt))),
          ),
        }),
    perSequence: ticks(setting.engine.sequenceOverhead / setting.mapping.pp),
    perCached: Math.max(1, ticks(ranks * perCached)),
    perPair: ranks * perPair * TICKS_PER_SECOND,
    mixed: 0,
  }
}

/** A pass over so many tokens of sequences that decode with hardly anything cached. */
function shortDecoding({ width = 1 }: TimerRange, tokens: number): Pass {
  return decodePass(tokens / width, SHORT_CONTEXT, width)
}

/** The table with steps that must hold prompts, for their size, raised to the time of launching their kernels one by one. */
function launched(table: Float64Array, setting: StepSetting, { mostDecoding }: TimerRange): Float64Array {
  const least = ticks(launchTime(setting, promptsPass(1)))
  for (let tokens = mostDecoding + 1; tokens < table.length; tokens++) {
    if ((table[tokens] ?? 0) >= least) break
    table[tokens] = least
  }
  return table
}

function ticks(seconds: Seconds): number {
  return Math.round(seconds * TICKS_PER_SECOND)
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

/** A pass over `tokens` tokens of prompts of that length that attend to nothing but themselves: all that depends on the tokens alone. */
function promptsPass(tokens: number, prompt?: number): Pass {
  const prompts = prompt === undefined ? Math.min(tokens, SHORT_CONTEXT) : Math.max(1, tokens / prompt)
  return { ...prefillPass(tokens, 1), prefillSequences: prompts }
}

/** What one more cached token of one sequence adds to a decode step. */
function cachedTime(setting: StepSetting, { batch, context = LONG_CONTEXT, width = 1 }: TimerRange): Seconds {
  const long = Math.max(context, 4 * SHORT_CONTEXT)
  const at = (cached: number): Seconds => attentionTime(setting, decodePass(batch, cached, width))
  return (at(long) - at(SHORT_CONTEXT)) / (batch * (long - SHORT_CONTEXT))
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
  const perTokenAt = (length: number): Seconds => attentionTime(setting, prefillPass(1, length)) / length
  const [short, long] = [1024, LONG_CONTEXT]
  const perPair = Math.max(0, (perTokenAt(long) - perTokenAt(short)) / ((long - short) / 2))
  return { perPair, perToken: Math.max(0, perTokenAt(short) - (perPair * (short + 1)) / 2) }
}
