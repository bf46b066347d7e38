import type { LinearMixer } from '../arch.ts'
import type { ConfigFields } from '../config-fields.ts'
import type { Layer } from '../layer.ts'
import { type FamilyReader, assemble, hiddenSize, layerCount } from '../skeleton.ts'
import { checkedHeads, gqaMixer } from './attention.ts'
import { denseFfn, moeFfn, readExperts, readInter } from './ffn.ts'
import { stateFormat } from './state-format.ts'

/** Nemotron-H: each layer is one block of the pattern: Mamba 2 (M), attention (*), FFN (-) or experts (E). */
export const nemotronFamilies: ReadonlyMap<string, FamilyReader> = new Map([
  ['nemotron_h', nemotronArch],
] satisfies readonly (readonly [string, FamilyReader])[])

const NONE = { kind: 'none' } as const

function nemotronArch(source: Parameters<FamilyReader>[0]): ReturnType<FamilyReader> {
  const config = source.text
  const hidden = hiddenSize(config)
  const blocks = blockReaders(config, hidden)
  const known = new Map<string, Layer>()
  const layers = blockPattern(config)
    .split('')
    .map((symbol, index) => {
      const layer = known.get(symbol) ?? blocks.get(symbol)?.()
      if (layer === undefined)
        throw config.invalid('hybrid_override_pattern', `unknown block "${symbol}" at ${index}`, 'known: M, *, -, E')
      known.set(symbol, layer)
      return layer
    })
  return assemble(source, { hidden, layers, tiedByDefault: false })
}

function blockPattern(config: ConfigFields): string {
  const pattern = config.text('hybrid_override_pattern')
  const count = layerCount(config)
  if (pattern.length === count) return pattern
  throw config.invalid('hybrid_override_pattern', `expected ${count} blocks (num_hidden_layers), got ${pattern.length}`)
}

// Read on demand: a model without experts has no fields for them.
function blockReaders(config: ConfigFields, hidden: number): ReadonlyMap<string, () => Layer> {
  const normParams = hidden
  return new Map([
    ['M', (): Layer => ({ mixer: mambaMixer(config, hidden), ffn: NONE, normParams })],
    ['*', (): Layer => ({ mixer: attention(config, hidden), ffn: NONE, normParams })],
    ['-', (): Layer => ({ mixer: NONE, ffn: squaredFfn(config), normParams })],
    ['E', (): Layer => ({ mixer: NONE, ffn: experts(config, hidden), normParams })],
  ])
}

function attention(config: ConfigFields, hidden: number): Layer['mixer'] {
  const heads = config.count('num_attention_heads', { max: 65_536 })
  const kvHeads = config.count('num_key_value_heads', { max: 65_536 })
  const headDim = config.countOr(['head_dim', 'attention_head_dim'], 128)
  const bias = config.flagOr('attention_bias', false)
  return gqaMixer(hidden, checkedHeads(config, { heads, kvHeads, headDim }), { qkvBias: bias, outputBias: bias })
}

// Squared ReLU: no gate.
function squaredFfn(config: ConfigFields): Layer['ffn'] {
  return denseFfn(readInter(config), { gated: false, bias: config.flagOr('mlp_bias', false) })
}

function experts(config: ConfigFields, hidden: number): Layer['ffn'] {
  const sizes = readExperts(config)
  return moeFfn(hidden, {
    ...sizes,
    inter: readInter(config, 'moe_intermediate_size'),
    gated: false,
    sharedInter: config.countOr('moe_shared_expert_intermediate_size', 0, { min: 0 }),
    expertHidden: config.countOr('moe_latent_size', hidden),
    smallParams: sizes.experts,
  })
}

/**
 * Mamba 2 (arXiv 2405.21060): a state of head dimension × N per head, decayed, updated by an outer product and read: 5
 * FLOPs per state value and token, plus the short convolution.
 */
function mambaMixer(config: ConfigFields, hidden: number): LinearMixer {
  const heads = config.count('mamba_num_heads', { max: 1_000_000 })
  const headDim = config.count('mamba_head_dim')
  const stateSize = config.count('ssm_state_size')
  const kernel = config.countOr('conv_kernel', 4)
  const width = heads * headDim
  const convChannels = width + 2 * config.count('n_groups') * stateSize
  const inputCols = width + convChannels + heads
  const convBias = config.flagOr('use_conv_bias', true) ? convChannels : 0
  const projectionBias = config.flagOr('use_bias', false) ? inputCols + hidden : 0
  const stateValues = width * stateSize
  return {
    kind: 'linear',
    variant: 'mamba2',
    heads,
    stateValues,
    convValues: convChannels * (kernel - 1),
    stateFormat: stateFormat(config, ['mamba_ssm_cache_dtype', 'mamba_ssm_dtype']),
    inputCols,
    outputRows: width,
    // Projections, convolution, decay, skip and time-step vectors, output norm.
    params: hidden * (inputCols + width) + convChannels * kernel + convBias + projectionBias + 3 * heads + width,
    recurrenceFlops: 5 * stateValues + 2 * convChannels * kernel,
  }
}
