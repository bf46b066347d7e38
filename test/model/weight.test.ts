import { describe, expect, test } from 'vitest'
import { checkpointBytes, findModel, formatsFor, paramCounts, weightBytes } from '../../src/model/index.ts'

const GIB = 2 ** 30

describe('checkpoint', () => {
  // gpt-oss model card, table 1: 60.8 and 12.8 GiB.
  test.each([
    ['gpt-oss-120b', 60.8],
    ['gpt-oss-20b', 12.8],
  ])('%s takes %d GiB', (name, gib) => {
    expect(checkpointBytes(findModel(name)) / GIB).toBeCloseTo(gib, 1)
  })

  test('plain 16-bit checkpoints take two bytes per parameter', () => {
    for (const name of ['llama-3.1-8b', 'qwen3-235b-a22b', 'mixtral-8x7b']) {
      const arch = findModel(name)
      expect(checkpointBytes(arch)).toBe(2 * paramCounts(arch).total)
    }
  })

  test('formats are read from the quantisation of the config', () => {
    expect(findModel('deepseek-v3').checkpoint).toEqual({ ffn: 'fp8', attention: 'fp8', embedding: 'bf16' })
    expect(findModel('gpt-oss-20b').checkpoint).toEqual({ ffn: 'mxfp4', attention: 'bf16', embedding: 'bf16' })
    expect(findModel('nvidia/DeepSeek-V3.2-NVFP4').checkpoint).toEqual({
      ffn: 'fp4',
      attention: 'bf16',
      embedding: 'bf16',
    })
    expect(findModel('kimi-k2.5').checkpoint).toEqual({ ffn: 'int4', attention: 'bf16', embedding: 'bf16' })
    expect(findModel('kimi-k3').checkpoint).toEqual({ ffn: 'mxfp4', attention: 'bf16', embedding: 'bf16' })
    expect(findModel('deepseek-v4-pro').checkpoint).toEqual({ ffn: 'mxfp4', attention: 'fp8', embedding: 'bf16' })
  })
})

describe('serving precision', () => {
  test('means different formats for different parts', () => {
    const llama = findModel('llama-3.1-70b')
    const deepseek = findModel('deepseek-r1')
    expect(formatsFor(llama, 'bf16')).toEqual({ ffn: 'bf16', attention: 'bf16', embedding: 'bf16' })
    expect(formatsFor(llama, 'fp8')).toEqual({ ffn: 'fp8', attention: 'fp8', embedding: 'bf16' })
    expect(formatsFor(llama, 'fp4')).toEqual({ ffn: 'fp4', attention: 'fp4', embedding: 'bf16' })
    expect(formatsFor(deepseek, 'fp4')).toEqual({ ffn: 'fp4', attention: 'fp8', embedding: 'bf16' })
    expect(formatsFor(findModel('gpt-oss-120b'), 'mxfp4')).toEqual({
      ffn: 'mxfp4',
      attention: 'bf16',
      embedding: 'bf16',
    })
    expect(formatsFor(llama, 'int4')).toEqual({ ffn: 'int4', attention: 'int4', embedding: 'bf16' })
  })

  test('fewer bits never take more bytes', () => {
    for (const name of ['llama-3.1-70b', 'deepseek-r1', 'qwen3.5-397b-a17b', 'kimi-k3', 'gpt-oss-120b']) {
      const arch = findModel(name)
      const bytes = (['fp32', 'bf16', 'fp8', 'fp4'] as const).map((format) =>
        weightBytes(arch, formatsFor(arch, format)),
      )
      expect(bytes).toEqual([...bytes].sort((a, b) => b - a))
    }
  })

  // Embedding, head, norms and routers stay in 16 bits: 672.9 GB, not 671.
  test('DeepSeek-R1 in FP8', () => {
    const arch = findModel('deepseek-r1')
    const { total, embedding, head } = paramCounts(arch)
    const bytes = weightBytes(arch, formatsFor(arch, 'fp8'))
    expect(bytes).toBeGreaterThan(total + embedding + head)
    expect(bytes).toBeLessThan((total + embedding + head) * 1.001)
  })
})
