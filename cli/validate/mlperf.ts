import { type LengthDistribution, meanDrawnLength } from '../../src/index.ts'

/** What one task of MLPerf Inference sends, and what its scenarios ask. */
export interface MlperfTask {
  readonly prompt: LengthDistribution
  readonly output: LengthDistribution
  /** Requests of the data set: the fewest that a run sends. */
  readonly requests: number
  /** Limits on the 99th percentiles of TTFT and TPOT, in seconds. */
  readonly limits: Readonly<Record<'server' | 'interactive', { readonly ttft: number; readonly tpot: number }>>
}

/** Shortest run that LoadGen accepts, in seconds. */
export const SHORTEST_RUN = 600

/** Coefficients of variation, assumed: the suite publishes means and limits. */
const SPREAD = { prompt: 0.5, output: 1 } as const

/**
 * Tasks of MLPerf Inference v5.1 (mlcommons/inference: README of language/*, loadgen/mlperf.conf). Mean outputs are the reference
 * implementations' tokens per sample. Mean prompts of OpenOrca and Mixtral's mix are assumptions (the suite states only the maximum): 50
 * tokens more cost about 5 % of throughput.
 */
const TASKS: readonly (readonly [RegExp, MlperfTask])[] = [
  // OpenOrca
  [
    /^llama-?2-70b/,
    {
      prompt: lengths('prompt', 155, 1024),
      output: lengths('output', 294, 1024),
      requests: 24_576,
      limits: { server: { ttft: 2, tpot: 0.2 }, interactive: { ttft: 0.45, tpot: 0.04 } },
    },
  ],
  // OpenOrca, GSM8K and MBXP, 5,000 samples each
  [
    /^mixtral-8x7b/,
    {
      prompt: lengths('prompt', 200, 2048),
      output: lengths('output', 145, 1024),
      requests: 15_000,
      limits: { server: { ttft: 2, tpot: 0.2 }, interactive: { ttft: 2, tpot: 0.2 } },
    },
  ],
  // CNN/DailyMail. The reference's summaries have 611 characters (8,167,644 of 13,368), which is all of the 128 tokens allowed
  [
    /^llama-?3(?:\.1)?-8b/,
    {
      prompt: lengths('prompt', 778, 2540),
      output: { kind: 'fixed', tokens: 128 },
      requests: 13_368,
      limits: { server: { ttft: 2, tpot: 0.1 }, interactive: { ttft: 0.5, tpot: 0.03 } },
    },
  ],
  // LongBench, RULER and GovReport
  [
    /^llama-?3(?:\.1)?-405b/,
    {
      prompt: lengths('prompt', 9428, 20_000),
      output: lengths('output', 684, 2000),
      requests: 8313,
      limits: { server: { ttft: 6, tpot: 0.175 }, interactive: { ttft: 4.5, tpot: 0.08 } },
    },
  ],
  // Mathematics, code and question answering with long reasoning
  [
    /^deepseek-r1/,
    {
      prompt: lengths('prompt', 800, 3000),
      output: lengths('output', 3886, 20_000),
      requests: 4388,
      limits: { server: { ttft: 2, tpot: 0.08 }, interactive: { ttft: 1.5, tpot: 0.015 } },
    },
  ],
]

/** The task that a model of the suite runs, or undefined for models outside it. */
export function mlperfTask(model: string): MlperfTask | undefined {
  return TASKS.find(([pattern]) => pattern.test(model.toLowerCase()))?.[1]
}

/** Lognormal lengths up to `max` whose mean, after what is longer has been drawn again, is `mean`. */
function lengths(part: keyof typeof SPREAD, mean: number, max: number): LengthDistribution {
  let before = mean
  const drawn = (): LengthDistribution => ({ kind: 'lognormal', mean: before, cv: SPREAD[part], max })
  for (let i = 0; i < 50; i++) before *= mean / meanDrawnLength(drawn())
  return drawn()
}
