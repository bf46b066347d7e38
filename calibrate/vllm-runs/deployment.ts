import type { ModelArch } from '../../src/model/index.ts'

/** What of a run's configuration its step times and blocks depend on. */
export interface Deployment {
  readonly arch: ModelArch
  /** GPUs that share every layer; groups of them that split the requests; whether the experts are spread over all groups. */
  readonly tp: number
  readonly dp: number
  readonly isExpertParallel: boolean
  /** Scheduler limits of one group. */
  readonly maxSequences: number
  readonly tokenBudget: number
  /** Link between GPUs: bytes per µs, and µs before the first byte. */
  readonly link: { readonly rate: number; readonly latency: number }
}

/** The routed experts of a model's first layer that has them. */
export function expertsOf(arch: ModelArch): { experts: number; perToken: number } | undefined {
  const ffn = arch.layers.map((group) => group.ffn).find(({ kind }) => kind === 'moe')
  return ffn?.kind === 'moe' ? { experts: ffn.experts, perToken: ffn.topk } : undefined
}
