import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findModelEntry, modelEntries } from '../../src/catalog/index.ts'
import { type Issue, PincerError } from '../../src/issue/index.ts'
import {
  type ModelArch,
  findModel,
  groupParams,
  paramCounts,
  parseConfig,
  supportedFamilies,
} from '../../src/model/index.ts'

const about = { id: 'test/model' }

function issueOf(config: unknown): Issue {
  try {
    parseConfig(config, about)
  } catch (error) {
    if (error instanceof PincerError) return error.issues[0] ?? expect.fail('an error without issues')
    throw error
  }
  return expect.fail('the config was accepted')
}

function configOf(name: string): Record<string, unknown> {
  return structuredClone(findModelEntry(name).config) as Record<string, unknown>
}

describe('architecture', () => {
  test('DeepSeek-V3', () => {
    const arch = parseConfig(configOf('deepseek-v3'), about)
    expect(arch).toMatchObject({ id: 'test/model', family: 'deepseek_v3', hidden: 7168, vocab: 129_280, mtpLayers: 1 })
    expect(arch.layers.map((group) => [group.count, group.mixer.kind, group.ffn.kind])).toEqual([
      [3, 'mla', 'dense'],
      [58, 'mla', 'moe'],
    ])
  })

  test('hybrids list each kind of layer once, in order of appearance', () => {
    expect(kinds(findModel('qwen3.5-27b'))).toEqual([
      [48, 'linear'],
      [16, 'gqa'],
    ])
    expect(kinds(findModel('nemotron-3-nano'))).toEqual([
      [23, 'linear'],
      [23, 'none'],
      [6, 'gqa'],
    ])
    expect(kinds(findModel('kimi-k3'))).toEqual([
      [1, 'linear'],
      [68, 'linear'],
      [24, 'mla'],
    ])
  })

  test('nested configs count like their flat language model', () => {
    const { text_config: text } = configOf('qwen3.5-27b')
    const flat = parseConfig({ ...(text as object), tie_word_embeddings: false }, about)
    expect(paramCounts(flat)).toEqual(paramCounts(findModel('qwen3.5-27b')))
  })

  test('absent KV heads are as many as query heads, and the head dimension is their share of the width', () => {
    const config = configOf('llama-3.1-8b')
    delete config['num_key_value_heads']
    expect(parseConfig(config, about).layers[0]?.mixer).toMatchObject({ kvHeads: 32, headDim: 128 })
  })

  test('layer counts sum to the number of layers', () => {
    for (const entry of modelEntries()) {
      const text = (entry.config['text_config'] ?? entry.config) as Record<string, unknown>
      const wanted = text['num_hidden_layers'] ?? text['n_layer'] ?? text['n_layers']
      if (wanted === undefined) continue
      expect(findModel(entry.id).layers.reduce((total, group) => total + group.count, 0)).toBe(wanted)
    }
  })
})

function kinds(arch: ModelArch): readonly (readonly [number, string])[] {
  return arch.layers.map((group) => [group.count, group.mixer.kind])
}

describe('errors', () => {
  test('an unknown family is named, with the supported ones', () => {
    const issue = issueOf({ model_type: 'lama', hidden_size: 8 })
    expect(issue).toMatchObject({ code: 'unknown_family', path: ['model_type'] })
    expect(issue.message).toContain('"lama"')
    expect(issue.suggestion).toContain('did you mean llama')
    for (const family of supportedFamilies()) expect(issue.suggestion).toContain(family)
  })

  test('families named like properties of objects are unknown, too', () => {
    for (const name of ['__proto__', 'constructor', 'toString'])
      expect(issueOf({ model_type: name }).code).toBe('unknown_family')
  })

  test('a missing field has its path', () => {
    const config = configOf('qwen3.5-27b')
    delete (config['text_config'] as Record<string, unknown>)['num_hidden_layers']
    expect(issueOf(config)).toMatchObject({ code: 'missing_field', path: ['text_config', 'num_hidden_layers'] })
    expect(issueOf({})).toMatchObject({ code: 'missing_field', path: ['model_type'] })
  })

  test.each([
    ['num_hidden_layers', -1],
    ['num_hidden_layers', 1e6],
    ['hidden_size', 0],
    ['hidden_size', 4096.5],
    ['hidden_size', '4096'],
    ['hidden_size', Number.NaN],
    ['vocab_size', Number.POSITIVE_INFINITY],
    ['intermediate_size', [14_336]],
    ['num_attention_heads', 31],
    ['num_key_value_heads', 7],
    ['tie_word_embeddings', 'no'],
    ['torch_dtype', 'float3'],
  ])('refuses %s = %s', (field, value) => {
    expect(issueOf({ ...configOf('llama-3.1-8b'), [field]: value })).toMatchObject({
      code: 'invalid_value',
      path: [field],
    })
  })

  test('refuses more experts per token than there are', () => {
    const issue = issueOf({ ...configOf('mixtral-8x7b'), num_experts_per_tok: 9 })
    expect(issue).toMatchObject({ code: 'invalid_value', path: ['num_experts_per_tok'] })
  })

  test('refuses lists that do not cover the layers, and unknown layer types in them', () => {
    const config = configOf('gpt-oss-20b')
    expect(issueOf({ ...config, layer_types: ['full_attention'] }).path).toEqual(['layer_types'])
    const types = [...(config['layer_types'] as string[])]
    types[3] = 'astrology'
    expect(issueOf({ ...config, layer_types: types }).path).toEqual(['layer_types', 3])
  })

  test('refuses an unknown quantisation', () => {
    const issue = issueOf({ ...configOf('llama-3.1-8b'), quantization_config: { quant_method: 'magic' } })
    expect(issue).toMatchObject({ code: 'unknown_format', path: ['quantization_config', 'quant_method'] })
  })

  test('says which Gemma 4 models it cannot describe', () => {
    const config = configOf('gemma-4-26b-a4b')
    const text = { ...(config['text_config'] as object), num_kv_shared_layers: 10 }
    expect(issueOf({ ...config, text_config: text })).toMatchObject({
      code: 'unsupported',
      path: ['text_config', 'num_kv_shared_layers'],
    })
  })

  test.each([null, 7, 'llama', [], undefined])('refuses %s as a config', (config) => {
    expect(issueOf(config).code).toBe('invalid_value')
  })
})

