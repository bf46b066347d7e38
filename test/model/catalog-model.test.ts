import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findModelEntry, isKnown, modelEntries } from '../../src/catalog/index.ts'
import { PincerError } from '../../src/issue/index.ts'
import { findModel } from '../../src/model/index.ts'

const root = new URL('../../', import.meta.url)
const entries = modelEntries()

function parsedFile(name: string): object {
  return JSON.parse(readFileSync(new URL(`catalog/${name}`, root), 'utf8')) as object
}

test('every file of catalog/models is registered', () => {
  const files = readdirSync(new URL('catalog/models/', root)).filter((name) => name.endsWith('.json'))
  expect(entries.length).toBe(files.length)
})

test('ids and aliases are unique, aliases in lower case where they are short', () => {
  const owners = new Map<string, string>()
  for (const { id, aliases } of entries) {
    for (const name of [id, ...aliases]) {
      const key = name.toLowerCase()
      expect(owners.get(key) ?? id).toBe(id)
      owners.set(key, id)
    }
    for (const alias of aliases) if (!alias.includes('/')) expect(alias).toBe(alias.toLowerCase())
  }
})

test('every count cites a publication', () => {
  const sources = { ...parsedFile('sources.json'), ...parsedFile('model-sources.json') }
  for (const { source, published } of entries) {
    expect(Object.hasOwn(sources, source)).toBe(true)
    for (const figure of [published.totalParams, published.activeParams]) {
      if (isKnown(figure)) expect(Object.hasOwn(sources, figure.source)).toBe(true)
      else expect(figure.unknown.length).toBeGreaterThan(10)
    }
  }
})

// Names under which measurements and published speeds know the models.
test.each([
  ['deepseek-ai/DeepSeek-R1', 'deepseek-ai/DeepSeek-R1'],
  ['meta-llama/Llama-3.1-8B-Instruct', 'meta-llama/Llama-3.1-8B'],
  ['meta-llama/Meta-Llama-3.1-70B', 'meta-llama/Llama-3.1-70B'],
  ['deepseek-r1', 'deepseek-ai/DeepSeek-R1'],
  ['deepseek-v2', 'deepseek-ai/DeepSeek-V2'],
  ['gemma-4-31b', 'google/gemma-4-31B'],
  ['glm-4.7', 'zai-org/GLM-4.7'],
  ['gpt-oss-20b', 'openai/gpt-oss-20b'],
  ['kimi-k2.6', 'moonshotai/Kimi-K2.5'],
  ['llama2-7b', 'meta-llama/Llama-2-7b-hf'],
  ['llama2-70b', 'meta-llama/Llama-2-70b-hf'],
  ['llama3-8b', 'meta-llama/Llama-3.1-8B'],
  ['llama3-70b', 'meta-llama/Llama-3.1-70B'],
  ['llama3-405b', 'meta-llama/Llama-3.1-405B'],
  ['llama3.2-1b', 'meta-llama/Llama-3.2-1B'],
  ['minimax-m2.7', 'MiniMaxAI/MiniMax-M2.5'],
  ['mixtral-8x7b', 'mistralai/Mixtral-8x7B-v0.1'],
  ['QWEN3-32B', 'Qwen/Qwen3-32B'],
  ['qwen3-235b-a22b', 'Qwen/Qwen3-235B-A22B'],
  ['qwen3-coder-480b-a35b', 'Qwen/Qwen3-Coder-480B-A35B-Instruct'],
  ['qwen3.5-397b-a17b', 'Qwen/Qwen3.5-397B-A17B'],
])('%s is %s', (name, id) => {
  expect(findModelEntry(name).id).toBe(id)
  expect(findModel(name)).toBe(findModel(id))
})

test('an unknown name gets the nearest one, and prototype names are unknown', () => {
  expect(() => findModelEntry('deepsek-v3')).toThrow('did you mean deepseek-v3?')
  for (const name of ['__proto__', 'constructor', '', 'x'.repeat(10_000)]) {
    expect(() => findModelEntry(name)).toThrow(PincerError)
  }
})

test('a model known by its totals only says so', () => {
  expect(findModel('gemma-4-31b').declared).toEqual({ totalParams: 31e9, activeParams: 31e9 })
  expect(findModel('llama-3.1-8b').declared).toBeUndefined()
})
