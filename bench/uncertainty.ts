import { uncertainComparison } from '../src/index.ts'
import type { BenchResult } from './result.ts'

const SAMPLES = 100_000
const side = (chip: string): object => ({
  model: 'deepseek-v2',
  chip,
  precision: 'fp8',
  chips: 8,
  workload: { isl: 1024, osl: 1024, concurrency: 64 },
})

/**
 * Samples per second of a whole comparison of two owned deployments: price, power, utilisation, interest and both speeds vary, intervals, tornado and
 * indices included. By processor time, one core.
 */
export function uncertainPerSecond(): BenchResult {
  const rates = [0, 1, 2].map(() => {
    const before = process.cpuUsage()
    uncertainComparison({
      a: { scenario: side('h100-sxm'), hour: 'own' },
      b: { scenario: side('b200-sxm'), hour: 'own' },
      vary: { utilisation: 'uniform(0.3,0.8)', power: 'triangular(1500,1800,2300)' },
      samples: SAMPLES,
    })
    const { user, system } = process.cpuUsage(before)
    return SAMPLES / ((user + system) / 1e6)
  })
  const sorted = rates.toSorted((a, b) => a - b)
  return { name: 'uncertainty.samples_per_s', value: sorted[1]!, unit: '1/s', best: sorted[2]! }
}
