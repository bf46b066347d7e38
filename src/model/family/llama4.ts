import { type FamilyReader, assemble, hiddenSize, layerCount } from '../skeleton.ts'
import type { ConfigFields } from '../config-fields.ts'
import { gqaMixer, layerTypes, readHeads } from './attention.ts'
import { denseFfn, moeFfn, readExperts, readInter } from './ffn.ts'

/** Llama 4: chunked attention except in every fourth layer, experts (with one shared) in every layer or every other. */
export const llama4Families: ReadonlyMap<string, FamilyReader> = new Map([
  ['llama4_text', llama4Arch],
] satisfies readonly (readonly [string, FamilyReader])[])

function llama4Arch(source: Parameters<FamilyReader>[0]): ReturnType<FamilyReader> {
  const config = source.text
  const hidden = hiddenSize(config)
  const count = layerCount(config)
  const shape = readHeads(config, hidden, 128)
  const bias = config.flagOr('attention_bias', false)
  // Norms of queries and keys have no weights.
  const mixer = (window?: number): ReturnType<typeof gqaMixer> =>
    gqaMixer(hidden, shape, { qkvBias: bias, outputBias: bias, window })
  const full = mixer()
  const chunked = mixer(config.countOr('attention_chunk_size', 8192))
  const inter = readInter(config)
  const moe = moeFfn(hidden, { ...readExperts(config), inter, sharedInter: inter })
  const isMoe = expertLayers(config)
  const isFull = fullLayers(config, count)
  const dense = denseFfn(config.countOr('intermediate_size_mlp', 16_384))
  const layers = Array.from({ length: count }, (_, index) => ({
    mixer: isFull(index) ? full : chunked,
    ffn: isMoe(index) ? moe : dense,
    normParams: 2 * hidden,
  }))
  return assemble(source, { hidden, layers, tiedByDefault: false })
}

function expertLayers(config: ConfigFields): (index: number) => boolean {
  const listed = config.optionalCounts('moe_layers', undefined, { min: 0 })
  if (listed !== undefined) {
    const layers = new Set(listed)
    return (index) => layers.has(index)
  }
  const step = config.countOr('interleave_moe_layer_step', 1)
  return (index) => (index + 1) % step === 0
}

// Layers without rotary embedding attend to everything; by default every fourth.
function fullLayers(config: ConfigFields, count: number): (index: number) => boolean {
  const types = layerTypes(config, count)
  if (types !== undefined) return (index) => types[index] === 'full_attention'
  const rotary = config.optionalCounts('no_rope_layers', undefined, { min: 0, max: 1 })
  if (rotary !== undefined && rotary.length >= count) return (index) => rotary[index] === 0
  const interval = config.countOr('no_rope_layer_interval', 4)
  return (index) => (index + 1) % interval === 0
}
