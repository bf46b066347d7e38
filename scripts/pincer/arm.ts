import { modelEntries } from '../../src/catalog/index.ts'
import { type ModelArch, findModel, hasExperts, modelArch, paramCounts, parseConfig } from '../../src/model/index.ts'

/** The sparse models of the page. */
export const SPARSE: readonly string[] = ['deepseek-v2', 'mixtral-8x7b', 'qwen3-235b-a22b', 'gpt-oss-120b', 'kimi-k2']

/** Machines of the page by family, in the order of its tables. */
export const MACHINES: readonly { readonly family: string; readonly chips: readonly string[] }[] = [
  { family: 'NVIDIA GPU', chips: ['h100-sxm', 'b200-sxm', 'gb200-nvl72'] },
  { family: 'AMD GPU', chips: ['mi300x', 'mi355x'] },
  { family: 'TPU', chips: ['tpu-v6e', 'tpu-v7-ironwood'] },
  { family: 'Trainium, Gaudi', chips: ['trainium2', 'gaudi3'] },
  { family: 'wafer', chips: ['cerebras-wse3'] },
  { family: 'LPU', chips: ['groq-lpu-v1', 'groq3-lp30'] },
  { family: 'tiered dataflow', chips: ['sambanova-sn40l', 'sambanova-sn50', 'dmatrix-corsair'] },
]

/** A dense model to hold a sparse one against. */
export interface Partner {
  /** What `compare` and a scenario file take. */
  readonly model: string | Readonly<Record<string, unknown>>
  readonly name: string
  readonly params: number
  /** Its size over the one that is asked for. */
  readonly ratio: number
  readonly isScaled: boolean
}

/** A sparse model with dense ones of its active and of its total size. */
export interface Trio {
  readonly id: string
  readonly arch: ModelArch
  readonly total: number
  readonly active: number
  readonly likeActive: Partner
  readonly likeTotal: Partner
}

export function trioOf(id: string): Trio {
  const arch = findModel(id)
  const { total, active } = paramCounts(arch)
  return { id, arch, total, active, likeActive: denseLike(active), likeTotal: denseLike(total) }
}

/** A catalog model further away than this is no partner. */
export const NEAR = 0.15

/**
 * The dense catalog model nearest in size, of those whose every layer shares keys among query heads, as all sparse models of the page do or
 * better: an old one with a cache of full heads would lose by its cache. Where none is near, Llama 3.1 405B scaled.
 */
export function denseLike(params: number): Partner {
  let best: Partner | undefined
  for (const entry of modelEntries()) {
    const arch = modelArch(entry)
    if (hasExperts(arch) || arch.declared !== undefined || !sharesKeys(arch)) continue
    const own = paramCounts(arch).total
    const partner = { model: arch.id, name: arch.name, params: own, ratio: own / params, isScaled: false }
    if (best === undefined || distance(partner) < distance(best)) best = partner
  }
  return best !== undefined && Math.abs(best.ratio - 1) <= NEAR ? best : scaledDense(params)
}

function distance({ ratio }: Partner): number {
  return Math.abs(Math.log(ratio))
}

function sharesKeys({ layers }: ModelArch): boolean {
  return layers.every(({ mixer }) => mixer.kind === 'gqa' && mixer.kvHeads < mixer.heads)
}

/**
 * Llama 3.1 405B with width and depth scaled by the same factor, heads in multiples of 16 so that they share over 16 chips, and so many layers that
 * the parameters come out.
 */
function scaledDense(params: number): Partner {
  const base = { params: 405.9e9, heads: 128, layers: 126, headDim: 128 }
  const factor = (params / base.params) ** (1 / 3)
  const heads = Math.max(16, 16 * Math.round((base.heads * factor) / 16))
  const hidden = heads * base.headDim
  const config = (layers: number): Readonly<Record<string, unknown>> => ({
    model_type: 'llama',
    torch_dtype: 'bfloat16',
    hidden_size: hidden,
    intermediate_size: 3.25 * hidden,
    max_position_embeddings: 131_072,
    num_attention_heads: heads,
    num_hidden_layers: layers,
    num_key_value_heads: 8,
    tie_word_embeddings: false,
    vocab_size: 128_256,
  })
  const sizeOf = (layers: number): number => paramCounts(parseConfig(config(layers), { id: 'scaled' })).total
  const each = sizeOf(2) - sizeOf(1)
  const layers = Math.max(1, Math.round((params - sizeOf(1)) / each) + 1)
  const own = sizeOf(layers)
  const name = `dense ${Math.round(own / 1e9)}B`
  return {
    model: { id: name, ...config(layers) },
    name: `${name} (own: Llama 3.1 405B scaled to ${layers} layers of width ${hidden})`,
    params: own,
    ratio: own / params,
    isScaled: true,
  }
}
