/** One request on its way through the plain reference engine, and the inputs that describe it. */

export type Policy = 'vllm' | 'sglang' | 'trtllm' | 'static' | 'continuous'

export const POLICIES: readonly Policy[] = ['vllm', 'sglang', 'trtllm', 'static', 'continuous']

/** Step time in ticks: tokens[w·n + p] + perSequence·n + perCached·S + round(perPair·q) + (n > 0 and p > 0 ? mixed : 0). */
export interface Timer {
  readonly tokens: Float64Array
  readonly perSequence?: number
  /** Ticks per cached grain; without speculation a grain is a token. */
  readonly perCached: number
  /** In a step with prompts; perCached when left out. */
  readonly mixedCached?: number
  readonly perPair: number
  readonly mixed: number
  /** Ticks that a step costs more when anything decodes in it. */
  readonly drafting?: number
  /** Ranks in lock step: ticks by the tokens of all of them, on top of the slowest. */
  readonly shared?: Float64Array
  /** Ticks for every unit that a step loads from the host. */
  readonly loadTicks?: number
  /** Stages in a row: ticks of a token in the busiest, and of a prompt from there to the last. */
  readonly pipeline?: { readonly perToken: number; readonly fill: number }
}

export interface Settings {
  readonly policy: Policy
  readonly maxSequences: number
  readonly tokenBudget: number
  readonly blocks: number
  readonly blockSize: number
  readonly watermark: number
  readonly maxContext?: number
  readonly prefixCache?: boolean
  readonly hostUnits?: number
  readonly speculation?: Speculation
  readonly ranks?: number
  readonly rankRouter?: 'round-robin' | 'least-loaded'
  /** Reference only: whether taking a block looks at the head of the free queue alone; true for vllm. */
  readonly headFirst?: boolean
}

/** A decode step passes `width` tokens of a sequence and moves it forward by gain/grain of a token. */
export interface Speculation {
  readonly width: number
  readonly gain: number
  readonly grain: number
}

/** Requests as columns; arrival in ticks, prompt and output in tokens. */
export interface Requests {
  readonly count: number
  readonly arrival: Float64Array
  readonly prompt: Int32Array
  readonly output: Int32Array
  readonly prefix?: Prefix
  /** All arrive with the cache of their prompt and their first token. */
  readonly ready?: boolean
}

/** Ids of each request's consecutive units of `blockTokens` tokens: those from start[row] up to start[row + 1]. */
export interface Prefix {
  readonly blockTokens: number
  readonly start: Float64Array
  readonly ids: Int32Array
}

export interface Sequence {
  readonly id: number
  readonly arrival: number
  readonly prompt: number
  readonly output: number
  /** Ids of its units, from the first token on. */
  readonly units: readonly number[]
  /** Its prompt was computed elsewhere: it has yet to be admitted with the cache of its prompt. */
  ready: boolean
  /** Tokens that must be in the cache before the next token can be emitted: P, after a preemption P + generated. */
  goal: number
  /** Tokens of the goal that are in the KV cache. */
  cached: number
  /** Decode steps since the goal was complete, and tokens emitted then. */
  steps: number
  base: number
  /** KV blocks held, those of its units included. */
  blocks: number
  /** Which of its units it holds, by position. */
  held: number[]
  /** Tick of every token emitted so far. */
  readonly emitted: number[]
  /** Tick at which the present spell of waiting or running began. */
  since: number
  scheduled: number | undefined
  /** Its last admission among all of its engine. */
  admission: number
  end: number | undefined
  /** Ticks by which its tokens come after the ends of their steps. */
  lag: number
  /** Tick of every preemption. */
  readonly preemptedAt: number[]
  rejected: boolean
  /** Tokens found in the prefix cache at all admissions; of these from the host. */
  hitTokens: number
  hostTokens: number
}

export type SequenceInput = Pick<Sequence, 'id' | 'arrival' | 'prompt' | 'output'> &
  Partial<Pick<Sequence, 'units' | 'ready'>>

const NONE: readonly number[] = []

export function newSequence({ id, arrival, prompt, output, units = NONE, ready = false }: SequenceInput): Sequence {
  return {
    id,
    arrival,
    prompt,
    output,
    units,
    ready,
    goal: prompt,
    cached: 0,
    steps: 0,
    base: 0,
    blocks: 0,
    held: [],
    emitted: ready ? [arrival] : [],
    since: arrival,
    scheduled: undefined,
    admission: -1,
    end: undefined,
    lag: 0,
    preemptedAt: [],
    rejected: false,
    hitTokens: 0,
    hostTokens: 0,
  }
}

/** One sequence per row, in the order of the table. */
export function sequencesOf({ count, arrival, prompt, output, prefix, ready = false }: Requests): Sequence[] {
  return Array.from({ length: count }, (_, id) =>
    newSequence({
      id,
      arrival: arrival[id]!,
      prompt: prompt[id]!,
      output: output[id]!,
      units: unitsOf(prefix, id),
      ready,
    }),
  )
}

export function unitsOf(prefix: Prefix | undefined, row: number): readonly number[] {
  return prefix === undefined ? NONE : Array.from(prefix.ids.subarray(prefix.start[row], prefix.start[row + 1]))
}

export function isPrefilling(sequence: Sequence): boolean {
  return sequence.cached < sequence.goal
}

/** Prompt tokens (after a preemption: tokens to recompute) that are not in the cache yet. */
export function remainingPrompt(sequence: Sequence): number {
  return sequence.goal - sequence.cached
}

export function speculationOf({ speculation = { width: 1, gain: 1, grain: 1 } }: Settings): Speculation {
  return speculation
}

/** Grains in the cache. */
export function grainsOf(sequence: Sequence, { gain, grain }: Speculation): number {
  return sequence.cached * grain + sequence.steps * gain
}

/** Tokens it has emitted after this many decode steps since its goal was complete. */
export function emittedAfter(sequence: Sequence, steps: number, { gain, grain }: Speculation): number {
  return Math.min(sequence.output, sequence.base + Math.floor((steps * gain) / grain))
}

/** Grains in the cache when a request that is never preempted has run its last step; its last token is not cached. */
export function lifetimeGrains({ prompt, output }: Sequence, { gain, grain }: Speculation): number {
  return prompt * grain + Math.ceil(((output - 1) * grain) / gain) * gain
}

/** Whether a replica with these settings can never serve the request. */
export function isTooLong(sequence: Sequence, settings: Settings): boolean {
  const { blocks, blockSize, maxContext = Infinity } = settings
  const speculation = speculationOf(settings)
  const room = blocks * blockSize * speculation.grain
  const { prompt, output } = sequence
  // Its last step may pass the last token; by how much depends on when it is preempted, so the most of all cases counts.
  const { gain, grain } = speculation
  const beyond = Array.from({ length: gain }, (_, i) => (gain - (((i + 1) * grain) % gain)) % gain)
  const most = (prompt + output - 1) * grain + (output > 1 ? Math.max(...beyond) : 0)
  return most > room || prompt + output > maxContext
}
