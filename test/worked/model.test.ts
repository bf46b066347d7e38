import { describe, expect, test } from 'vitest'
import {
  checkpointBytes,
  distinctExperts,
  findModel,
  flopsPerToken,
  formatsFor,
  kvBytes,
  kvBytesPerToken,
  paramCounts,
  weightBytes,
} from '../../src/model/index.ts'
import { archWork, trainingFlopsPerToken } from '../../src/training/index.ts'
import { expectNear } from './near.ts'

describe('parameters', () => {
  // DeepSeek-V2 (arXiv 2405.04434), abstract: 236B total, 21B activated. Tolerance: the rounding of both.
  test('DeepSeek-V2 has 236 B parameters, of which a token uses 21 B', () => {
    const { total, active } = paramCounts(findModel('deepseek-v2'))
    expect(Math.round(total / 1e9)).toBe(236)
    expect(Math.round(active / 1e9)).toBe(21)
  })

  // 21 / 236 of the published figures. Tolerance 0.2 points: whether the embedding table counts as active.
  test('21 of 236 is 8.9 %: 8.84 % without the embedding table, 9.07 % with it', () => {
    const arch = findModel('deepseek-v2')
    const { total, active } = paramCounts(arch)
    expect(active / total).toBeCloseTo(21 / 236, 2)
    expect(flopsPerToken(arch, 0).linear / 2 / total).toBeLessThan(0.09)
    expect(active / total).toBeGreaterThan(0.09)
  })

  // How to Scale Your Model (jax-ml/scaling-book), "Applied training": LLaMA 3-70B has 56.3e9 FFW, 12e9 attention and
  // 2.1e9 vocabulary parameters, 70.4e9 together. Tolerance 0.5 % (the book rounds), 1 % for attention.
  test('LLaMA 3-70B: 56.3 B in FFWs, 12 B in attention, 2.1 B in vocabulary, 70.4 B together', () => {
    const counts = paramCounts(findModel('llama3-70b'))
    expectNear(counts.sharedFfn, 56.3e9, 0.005)
    expectNear(counts.mixer, 12e9, 0.01)
    expectNear(counts.embedding + counts.head, 2.1e9, 0.005)
    expectNear(counts.total, 70.4e9, 0.005)
  })
})

describe('KV cache', () => {
  // Insights into DeepSeek-V3 (arXiv 2505.09343), Table 1: KV cache per token, BF16. Exact.
  test.each([
    ['deepseek-v3', 70_272],
    ['qwen2.5-72b', 327_680],
    ['llama3.1-405b', 516_096],
  ])('%s caches %d bytes per token', (model, bytes) => {
    expect(kvBytesPerToken(findModel(model), 'bf16')).toBe(bytes)
  })

  // The same by hand: 61 layers × (512 latent + 64 rotary) × 2 bytes; 80 × 8 heads × 128 × 2 × 2 bytes. Exact.
  test('MLA of V3 caches 61 × 576 × 2 bytes, GQA of Llama 3 70B 80 × 2 × 8 × 128 × 2', () => {
    expect(kvBytesPerToken(findModel('deepseek-v3'), 'bf16')).toBe(61 * 576 * 2)
    expect(kvBytesPerToken(findModel('llama3-70b'), 'bf16')).toBe(80 * 2 * 8 * 128 * 2)
  })

  // How to Scale Your Model, "Applied inference": LLaMA 3-70B in int8 caches 160 kB (KiB) per token, 5.3e9 bytes at 32k.
  // Tolerance 2 % (rounded).
  test('LLaMA 3-70B in int8: 160 KiB per token, 5.3 GB for 32k tokens', () => {
    const arch = findModel('llama3-70b')
    expect(kvBytesPerToken(arch, 'int8')).toBe(160 * 1024)
    expectNear(kvBytes(arch, 32_768, 'int8'), 5.3e9, 0.02)
  })

  // How to Scale Your Model, "Inference": LLaMA 2-13B, 8,192 tokens in bf16: 6.7 GB. Tolerance 1 % (rounded).
  test('LLaMA 2-13B: one sequence of 8,192 tokens takes 6.7 GB', () => {
    expectNear(kvBytes(findModel('llama-2-13b'), 8192, 'bf16'), 6.7e9, 0.01)
  })

  // PagedAttention (arXiv 2309.06180), section 3: 800 KB per token and 1.6 GB per request of 2,048 tokens for OPT-13B,
  // whose 40 layers of 5,120 with full multi-head attention LLaMA-13B shares. Exact in KiB; 3 % for the rounded GB.
  test('a 13B model with multi-head attention: 800 KiB per token, 1.6 GB for 2,048', () => {
    const arch = findModel('llama-13b')
    expect(kvBytesPerToken(arch, 'bf16')).toBe(800 * 1024)
    expectNear(kvBytes(arch, 2048, 'bf16') / 2 ** 30, 1.6, 0.03)
  })

  // DeepSeek-V2, abstract: KV cache 93.3 % smaller than DeepSeek 67B's. Section 3.2.3 says how: V2's elements are
  // quantised to 6 bits. In equal formats it is 82.2 %. Tolerance 0.1 points.
  test('DeepSeek-V2 against DeepSeek 67B: 93.3 % less KV cache, at six bits against sixteen', () => {
    const v2 = kvBytesPerToken(findModel('deepseek-v2'), 'bf16')
    const dense = kvBytesPerToken(findModel('deepseek-67b'), 'bf16')
    expect(1 - (v2 * (6 / 16)) / dense).toBeCloseTo(0.933, 3)
    expect(1 - v2 / dense).toBeCloseTo(0.822, 3)
  })
})

