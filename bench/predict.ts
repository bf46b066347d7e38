import { predict } from '../src/index.ts'
import type { BenchResult } from './result.ts'
import { timeRepeats } from './repeat.ts'

// A dense and a sparse model, two chips, loads from one client to many.
const SCENARIOS = [
  { model: 'llama3.1-70b', chip: 'h100-sxm', precision: 'fp8', mapping: { tp: 4 } },
  { model: 'deepseek-v3', chip: 'b200-sxm', precision: 'fp8', mapping: { tp: 8, moeEp: 8 } },
].flatMap((deployment) =>
  [1, 16, 256].map((concurrency) => ({ ...deployment, workload: { isl: 1024, osl: 1024, concurrency } })),
)
const ROUNDS = 50

/** Predictions per second of whole scenarios from JSON to result, catalog models, one core. */
export function predictPerSecond(): BenchResult {
  const batch = (): void => {
    for (let i = 0; i < ROUNDS; i++) for (const scenario of SCENARIOS) predict(scenario)
  }
  const { median, least } = timeRepeats(batch, 9, 3)
  const count = ROUNDS * SCENARIOS.length
  return { name: 'predict.per_s', value: (count / median) * 1e3, unit: '1/s', best: (count / least) * 1e3 }
}