// Any change to any field of a real config gives an architecture with sound numbers or a PincerError, never anything else.
test('mutated configs parse soundly or fail cleanly', () => {
  const nasty = fc.oneof(
    fc.constantFrom(null, undefined, -1, 0, 1.5, 1e18, Number.NaN, Number.POSITIVE_INFINITY, '', '8', true, [], {}),
    fc.integer({ min: 1, max: 100_000 }),
    fc.array(fc.integer({ min: -1, max: 200 }), { maxLength: 100 }),
    fc.string({ maxLength: 10 }),
  )
  const configs = modelEntries().map((entry) => entry.config)
  fc.assert(
    fc.property(fc.constantFrom(...configs), fc.nat(), nasty, (config, pick, value) => {
      const copy = structuredClone(config) as Record<string, unknown>
      const owner = (copy['text_config'] ?? copy) as Record<string, unknown>
      const fields = Object.keys(owner)
      owner[fields[pick % fields.length] ?? 'model_type'] = value
      const arch = parsedOrUndefined(copy)
      if (arch !== undefined) expectSound(arch)
    }),
    { numRuns: 2000 },
  )
})

function parsedOrUndefined(config: unknown): ModelArch | undefined {
  try {
    return parseConfig(config, about)
  } catch (error) {
    expect(error).toBeInstanceOf(PincerError)
    return undefined
  }
}

function expectSound(arch: ModelArch): void {
  const { total, active, embedding, head, mixer, routedExperts, sharedFfn, norms, extra } = paramCounts(arch)
  for (const count of [total, active, embedding, head, mixer, routedExperts, sharedFfn, norms, extra]) {
    expect(Number.isFinite(count) && count >= 0).toBe(true)
  }
  expect(embedding + head + mixer + routedExperts + sharedFfn + norms + extra).toBe(total)
  expect(active).toBeLessThanOrEqual(total)
}

test('the counts of the layers sum to those of the model', () => {
  for (const entry of modelEntries()) {
    const arch = findModel(entry.id)
    const counts = paramCounts(arch)
    const layers = arch.layers.map((group) => ({ count: group.count, ...groupParams(arch, group) }))
    const inLayers = layers.reduce((total, one) => total + one.count * (one.mixer + one.ffnTotal + one.norms), 0)
    const outside = counts.embedding + counts.head + counts.extra + (arch.finalNormParams ?? arch.hidden)
    expect(inLayers + outside).toBe(counts.total)
    const idle = layers.reduce((total, one) => total + one.count * (one.ffnTotal - one.ffnActive), 0)
    const idleExtra = arch.extraParams.reduce((total, part) => total + (part.active ? 0 : part.params), 0)
    expect(counts.total - idle - idleExtra).toBe(counts.active)
    expectSound(arch)
  }
})

test('parsing takes less than a millisecond per model', () => {
  const configs = modelEntries().filter((entry) => entry.config['model_type'] !== 'declared')
  for (const { config } of configs) parseConfig(config, about)
  const best = Math.min(
    ...Array.from({ length: 5 }, () => {
      const start = performance.now()
      for (const { config } of configs) parseConfig(config, about)
      return (performance.now() - start) / configs.length
    }),
  )
  expect(best).toBeLessThan(1)
})
