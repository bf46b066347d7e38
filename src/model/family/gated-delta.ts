import type { Ffn, LinearMixer, Mixer } from '../arch.ts'
import type { ConfigFields } from '../config-fields.ts'
import { type FamilyReader, assemble, hiddenSize, layerCount } from '../skeleton.ts'
import { gqaMixer, layerTypes, readHeads } from './attention.ts'
import { denseFfn, moeFfn, readExperts, readInter } from './ffn.ts'
import { stateFormat } from './state-format.ts'

/** Hybrids of gated delta-net and gated full attention: Qwen3-Next and Qwen3.5. */
export const gatedDeltaFamilies: ReadonlyMap<string, FamilyReader> = new Map([
  ['qwen3_next', (source) => hybridArch(source, qwenMoe)],
  ['qwen3_5_text', (source) => hybridArch(source, (config) => denseFfn(readInter(config)))],
  ['qwen3_5_moe_text', (source) => hybridArch(source, qwenMoe)],
] satisfies readonly (readonly [string, FamilyReader])[])

function hybridArch(
  source: Parameters<FamilyReader>[0],
  readFfn: (config: ConfigFields, hidden: number) => Ffn,
): ReturnType<FamilyReader> {
  const config = source.text
  const hidden = hiddenSize(config)
  const bias = config.flagOr('attention_bias', false)
  const full: Mixer = gqaMixer(hidden, readHeads(config, hidden, 256), {
    outputGate: config.flagOr('attn_output_gate', true),
    qkNorm: 'head',
    qkvBias: bias,
    outputBias: bias,
  })
  const linear = deltaNetMixer(config, hidden)
  const ffn = readFfn(config, hidden)
  const isFull = fullLayers(config)
  const layers = Array.from({ length: layerCount(config) }, (_, index) => ({
    mixer: isFull(index) ? full : linear,
    ffn,
    normParams: 2 * hidden,
  }))
  return assemble(source, { hidden, layers, tiedByDefault: false })
}

// Class default: every fourth layer attends to everything.
function fullLayers(config: ConfigFields): (index: number) => boolean {
  const types = layerTypes(config, layerCount(config))
  const interval = config.countOr('full_attention_interval', 4)
  return (index) => (types === undefined ? (index + 1) % interval === 0 : types[index] === 'full_attention')
}

function qwenMoe(config: ConfigFields, hidden: number): Ffn {
  const { experts, topk } = readExperts(config)
  return moeFfn(hidden, {
    experts,
    topk,
    inter: readInter(config, 'moe_intermediate_size'),
    sharedInter: readInter(config, 'shared_expert_intermediate_size'),
    sharedGate: true,
  })
}

/**
 * Gated delta-net (arXiv 2412.06464): queries, keys, values and an output gate are projected from D, a short
 * convolution runs over the first three, and each value head keeps a key × value state. Per token and head the rule
 * decays the state, reads it with the key, adds a rank-one correction and reads it with the query: 7 FLOPs per state
 * value.
 */
function deltaNetMixer(config: ConfigFields, hidden: number): LinearMixer {
  const keyHeads = config.count('linear_num_key_heads')
  const valueHeads = config.count('linear_num_value_heads')
  const keyDim = config.count('linear_key_head_dim')
  const valueDim = config.count('linear_value_head_dim')
  const kernel = config.countOr('linear_conv_kernel_dim', 4)
  if (valueHeads % keyHeads !== 0)
    throw config.invalid('linear_num_key_heads', `${valueHeads} value heads cannot share ${keyHeads} key heads evenly`)
  const convChannels = 2 * keyHeads * keyDim + valueHeads * valueDim
  const valueCols = valueHeads * valueDim
  const inputCols = convChannels + valueCols + 2 * valueHeads
  const stateValues = valueHeads * keyDim * valueDim
  return {
    kind: 'linear',
    variant: 'gated-delta-net',
    heads: valueHeads,
    stateValues,
    convValues: convChannels * (kernel - 1),
    stateFormat: stateFormat(config, ['mamba_ssm_dtype']),
    inputCols,
    outputRows: valueCols,
    // Projections, convolution, decay and time-step vectors, output norm.
    params: hidden * (inputCols + valueCols) + convChannels * kernel + 2 * valueHeads + valueDim,
    recurrenceFlops: 7 * stateValues + 2 * convChannels * kernel,
  }
}
