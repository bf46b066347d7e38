/** Mean lengths and latency limits of one task of MLPerf Inference. */
export interface MlperfTask {
  /** Mean prompt and output length in tokens. */
  readonly isl: number
  readonly osl: number
  /** Longest time per output token, in seconds, that a scenario admits. */
  readonly tpotLimit: { readonly server: number; readonly interactive: number }
}

/**
 * Tasks of MLPerf Inference v5.1 (mlcommons/inference: README of language/*, loadgen/mlperf.conf). Output means are the
 * reference implementations' tokens per sample; prompt means of OpenOrca are an assumption from its sample (the suite
 * states only the maximum, 1,024). Throughput in a closed loop moves by about 5 % when a mean prompt moves by 50 tokens.
 */
const TASKS: readonly (readonly [RegExp, MlperfTask])[] = [
  // OpenOrca
  [/^llama-?2-70b/, { isl: 155, osl: 294, tpotLimit: { server: 0.2, interactive: 0.04 } }],
  // OpenOrca, GSM8K and MBXP, 5,000 samples each
  [/^mixtral-8x7b/, { isl: 200, osl: 145, tpotLimit: { server: 0.2, interactive: 0.2 } }],
  // CNN/DailyMail
  [/^llama-?3(?:\.1)?-8b/, { isl: 778, osl: 128, tpotLimit: { server: 0.1, interactive: 0.03 } }],
  // LongBench, RULER and GovReport
  [/^llama-?3(?:\.1)?-405b/, { isl: 9428, osl: 684, tpotLimit: { server: 0.175, interactive: 0.08 } }],
  // Mathematics, code and question answering with long reasoning
  [/^deepseek-r1/, { isl: 800, osl: 3886, tpotLimit: { server: 0.08, interactive: 0.015 } }],
]

/** The task that a model of the suite runs, or undefined for models outside it. */
export function mlperfTask(model: string): MlperfTask | undefined {
  return TASKS.find(([pattern]) => pattern.test(model.toLowerCase()))?.[1]
}
