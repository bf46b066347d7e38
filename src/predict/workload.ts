import type { Workload } from './types.ts'

/** The load harness of public benchmarks (InferenceX): lengths uniform on [0.8, 1]·length, ten requests per client. */
export const HARNESS: Readonly<{ spread: number; rounds: number }> = { spread: 0.8, rounds: 10 }

/** Named workloads: prompt/output lengths that public benchmarks use. */
export const WORKLOADS: ReadonlyMap<string, Workload> = new Map([
  ['chat', { isl: 1024, osl: 1024, concurrency: 64, spread: HARNESS.spread }],
  ['summarise', { isl: 8192, osl: 1024, concurrency: 32, spread: HARNESS.spread }],
  ['reason', { isl: 1024, osl: 8192, concurrency: 64, spread: HARNESS.spread }],
  ['agent', { isl: 32_768, osl: 512, concurrency: 16, spread: HARNESS.spread }],
])

/** Mean of a length drawn uniformly from [spread·upper, upper]. */
export function meanLength(upper: number, spread: number): number {
  return (upper * (1 + spread)) / 2
}
