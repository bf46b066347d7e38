import { type LengthDistribution, lengthsOfMean } from '../../src/index.ts'

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
      prompt: lengthsOfMean(155, 1024),
      output: lengthsOfMean(294, 1024),
      requests: 24_576,
      limits: { server: { ttft: 2, tpot: 0.2 }, interactive: { ttft: 0.45, tpot: 0.04 } },
    },
  ],
  // OpenOrca, GSM8K and MBXP, 5,000 samples each
  [
    /^mixtral-8x7b/,
    {
      prompt: lengthsOfMean(200, 2048),
      output: lengthsOfMean(145, 1024),
      requests: 15_000,
      limits: { server: { ttft: 2, tpot: 0.2 }, interactive: { ttft: 2, tpot: 0.2 } },
    },
  ],
  // CNN/DailyMail. The reference's summaries have 611 characters (8,167,644 of 13,368), which is all of the 128 tokens allowed
  [
    /^llama-?3(?:\.1)?-8b/,
    {
      prompt: lengthsOfMean(778, 2540),
      output: lengthsOfMean(128, 128),
      requests: 13_368,
      limits: { server: { ttft: 2, tpot: 0.1 }, interactive: { ttft: 0.5, tpot: 0.03 } },
    },
  ],
  // LongBench, RULER and GovReport
  [
    /^llama-?3(?:\.1)?-405b/,
    {
      prompt: lengthsOfMean(9428, 20_000),
      output: lengthsOfMean(684, 2000),
      requests: 8313,
      limits: { server: { ttft: 6, tpot: 0.175 }, interactive: { ttft: 4.5, tpot: 0.08 } },
    },
  ],
  // Mathematics, code and question answering with long reasoning
  [
    /^deepseek-r1/,
    {
      prompt: lengthsOfMean(800, 3000),
      output: lengthsOfMean(3886, 20_000),
      requests: 4388,
      limits: { server: { ttft: 2, tpot: 0.08 }, interactive: { ttft: 1.5, tpot: 0.015 } },
    },
  ],
]

/** The task that a model of the suite runs, or undefined for models outside it. */
export function mlperfTask(model: string): MlperfTask | undefined {
  return TASKS.find(([pattern]) => pattern.test(model.toLowerCase()))?.[1]
}
