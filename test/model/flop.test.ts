import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { modelEntries } from '../../src/catalog/index.ts'
import { findModel, flopsPerToken, modelArch, paramCounts } from '../../src/model/index.ts'

test('matrix work is two FLOPs per active parameter beside the embedding lookup', () => {
  for (const entry of modelEntries()) {
    const arch = modelArch(entry)
    const { active, embedding, norms, extra } = paramCounts(arch)
    const lookup = arch.tiedEmbeddings ? 0 : embedding
    const idle = arch.extraParams.reduce((total, part) => total + (part.active ? 0 : part.params), 0)
    const matrices = active - lookup - norms - (extra - idle)
    const ratio = flopsPerToken(arch, 0).linear / 2 / matrices
    // Biases, convolutions and low-rank decays are left out: under 1 %.
    expect(ratio).toBeLessThanOrEqual(1)
    expect(ratio).toBeGreaterThan(0.985)
  }
})

// Llama 3.1 70B at 8,192 tokens: 80 layers · 4 · 64 heads · 128 · 8192.
test('attention work of grouped-query attention', () => {
  expect(flopsPerToken(findModel('llama-3.1-70b'), 8192).attention).toBe(80 * 4 * 64 * 128 * 8192)
})

// DeepSeek-V3 expanded: 61 layers · 2 · 128 heads · (192 + 128) per attended token.
test('attention work of latent attention', () => {
  expect(flopsPerToken(findModel('deepseek-v3'), 4096).attention).toBe(61 * 2 * 128 * 320 * 4096)
})

// V3.2 attends to 2,048 tokens, but its indexer looks at all of them with 64 heads of 128.
test('sparse attention stops growing, its indexer does not', () => {
  const arch = findModel('deepseek-v3.2')
  const growth = flopsPerToken(arch, 100_000).attention - flopsPerToken(arch, 50_000).attention
  expect(growth).toBe(61 * 2 * 64 * 128 * 50_000)
})

test('never shrinks with context', () => {
  const archs = modelEntries().map(modelArch)
  const context = fc.integer({ min: 0, max: 2_000_000 })
  fc.assert(
    fc.property(fc.constantFrom(...archs), context, context, (arch, one, other) => {
      const [short, long] = one < other ? [one, other] : [other, one]
      const less = flopsPerToken(arch, short)
      const more = flopsPerToken(arch, long)
      expect(more.attention).toBeGreaterThanOrEqual(less.attention)
      expect(more.linear).toBe(less.linear)
      expect(more.total).toBe(more.linear + more.attention)
    }),
  )
})
