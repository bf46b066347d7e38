import { PincerError } from '../issue/index.ts'
import { formatsFor, passOperators, prefillPass, type ModelArch } from '../model/index.ts'

/** What of a model a run changes: all parameters, or low-rank adapters beside frozen ones (LoRA, Hu et al., arXiv 2106.09685). */
export interface Tuning {
  readonly kind: 'full' | 'lora'
  /** Rank r of the adapters. */
  readonly rank?: number
}

const CUSTOMARY_RANK = 16
const MOST_RANK = 4096
const UNADAPTED: ReadonlySet<string> = new Set(['lm-head', 'router'])

/** Rank of the adapters. @throws PincerError for one that is no whole number from 1 to 4,096 */
export function loraRank({ rank = CUSTOMARY_RANK }: Tuning): number {
  if (Number.isInteger(rank) && rank >= 1 && rank <= MOST_RANK) return rank
  const message = `must be a whole number from 1 to ${MOST_RANK}, got ${rank}`
  throw new PincerError({ code: 'invalid_value', path: ['tuning', 'rank'], message })
}

/**
 * Parameters of adapters on all projections outside the routed experts, the router and the head: r · (inputs + outputs) of each
 * (Hu et al., section 4.1).
 */
export function adapterParams(arch: ModelArch, rank: number): number {
  const operators = passOperators(arch, prefillPass(1, 1), { weights: formatsFor(arch, 'bf16'), cache: 'bf16' })
  let params = 0
  for (const { kind, name, count, inner = 0, columns = 0 } of operators) {
    if (kind === 'gemm' && !UNADAPTED.has(name)) params += count * rank * (inner + columns)
  }
  return params
}
