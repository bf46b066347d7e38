import { type Issue, PincerError } from '../../issue/index.ts'

/** A tick is 1/32 ns. Clocks and step times are whole ticks in float64, exact up to 2^53 of them (78 hours). */
export const TICKS_PER_SECOND: number = 32e9

/** Last tick at which integer arithmetic in float64 is exact. */
export const LAST_TICK: number = Number.MAX_SAFE_INTEGER

/**
 * Whole ticks of one step, exactly summable over steps. A step with n decoding sequences over S cached tokens in all, p
 * prompt tokens and q (query, key) pairs among them takes F[n + p] + D·n + B·S + round(C·q) + (n > 0 ? E : 0) + (n > 0 and p > 0 ? M : 0),
 * with B′ for B where p > 0.
 */
export interface TickTimer {
  /** F: whole ticks by tokens in the step, not decreasing; longer than the most tokens a step can have. */
  readonly tokens: Float64Array
  /** D: whole ticks per decoding sequence, what the host does for each; 0 when left out. */
  readonly perSequence?: number
  /** B: whole ticks per cached token that a decoding sequence reads. */
  readonly perCached: number
  /**
   * B′: the same in a step that also holds prompts, where one kernel made for prompts reads the cache of all; B when left out.
   */
  readonly mixedCached?: number
  /** C: ticks per (query, key) pair of the prompts; rounded once per step. */
  readonly perPair: number
  /** M: whole ticks that a step costs more when it holds both prompts and decoding sequences. */
  readonly mixed: number
  /** E: whole ticks that a step costs more when it holds decoding sequences, which drafting takes; 0 when left out. */
  readonly drafting?: number
  /**
   * Ranks in lock step only: whole ticks by the tokens of all of them, not decreasing, for what they compute together; every step takes
   * it once more than its slowest rank alone.
   */
  readonly shared?: Float64Array
  /** Whole ticks that a step costs more for every prefix block it loads from the host tier; 0 when left out. */
  readonly loadTicks?: number
  /** Set where a step is a pass through the stages of a pipeline; absent: what a step computes is out at its end. */
  readonly pipeline?: PromptPipeline
}

/**
 * Prompts in a pipeline. Its stages are free for other work as soon as the busiest has done its part, long before the last
 * tokens of a prompt have passed them all. A step of p prompt tokens that nothing decodes beside takes round(perToken·p) in place of
 * F[p]; and in any step of t tokens in all a prompt is out `fill` after the busiest stage is through with the t, so that its first token
 * and all that follow come max(0, round(perToken·t) + fill − the step's ticks) after the ends of their steps.
 */
export interface PromptPipeline {
  /** Ticks that the busiest stage works on a token; rounded once per step. */
  readonly perToken: number
  /** Whole ticks from the busiest stage's end to the last stage's. */
  readonly fill: number
}

/** Throws PincerError `invalid_value` for a table that is empty, negative, fractional, decreasing or not finite. */
export function checkTimer(timer: TickTimer): void {
  const { tokens, perSequence = 0, perCached, perPair, mixed, drafting = 0, loadTicks = 0 } = timer
  const { mixedCached = perCached } = timer
  if (tokens.length < 2)
    throw invalid(['timer', 'tokens'], 'is too short', 'give the time of steps of 0, 1, 2 … tokens')
  checkTable('tokens', tokens)
  if (timer.shared !== undefined) checkTable('shared', timer.shared)
  if (!isWhole(perSequence)) throw invalid(['timer', 'perSequence'], `is ${perSequence}`, 'give whole ticks, 0 or more')
  if (!isWhole(perCached)) throw invalid(['timer', 'perCached'], `is ${perCached}`, 'give whole ticks, 0 or more')
  if (!isWhole(mixedCached)) throw invalid(['timer', 'mixedCached'], `is ${mixedCached}`, 'give whole ticks, 0 or more')
  if (!isWhole(drafting)) throw invalid(['timer', 'drafting'], `is ${drafting}`, 'give whole ticks, 0 or more')
  if (!isWhole(loadTicks)) throw invalid(['timer', 'loadTicks'], `is ${loadTicks}`, 'give whole ticks, 0 or more')
  if (!isWhole(mixed)) throw invalid(['timer', 'mixed'], `is ${mixed}`, 'give whole ticks, 0 or more')
  if (!(perPair >= 0 && perPair <= LAST_TICK)) {
    throw invalid(['timer', 'perPair'], `is ${perPair}`, 'give ticks, 0 or more')
  }
  if (timer.pipeline !== undefined) checkPipeline(timer.pipeline)
}

function checkPipeline({ perToken, fill }: PromptPipeline): void {
  const path = ['timer', 'pipeline']
  if (!isWhole(fill)) throw invalid([...path, 'fill'], `is ${fill}`, 'give whole ticks, 0 or more')
  if (perToken >= 0 && perToken <= LAST_TICK) return
  throw invalid([...path, 'perToken'], `is ${perToken}`, 'give ticks, 0 or more')
}

function checkTable(field: 'tokens' | 'shared', table: Float64Array): void {
  let previous = 0
  for (let i = 0; i < table.length; i++) {
    const ticks = table[i] ?? 0
    if (!isWhole(ticks)) throw invalid(['timer', field, i], `is ${ticks}`, 'give whole ticks, 0 or more')
    if (ticks < previous) {
      const message = `decreases from ${previous} to ${ticks}`
      throw invalid(['timer', field, i], message, 'more tokens never take less time')
    }
    previous = ticks
  }
}

/** The error for a field of the simulator's input. */
export function invalid(path: Issue['path'], message: string, suggestion: string): PincerError {
  return new PincerError({ code: 'invalid_value', path, message, suggestion })
}

/** Throws PincerError `invalid_value` for a clock that has passed the last exact tick. */
export function checkClock(clock: number): void {
  if (clock <= LAST_TICK) return
  throw invalid(['requests'], 'last longer than 78 hours, the end of the clock', 'simulate fewer requests at a time')
}

/** A whole number that ticks can be: 0 … LAST_TICK. */
export function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
