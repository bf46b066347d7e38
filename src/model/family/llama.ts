import type { GqaMixer } from '../arch.ts'
import type { ConfigFields } from '../config-fields.ts'
import type { Layer } from '../layer.ts'
import { type ConfigSource, type FamilyReader, assemble, hiddenSize, layerCount } from '../skeleton.ts'
import { type AttentionTraits, gqaMixer, layerTypes, readHeads } from './attention.ts'
import { denseFfn, readInter } from './ffn.ts'

/** Window in tokens of each layer, by index; undefined is full attention. */
type WindowReader = (config: ConfigFields) => (index: number) => number | undefined

/** How a dense decoder differs from llama. */
interface DenseTraits {
  readonly attention?: (config: ConfigFields) => AttentionTraits
  readonly headDimDefault?: number
  /** Norms per layer, in vectors of D. */
  readonly norms?: number
  readonly finalNorms?: number
  readonly tiedByDefault?: boolean
  readonly window?: WindowReader
  readonly vocabDefault?: number
  readonly contextDefault?: number
}

/** Dense decoders: RMS norms, gated FFN, grouped-query attention. */
export const denseFamilies: ReadonlyMap<string, FamilyReader> = new Map([
  ['llama', dense({ attention: allBiased })],
  ['mistral', dense({ window: everyLayer })],
  ['ministral3', dense({ window: everyLayer })],
  ['qwen2', dense({ attention: () => ({ qkvBias: true }), window: qwenWindow })],
  [
    'qwen3',
    dense({ attention: (c) => ({ ...allBiased(c), qkNorm: 'head' }), headDimDefault: 128, window: qwenWindow }),
  ],
  ['phi3', dense({ window: everyLayer })],
  // OLMo's layer norms have no weights.
  ['olmo', dense({ attention: allBiased, norms: 0, finalNorms: 0 })],
  ['olmo2', dense({ attention: (c) => ({ ...allBiased(c), qkNorm: 'full' }) })],
  ['granite', dense({ attention: allBiased })],
  ['glm', dense({ attention: (c) => ({ qkvBias: c.flagOr('attention_bias', false) }), headDimDefault: 128 })],
  [
    'glm4',
    dense({ attention: (c) => ({ qkvBias: c.flagOr('attention_bias', false) }), headDimDefault: 128, norms: 4 }),
  ],
  ['gemma', dense({ attention: allBiased, headDimDefault: 256, tiedByDefault: true })],
  ['gemma2', dense({ attention: allBiased, headDimDefault: 256, norms: 4, tiedByDefault: true, window: gemma2Window })],
  ['gemma3_text', dense(gemma3Traits())],
] satisfies readonly (readonly [string, FamilyReader])[])

function dense(traits: DenseTraits): FamilyReader {
  return (source) => denseArch(source, traits)
}

function denseArch(source: ConfigSource, traits: DenseTraits): ReturnType<FamilyReader> {
  const config = source.text
  const hidden = hiddenSize(config)
  const shape = readHeads(config, hidden, traits.headDimDefault)
  const ffn = denseFfn(readInter(config), { bias: config.flagOr('mlp_bias', false) })
  const attention = traits.attention?.(config) ?? {}
  const normParams = (traits.norms ?? 2) * hidden
  const window = traits.window?.(config) ?? (() => undefined)
  const mixers = new Map<number | undefined, GqaMixer>()
  const layers = Array.from({ length: layerCount(config) }, (_, index): Layer => {
    const span = window(index)
    const mixer = mixers.get(span) ?? gqaMixer(hidden, shape, { ...attention, window: span })
    mixers.set(span, mixer)
    return { mixer, ffn, normParams }
  })
  return assemble(source, {
    hidden,
    layers,
    tiedByDefault: traits.tiedByDefault ?? false,
    finalNormParams: (traits.finalNorms ?? 1) * hidden,
    ...(traits.vocabDefault === undefined ? {} : { vocab: config.countOr('vocab_size', traits.vocabDefault) }),
    ...(traits.contextDefault === undefined
      ? {}
      : { maxContext: config.countOr('max_position_embeddings', traits.contextDefault) }),
  })
}

function allBiased(config: ConfigFields): AttentionTraits {
  const bias = config.flagOr('attention_bias', false)
  return { qkvBias: bias, outputBias: bias }
}

function everyLayer(config: ConfigFields): (index: number) => number | undefined {
  const window = config.optionalCount('sliding_window')
  return () => window
}

// Qwen: layers from `max_window_layers` (class default 28) on slide, and only when `use_sliding_window` is set.
function qwenWindow(config: ConfigFields): (index: number) => number | undefined {
  if (!config.flagOr('use_sliding_window', false)) return () => undefined
  const first = config.countOr('max_window_layers', 28, { min: 0 })
  const window = config.optionalCount('sliding_window')
  return (index) => (index >= first ? window : undefined)
}

// Gemma 2 alternates, beginning with a sliding layer; class default of the window is 4096.
function gemma2Window(config: ConfigFields): (index: number) => number | undefined {
  const window = config.countOr('sliding_window', 4096)
  return (index) => (index % 2 === 0 ? window : undefined)
}

// Class defaults: every sixth layer is global, the others see 4096 tokens.
function gemma3Window(config: ConfigFields): (index: number) => number | undefined {
  const window = config.countOr('sliding_window', 4096)
  const types = layerTypes(config, layerCount(config))
  const period = config.countOr('sliding_window_pattern', 6)
  return (index) => {
    const isGlobal = types === undefined ? (index + 1) % period === 0 : types[index] === 'full_attention'
    return isGlobal ? undefined : window
  }
}

// Class defaults of Gemma3TextConfig, which published configs rely on.
function gemma3Traits(): DenseTraits {
  return {
    attention: (config) => ({ ...allBiased(config), qkNorm: 'head' }),
    headDimDefault: 256,
    norms: 4,
    tiedByDefault: true,
    vocabDefault: 262_208,
    contextDefault: 131_072,
    window: gemma3Window,
  }
}