describe('bytes of weights', () => {
  // gpt-oss model card (arXiv 2508.10925), Table 1: checkpoints of 60.8 GiB and 12.8 GiB. Tolerance: the rounding.
  test.each([
    ['gpt-oss-120b', 60.8],
    ['gpt-oss-20b', 12.8],
  ])('the checkpoint of %s has %d GiB', (model, gib) => {
    expect(checkpointBytes(findModel(model)) / 2 ** 30).toBeCloseTo(gib, 1)
  })

  // 70.55 B parameters (Llama 3.1 model card: 70B) at two bytes. Tolerance 0.5 %.
  test('Llama 70B in 16 bits is 141 GB', () => {
    const arch = findModel('llama3-70b')
    expectNear(weightBytes(arch, formatsFor(arch, 'bf16')), 141e9, 0.005)
  })
})

describe('FLOPs', () => {
  // Insights into DeepSeek-V3 (arXiv 2505.09343), Table 2: training GFLOPs per token at sequence length 4,096.
  // Tolerance 1.1 %. The same table's 394 for "Qwen-72B" is not reproduced: 6 × 72.7 B parameters alone are 436.
  test.each([
    ['deepseek-v2', 155],
    ['deepseek-v3', 250],
    ['llama3.1-405b', 2448],
  ])('a training token of %s takes %d GFLOP', (model, gflop) => {
    expectNear(trainingFlopsPerToken(archWork(findModel(model), 4096)) / 1e9, gflop, 0.011)
  })

  // How to Scale Your Model, "Applied training": LLaMA 3-70B takes 6 × 70e9 = 4.2e11 FLOPs per token, attention scores left
  // out. Tolerance 1 %: 70.6 B parameters instead of 70, and the embedding look-up is no product.
  test('LLaMA 3-70B takes 4.2e11 FLOPs per training token', () => {
    expectNear(3 * flopsPerToken(findModel('llama3-70b'), 0).linear, 4.2e11, 0.01)
  })
})

describe('distinct experts', () => {
  // By hand: E(1 − (1 − k/E)^B). 256(1 − (31/32)^32) = 256(1 − 0.362055) = 163.314; 160(1 − 0.9625^16) = 160(1 − 0.542515) = 73.198;
  // 8(1 − 0.75²) = 3.5. Exact to the digits shown.
  test.each([
    [256, 8, 32, 163.314],
    [160, 6, 16, 73.198],
    [8, 2, 2, 3.5],
    [128, 4, 1, 4],
  ])('%d experts, %d per token, %d tokens: %d distinct', (experts, topk, tokens, distinct) => {
    expect(distinctExperts(experts, topk, tokens)).toBeCloseTo(distinct, 2)
  })
})
