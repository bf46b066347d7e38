import { type FamilyReader, assemble, hiddenSize, layerCount } from '../skeleton.ts'
import { gqaMixer, readHeads } from './attention.ts'
import { denseFfn, moeFfn, readInter } from './ffn.ts'

/** Older layouts: GPT-2/GPT-3 and GPT-NeoX with biases and layer norms, and DBRX with nested configs. */
export const gptFamilies: ReadonlyMap<string, FamilyReader> = new Map([
  ['gpt2', gpt2Arch],
  ['gpt_neox', neoxArch],
  ['dbrx', dbrxArch],
] satisfies readonly (readonly [string, FamilyReader])[])

type Source = Parameters<FamilyReader>[0]
type Arch = ReturnType<FamilyReader>

// GPT-3 (arXiv 2005.14165) shares the layout; its alternating sparse attention patterns are counted as full attention.
function gpt2Arch(source: Source): Arch {
  const config = source.text
  const hidden = hiddenSize(config)
  const mixer = gqaMixer(hidden, readHeads(config, hidden), { qkvBias: true, outputBias: true })
  const ffn = denseFfn(config.countOr('n_inner', 4 * hidden), { gated: false, bias: true })
  const positions = config.count('n_positions')
  return assemble(source, {
    hidden,
    layers: Array.from({ length: layerCount(config) }, () => ({ mixer, ffn, normParams: 4 * hidden })),
    tiedByDefault: true,
    finalNormParams: 2 * hidden,
    extraParams: [{ name: 'learned positions', params: positions * hidden, active: true }],
  })
}

function neoxArch(source: Source): Arch {
  const config = source.text
  const hidden = hiddenSize(config)
  const bias = config.flagOr('attention_bias', true)
  const mixer = gqaMixer(hidden, readHeads(config, hidden), { qkvBias: bias, outputBias: bias })
  const ffn = denseFfn(readInter(config), { gated: false, bias: true })
  return assemble(source, {
    hidden,
    layers: Array.from({ length: layerCount(config) }, () => ({ mixer, ffn, normParams: 4 * hidden })),
    tiedByDefault: false,
    finalNormParams: 2 * hidden,
  })
}

function dbrxArch(source: Source): Arch {
  const config = source.text
  const hidden = hiddenSize(config)
  const attention = config.requiredSection('attn_config')
  const heads = config.count('n_heads', { max: 65_536 })
  const kvHeads = attention.count('kv_n_heads', { max: 65_536 })
  if (heads % kvHeads !== 0)
    throw attention.invalid('kv_n_heads', `${heads} query heads cannot share ${kvHeads} KV heads evenly`)
  if (hidden % heads !== 0) throw config.invalid('n_heads', `width ${hidden} does not divide into ${heads} heads`)
  const mixer = gqaMixer(hidden, { heads, kvHeads, headDim: hidden / heads })
  const expertConfig = config.requiredSection('ffn_config')
  const experts = expertConfig.count('moe_num_experts')
  const topk = expertConfig.count('moe_top_k', { max: experts })
  const ffn = moeFfn(hidden, { experts, topk, inter: readInter(expertConfig, 'ffn_hidden_size') })
  return assemble(source, {
    hidden,
    layers: Array.from({ length: layerCount(config) }, () => ({ mixer, ffn, normParams: 2 * hidden })),
    tiedByDefault: false,
  })
}
