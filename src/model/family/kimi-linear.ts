import type { LinearMixer } from '../arch.ts'
import type { ConfigFields } from '../config-fields.ts'
import { type FamilyReader, assemble, hiddenSize, layerCount } from '../skeleton.ts'
import { latentLayers, mlaMixer, readLatentShape } from './deepseek.ts'

/** Kimi Linear and Kimi K3: Kimi delta attention with full latent attention in between. */
export const kimiLinearFamilies: ReadonlyMap<string, FamilyReader> = new Map([
  ['kimi_linear', kimiArch],
] satisfies readonly (readonly [string, FamilyReader])[])

function kimiArch(source: Parameters<FamilyReader>[0]): ReturnType<FamilyReader> {
  const config = source.text
  const hidden = hiddenSize(config)
  const outputGate = config.flagOr('mla_use_output_gate', false)
  const full = mlaMixer(readLatentShape(config), { outputGate })
  const linear = kimiDeltaMixer(config.requiredSection('linear_attn_config'), hidden)
  const isFull = fullLayers(config)
  const expertHidden = config.countOr('routed_expert_hidden_size', hidden)
  const layers = latentLayers(config, hidden, (index) => (isFull(index) ? full : linear), {
    isCorrected: true,
    expertHidden,
    expertNormParams: config.flagOr('latent_moe_use_norm', false) ? expertHidden : 0,
  })
  return assemble(source, { hidden, layers, tiedByDefault: false })
}

// Layer numbers in the config start at 1; every layer must be in exactly one of the two lists.
function fullLayers(config: ConfigFields): (index: number) => boolean {
  const lists = config.requiredSection('linear_attn_config')
  const full = new Set(lists.optionalCounts('full_attn_layers'))
  const linear = new Set(lists.optionalCounts('kda_layers'))
  for (let layer = 1; layer <= layerCount(config); layer++) {
    if (full.has(layer) === linear.has(layer))
      throw lists.invalid(
        'full_attn_layers',
        `layer ${layer} must be in exactly one of full_attn_layers and kda_layers`,
      )
  }
  return (index) => full.has(index + 1)
}

/**
 * Kimi delta attention (arXiv 2510.26692): the gated delta rule with one decay per channel. Decay and output gate are
 * low-rank (head dimension wide) unless the gate is full-rank (Kimi K3).
 */
function kimiDeltaMixer(config: ConfigFields, hidden: number): LinearMixer {
  const heads = config.count('num_heads', { max: 65_536 })
  const headDim = config.count('head_dim')
  const kernel = config.countOr('short_conv_kernel_size', 4)
  const width = heads * headDim
  const hasFullGate = config.flagOr('use_full_rank_gate', false)
  const gateCols = hasFullGate ? width : headDim
  const inputCols = 3 * width + headDim + heads + gateCols
  // Second halves of the low-rank decay and gate.
  const lowRank = (hasFullGate ? 1 : 2) * headDim * width
  const stateValues = heads * headDim * headDim
  return {
    kind: 'linear',
    variant: 'kimi-delta',
    heads,
    stateValues,
    convValues: 3 * width * (kernel - 1),
    // Engines keep the state of this rule in FP32 whatever the dtype of the model.
    stateFormat: 'fp32',
    inputCols,
    outputRows: width,
    params: hidden * (inputCols + width) + lowRank + 3 * width * kernel + width + heads + headDim,
    recurrenceFlops: 7 * stateValues + 6 * width * kernel + 2 * lowRank,
  }
}
