import type { DenseFfn, MoeFfn } from '../arch.ts'
import type { ConfigFields } from '../config-fields.ts'

/** Sizes of a mixture of experts; what is absent is not there. */
export interface MoeTraits {
  readonly experts: number // E
  readonly topk: number // k
  readonly inter: number // F of one expert
  readonly gated?: boolean
  readonly bias?: boolean
  readonly sharedInter?: number
  readonly denseInter?: number
  readonly expertHidden?: number
  readonly sharedGate?: boolean
  readonly smallParams?: number
}

/** SwiGLU-like FFN of width F without biases, unless said otherwise. */
export function denseFfn(inter: number, traits: { readonly gated?: boolean; readonly bias?: boolean } = {}): DenseFfn {
  return { kind: 'dense', inter, gated: traits.gated ?? true, bias: traits.bias ?? false }
}

export function moeFfn(hidden: number, traits: MoeTraits): MoeFfn {
  return {
    kind: 'moe',
    experts: traits.experts,
    topk: traits.topk,
    inter: traits.inter,
    gated: traits.gated ?? true,
    bias: traits.bias ?? false,
    sharedInter: traits.sharedInter ?? 0,
    denseInter: traits.denseInter ?? 0,
    expertHidden: traits.expertHidden ?? hidden,
    sharedGate: traits.sharedGate ?? false,
    smallParams: traits.smallParams ?? 0,
  }
}

const EXPERTS = ['num_experts', 'num_local_experts', 'n_routed_experts', 'moe_num_experts']
const TOPK = [
  'num_experts_per_tok',
  'num_experts_per_token',
  'top_k_experts',
  'moe_top_k',
  'moe_topk',
  'num_selected_experts',
]

/** E and k; a token cannot pick more experts than there are. */
export function readExperts(config: ConfigFields): { readonly experts: number; readonly topk: number } {
  const experts = config.count(EXPERTS, { max: 1_000_000 })
  const topk = config.count(TOPK, { max: 1_000_000 })
  if (topk > experts) {
    const field = TOPK.find((name) => config.has(name)) ?? 'num_experts_per_tok'
    throw config.invalid(field, `a token cannot pick ${topk} of ${experts} experts`)
  }
  return { experts, topk }
}

/** F of an FFN. */
export function readInter(config: ConfigFields, names: string | readonly string[] = 'intermediate_size'): number {
  return config.count(names, { max: 10_000_000 })
}
