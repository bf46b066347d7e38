/** One request on its way through the plain reference engine, and the inputs that describe it. */

export type Policy = 'vllm' | 'sglang' | 'trtllm' | 'static' | 'continuous'

export const POLICIES: readonly Policy[] = ['vllm', 'sglang', 'trtllm', 'static', 'continuous']

/** Step time in ticks: tokens[n + p] + perSequence·n + perCached·S + round(perPair·q) + (n > 0 and p > 0 ? mixed : 0). */
export interface Timer {
  readonly tokens: Float64Array
  readonly perSequence?: number
  readonly perCached: number
  /** In a step with prompts; perCached when left out. */
  readonly mixedCached?: number
  readonly perPair: number
  readonly mixed: number
}

export interface Settings {
  readonly policy: Policy
  readonly maxSequences: number
  readonly tokenBudget: number
  readonly blocks: number
  readonly blockSize: number
  readonly watermark: number
  readonly maxContext?: number
}

/** Requests as columns; arrival in ticks, prompt and output in tokens. */
export interface Requests {
  readonly count: number
  readonly arrival: Float64Array
  readonly prompt: Int32Array
  readonly output: Int32Array
}

export interface Sequence {
  readonly id: number
  readonly arrival: number
  readonly prompt: number
  readonly output: number
  /** Tokens that must be in the cache before the next token can be emitted: P, after a preemption P + generated. */
  goal: number
  /** Tokens in the KV cache. */
  cached: number
  /** KV blocks held. */
  blocks: number
  /** Tick of every token emitted so far. */
  readonly emitted: number[]
  /** Tick at which the present spell of waiting or running began. */
  since: number
  scheduled: number | undefined
  end: number | undefined
  /** Tick of every preemption. */
  readonly preemptedAt: number[]
  rejected: boolean
}

/** One sequence per row, in the order of the table. */
export function sequencesOf(requests: Requests): Sequence[] {
  return Array.from({ length: requests.count }, (_, id) => ({
    id,
    arrival: requests.arrival[id]!,
    prompt: requests.prompt[id]!,
    output: requests.output[id]!,
    goal: requests.prompt[id]!,
    cached: 0,
    blocks: 0,
    emitted: [],
    since: requests.arrival[id]!,
    scheduled: undefined,
    end: undefined,
    preemptedAt: [],
    rejected: false,
  }))
}

export function isPrefilling(sequence: Sequence): boolean {
  return sequence.cached < sequence.goal
}

/** Prompt tokens (after a preemption: tokens to recompute) that are not in the cache yet. */
export function remainingPrompt(sequence: Sequence): number {
  return sequence.goal - sequence.cached
}

/** Tokens in the cache when the last step of this request has run: the last token emitted is never cached. */
export function lifetimeTokens(sequence: Sequence): number {
  return sequence.prompt + sequence.output - 1
}
