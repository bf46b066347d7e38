import type { Ffn, GqaMixer } from '../arch.ts'
import type { ConfigFields } from '../config-fields.ts'
import { type Body, type FamilyReader, assemble, hiddenSize, layerCount } from '../skeleton.ts'
import { type AttentionTraits, gqaMixer, readHeads } from './attention.ts'
import { type MoeTraits, denseFfn, moeFfn, readExperts, readInter } from './ffn.ts'

/** How a llama with experts in every layer (or all but a few) differs from Mixtral. */
interface SparseTraits {
  readonly attention?: (config: ConfigFields, hidden: number) => AttentionTraits
  /** Width of one expert. */
  readonly inter?: string | readonly string[]
  readonly experts?: (config: ConfigFields, experts: number) => Partial<MoeTraits>
  /** Layers with a dense FFN instead of experts. */
  readonly isDense?: (config: ConfigFields) => (index: number) => boolean
  /** Field with the width of the dense FFN. */
  readonly denseInter?: string
  readonly norms?: number
  readonly finalNorms?: number
  readonly headDimDefault?: number
  readonly tiedByDefault?: boolean
  readonly body?: (config: ConfigFields, hidden: number) => Partial<Body>
}

/** Llama-like decoders whose FFN is a mixture of experts. */
export const sparseFamilies: ReadonlyMap<string, FamilyReader> = new Map([
  ['mixtral', sparse({ attention: (c) => ({ window: c.optionalCount('sliding_window') }) })],
  ['qwen2_moe', sparse({ ...qwenExperts(), attention: () => ({ qkvBias: true }), experts: qwen2Shared })],
  ['qwen3_moe', sparse({ ...qwenExperts(), attention: (c) => ({ ...biased(c), qkNorm: 'head' }) })],
  ['olmoe', sparse({ attention: (c) => ({ ...biased(c), qkNorm: 'full' }) })],
  ['granitemoe', sparse({ attention: biased })],
  ['phimoe', sparse(phiMoeTraits())],
  ['minimax_m2', sparse({ attention: minimaxAttention, experts: minimaxExperts })],
  ['glm4_moe', sparse(glm4MoeTraits())],
  ['deepseek', sparse(deepseekMoeTraits())],
  ['grok-1', sparse({ norms: 4, tiedByDefault: true })],
  ['arctic', sparse({ norms: 3, experts: (c) => ({ denseInter: hiddenSize(c) }) })],
] satisfies readonly (readonly [string, FamilyReader])[])

function sparse(traits: SparseTraits): FamilyReader {
  return (source) => {
    const config = source.text
    const hidden = hiddenSize(config)
    const mixer = sparseMixer(config, hidden, traits)
    const { experts, topk } = readExperts(config)
    const inter = readInter(config, traits.inter)
    const moe = moeFfn(hidden, { experts, topk, inter, ...traits.experts?.(config, experts) })
    const isDense = traits.isDense?.(config) ?? (() => false)
    const count = layerCount(config)
    const denseNeeded = Array.from({ length: count }, (_, index) => isDense(index))
    const dense: Ffn = denseNeeded.includes(true) ? denseFfn(readInter(config, traits.denseInter)) : moe
    const normParams = (traits.norms ?? 2) * hidden
    return assemble(source, {
      hidden,
      layers: denseNeeded.map((isDenseLayer) => ({ mixer, ffn: isDenseLayer ? dense : moe, normParams })),
      tiedByDefault: traits.tiedByDefault ?? false,
      finalNormParams: (traits.finalNorms ?? 1) * hidden,
      ...traits.body?.(config, hidden),
    })
  }
}

function sparseMixer(config: ConfigFields, hidden: number, traits: SparseTraits): GqaMixer {
  return gqaMixer(hidden, readHeads(config, hidden, traits.headDimDefault), traits.attention?.(config, hidden))
}

function biased(config: ConfigFields): AttentionTraits {
  const bias = config.flagOr('attention_bias', false)
  return { qkvBias: bias, outputBias: bias }
}

// Layers named in `mlp_only_layers`, and those off the `decoder_sparse_step`, have a dense FFN.
function qwenExperts(): SparseTraits {
  return {
    inter: 'moe_intermediate_size',
    isDense: (config) => {
      const step = config.countOr('decoder_sparse_step', 1)
      const only = new Set(config.optionalCounts('mlp_only_layers', undefined, { min: 0 }))
      return (index) => only.has(index) || (index + 1) % step !== 0
    },
  }
}

function qwen2Shared(config: ConfigFields): Partial<MoeTraits> {
  return { sharedInter: readInter(config, 'shared_expert_intermediate_size'), sharedGate: true }
}

// Layer norms have a bias, and so does the output head.
function phiMoeTraits(): SparseTraits {
  return {
    attention: biased,
    norms: 4,
    finalNorms: 2,
    body: (config) =>
      config.flagOr('lm_head_bias', false)
        ? { extraParams: [{ name: 'output head bias', params: config.count('vocab_size'), active: true }] }
        : {},
  }
}

function minimaxAttention(config: ConfigFields): AttentionTraits {
  return { qkNorm: config.flagOr('use_qk_norm', true) ? 'full' : 'none' }
}

function minimaxExperts(config: ConfigFields, experts: number): Partial<MoeTraits> {
  return {
    sharedInter: config.countOr('shared_intermediate_size', 0, { min: 0 }),
    smallParams: config.flagOr('use_routing_bias', true) ? experts : 0,
  }
}

// Biases on queries, keys and values only; one balancing correction per expert.
function glm4MoeTraits(): SparseTraits {
  return {
    attention: (config) => ({
      qkvBias: config.flagOr('attention_bias', false),
      qkNorm: config.flagOr('use_qk_norm', false) ? 'head' : 'none',
    }),
    inter: 'moe_intermediate_size',
    experts: (config, experts) => ({ ...sharedExperts(config), smallParams: experts }),
    isDense: firstDense,
    headDimDefault: 128,
  }
}

// The first DeepSeekMoE (16B): fine-grained and shared experts, no balancing correction.
function deepseekMoeTraits(): SparseTraits {
  return { attention: biased, inter: 'moe_intermediate_size', experts: sharedExperts, isDense: firstDense }
}

function sharedExperts(config: ConfigFields): Partial<MoeTraits> {
  const shared = config.countOr('n_shared_experts', 0, { min: 0 })
  return { sharedInter: shared * readInter(config, 'moe_intermediate_size') }
}

function firstDense(config: ConfigFields): (index: number) => boolean {
  const first = config.countOr('first_k_dense_replace', 0, { min: 0 })
  const step = config.countOr('moe_layer_freq', 1)
  return (index) => index < first || index % step !== 0
}
