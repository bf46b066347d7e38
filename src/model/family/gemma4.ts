import { PincerError } from '../../issue/index.ts'
import type { Ffn, GqaMixer } from '../arch.ts'
import type { ConfigFields } from '../config-fields.ts'
import { type FamilyReader, assemble, hiddenSize, layerCount } from '../skeleton.ts'
import { checkedHeads, gqaMixer, layerTypes, readHeads } from './attention.ts'
import { denseFfn, moeFfn, readExperts, readInter } from './ffn.ts'

/** Gemma 4: sliding and global layers of different head sizes; experts beside a dense FFN in the sparse model. */
export const gemma4Families: ReadonlyMap<string, FamilyReader> = new Map([
  ['gemma4_text', gemma4Arch],
] satisfies readonly (readonly [string, FamilyReader])[])

function gemma4Arch(source: Parameters<FamilyReader>[0]): ReturnType<FamilyReader> {
  const config = source.text
  refuseEdgeVariants(config)
  const hidden = hiddenSize(config)
  const isSparse = config.flagOr('enable_moe_block', false)
  const ffn = isSparse ? sparseFfn(config, hidden) : denseFfn(readInter(config))
  const sliding = slidingMixer(config, hidden)
  const full = globalMixer(config, hidden)
  const count = layerCount(config)
  const types = layerTypes(config, count)
  const isGlobal = (index: number): boolean =>
    types === undefined ? (index + 1) % 6 === 0 : types[index] === 'full_attention'
  // Norms before and after mixer and FFN, three more around the experts, and one scalar per layer.
  const normParams = (isSparse ? 7 : 4) * hidden + 1
  const layers = Array.from({ length: count }, (_, index) => ({
    mixer: isGlobal(index) ? full : sliding,
    ffn,
    normParams,
  }))
  return assemble(source, { hidden, layers, tiedByDefault: true })
}

// The edge models add per-layer embeddings and layers that reuse the cache of earlier ones; nothing here describes
// those. Class defaults: 256 values of per-layer embedding, no shared layers.
function refuseEdgeVariants(config: ConfigFields): void {
  const perLayer = config.countOr('hidden_size_per_layer_input', 256, { min: 0 })
  const reusing = config.countOr('num_kv_shared_layers', 0, { min: 0 })
  const field = perLayer > 0 ? 'hidden_size_per_layer_input' : reusing > 0 ? 'num_kv_shared_layers' : undefined
  if (field === undefined) return
  throw new PincerError({
    code: 'unsupported',
    path: [...config.path, field],
    message: 'Gemma 4 models with per-layer embeddings or shared KV layers (E2B, E4B) are not supported',
    suggestion: 'declare the model by its total and active parameters instead',
  })
}

function slidingMixer(config: ConfigFields, hidden: number): GqaMixer {
  return gqaMixer(hidden, readHeads(config, hidden, 256), {
    qkNorm: 'head',
    window: config.countOr('sliding_window', 512),
  })
}

// With `attention_k_eq_v` one projection makes keys and values, which are then normed and rotated apart.
function globalMixer(config: ConfigFields, hidden: number): GqaMixer {
  const { heads, kvHeads } = readHeads(config, hidden, 256)
  const sharedKv = config.flagOr('attention_k_eq_v', false)
  const globalHeads = sharedKv ? config.countOr('num_global_key_value_heads', kvHeads) : kvHeads
  const shape = { heads, kvHeads: globalHeads, headDim: config.countOr('global_head_dim', 512) }
  return gqaMixer(hidden, checkedHeads(config, shape, 'num_global_key_value_heads'), { qkNorm: 'head', sharedKv })
}

// The router scales its input (D) and each expert's output (E).
function sparseFfn(config: ConfigFields, hidden: number): Ffn {
  const sizes = readExperts(config)
  return moeFfn(hidden, {
    ...sizes,
    inter: readInter(config, 'moe_intermediate_size'),
    denseInter: readInter(config),
    smallParams: hidden + sizes.experts,
  })
}
