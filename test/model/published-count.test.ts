import { expect, test } from 'vitest'
import { type Figure, isKnown, modelEntries } from '../../src/catalog/index.ts'
import { type ModelArch, modelArch, paramCounts } from '../../src/model/index.ts'

const entries = modelEntries().map((entry) => [entry.id, entry] as const)

// Counts that have no published figure to be held against.
const UNPUBLISHED = new Map([
  ['moonshotai/Kimi-K3', ['totalParams', 'activeParams']],
  ['MiniMaxAI/MiniMax-M3', ['totalParams', 'activeParams']],
  ['xai-org/grok-1', ['activeParams']],
])

// Publishers that leave the embedding table (one row of it is read per token) out of their active count.
const WITHOUT_EMBEDDING = new Set([
  'deepseek-ai/DeepSeek-R1',
  'deepseek-ai/DeepSeek-V2',
  'deepseek-ai/DeepSeek-V2-Lite',
  'deepseek-ai/DeepSeek-V3',
  'deepseek-ai/DeepSeek-V3.2',
  'deepseek-ai/DeepSeek-V4-Flash',
  'deepseek-ai/DeepSeek-V4-Pro',
  'nvidia/DeepSeek-V3.2-NVFP4',
  'openai/gpt-oss-120b',
  'openai/gpt-oss-20b',
  'ibm-granite/granite-3.0-1b-a400m-base',
  'ibm-granite/granite-3.0-3b-a800m-base',
  'databricks/dbrx-base',
  'MiniMaxAI/MiniMax-M2.5',
  'moonshotai/Kimi-Linear-48B-A3B-Instruct',
])

// Publishers that leave out embedding table and output head.
const WITHOUT_EMBEDDING_AND_HEAD = new Set([
  'zai-org/GLM-4.7',
  'zai-org/GLM-4.5-Air',
  'zai-org/GLM-5.1',
  'Qwen/Qwen3-Next-80B-A3B-Instruct',
])

// Published with the last digit cut off instead of rounded; the interval in the entry says so.
const TRUNCATED = new Set(['Qwen/Qwen3-30B-A3B', 'deepseek-ai/DeepSeek-V2-Lite'])

function activeAsPublished(id: string, arch: ModelArch): number {
  const { active, embedding, head } = paramCounts(arch)
  if (WITHOUT_EMBEDDING_AND_HEAD.has(id)) return active - embedding - head
  return WITHOUT_EMBEDDING.has(id) ? active - embedding : active
}

// One or two digits are no more exact than their rounding: 1.6T may be anything from 1.55T to 1.65T.
function significantDigits(value: number): number {
  return String(value).replace(/0+$/, '').length
}

function agrees(counted: number, figure: Figure): boolean {
  if (Math.abs(counted / figure.value - 1) <= 0.01) return true
  const { low, high } = figure
  return low !== undefined && high !== undefined && counted >= low && counted <= high
}

test('the catalog has at least 60 models', () => {
  expect(entries.length).toBeGreaterThanOrEqual(60)
})

test.each(entries)('%s: counted total parameters agree with the published ones', (id, entry) => {
  const figure = entry.published.totalParams
  if (!isKnown(figure)) return expect(UNPUBLISHED.get(id)).toContain('totalParams')
  expect(agrees(paramCounts(modelArch(entry)).total, figure)).toBe(true)
})

test.each(entries)('%s: counted active parameters agree with the published ones', (id, entry) => {
  const figure = entry.published.activeParams
  if (!isKnown(figure)) return expect(UNPUBLISHED.get(id)).toContain('activeParams')
  expect(agrees(activeAsPublished(id, modelArch(entry)), figure)).toBe(true)
})

test.each(entries)('%s: intervals stand on figures of at most two digits and are their rounding', (id, entry) => {
  for (const figure of [entry.published.totalParams, entry.published.activeParams]) {
    if (!isKnown(figure) || figure.low === undefined || figure.high === undefined) continue
    expect(significantDigits(figure.value)).toBeLessThanOrEqual(2)
    const unit = figure.high - figure.low
    expect(String(unit)).toMatch(/^10*$/)
    if (TRUNCATED.has(id) && figure.low === figure.value) continue
    expect(figure.value - figure.low).toBe(figure.high - figure.value)
    expect(figure.value % unit).toBe(0)
  }
})
