/** Prompt and output tokens of requests, as columns. */
export interface Lengths {
  readonly prompt: ArrayLike<number>
  readonly output: ArrayLike<number>
}

/** Points of a sequence's life at which its context is looked at. */
const MOMENTS = 10
/** Quantiles over which expectations are taken. */
const QUANTILES = 8

/** How long the prompts of a workload are, and the contexts of sequences that decode at a random moment. */
export class LengthMix {
  readonly meanPrompt: number
  readonly meanOutput: number
  /** Mean cached tokens of a decoding sequence. */
  readonly meanContext: number
  private readonly contexts: Weighted[]
  private readonly prompts: number[]

  constructor({ prompt, output }: Lengths) {
    this.prompts = Array.from(prompt).toSorted((a, b) => a - b)
    this.meanPrompt = mean(this.prompts)
    this.meanOutput = mean(Array.from(output))
    // A sequence is met in proportion to the steps it decodes for.
    const met = Array.from(prompt, (tokens, i) =>
      Array.from({ length: MOMENTS }, (_, m) => {
        const steps = output[i] ?? 0
        return { context: tokens + ((m + 0.5) / MOMENTS) * steps, weight: steps }
      }),
    ).flat()
    const total = met.reduce((sum, { weight }) => sum + weight, 0)
    this.meanContext = met.reduce((sum, { context, weight }) => sum + context * weight, 0) / total
    let below = 0
    this.contexts = met
      .toSorted((a, b) => a.context - b.context)
      .map(({ context, weight }) => ({ context, below: (below += weight) / total }))
  }

  /** Prompt lengths at the middles of equal shares of the requests. */
  promptLengths(): number[] {
    return middles().map((q) => this.prompts[Math.floor(q * this.prompts.length)] ?? 0)
  }

  /**
   * Shortest and longest context among `sequences` drawn at random, at the middles of equal shares of such draws: the longest
   * is at most the q-quantile with probability q^n.
   */
  extremes(sequences: number): { shortest: number; longest: number }[] {
    return middles().map((share) => {
      const q = share ** (1 / sequences)
      return { shortest: this.context(1 - q), longest: this.context(q) }
    })
  }

  private context(q: number): number {
    return this.contexts.find(({ below }) => below >= q)?.context ?? this.contexts.at(-1)?.context ?? 0
  }
}

interface Weighted {
  readonly context: number
  readonly below: number
}

function middles(): number[] {
  return Array.from({ length: QUANTILES }, (_, i) => (i + 0.5) / QUANTILES)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
