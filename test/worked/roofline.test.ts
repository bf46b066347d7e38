import { describe, expect, test } from 'vitest'
import { findChip, isKnown } from '../../src/catalog/index.ts'
import { collectiveLightTime, lightTime, machineOf } from '../../src/kernel/index.ts'
import { type Operator, decodePass, findModel, formatsFor, weightBytes } from '../../src/model/index.ts'
import { chipWork, tensorMapping } from '../../src/parallel/index.ts'
import { type ClosedLoop, serveClosedLoop } from '../../src/serving/index.ts'
import { tokensPerStep } from '../../src/step/index.ts'
import type { Format } from '../../src/units/index.ts'
import { expectNear } from './near.ts'

const machine = (id: string) => machineOf(findChip(id))

/** A weight matrix of 8,192 × 8,192 applied to `rows` tokens; what the activations move is left out, as the books do. */
function matmul(rows: number, format: Format, weightByte: number): Operator {
  const size = 8192 * 8192
  const bytes = { weightBytes: size * weightByte, cacheBytes: 0, activationBytes: 0 }
  return { name: 'x', kind: 'gemm', split: 'none', count: 1, rows, flops: 2 * rows * size, format, ...bytes }
}

/** Tokens from which a matrix product takes longer to compute than to fetch. */
function criticalBatch(chip: string, format: Format, weightByte: number): number {
  const idle = lightTime(matmul(1, format, weightByte), machine(chip))
  for (let rows = 1; ; rows++) if (lightTime(matmul(rows, format, weightByte), machine(chip)) > idle) return rows
}

describe('the ridge', () => {
  // How to Scale Your Model, "Rooflines": on TPU v5e a bf16 matmul is compute-bound from 240 tokens (1.97e14 / 8.2e11).
  // Tolerance 1 %: the catalog has 8.19e11.
  test('a bf16 matmul on TPU v5e is compute-bound from 240 tokens', () => {
    expectNear(criticalBatch('tpu-v5e', 'bf16', 2), 240, 0.01)
  })

  // The same chapter, problem 1 (int8 matmul): 3.94e14 / 8.1e11 / 2 = 243 tokens. Tolerance 2 % (8.1e11 against 8.19e11).
  test('an int8 matmul on TPU v5e is compute-bound from 243 tokens', () => {
    expectNear(criticalBatch('tpu-v5e', 'int8', 1), 243, 0.02)
  })

  // The same chapter, problem 2 (int8 weights, bf16 arithmetic): from 120 tokens. Tolerance 1 %.
  test('int8 weights with bf16 arithmetic on TPU v5e: from 120 tokens', () => {
    expectNear(criticalBatch('tpu-v5e', 'bf16', 1), 120, 0.01)
  })

  // Datasheets: H100 SXM 989 TFLOP/s and 3.35 TB/s, 295 FLOP per byte; H200 989 TFLOP/s and 4.8 TB/s, 206.
  // Tolerance 0.5 %: the next whole token.
  test.each([
    ['h100-sxm', 295],
    ['h200-sxm', 206],
  ])('the ridge of %s lies at %d FLOP per byte', (chip, ridge) => {
    expectNear(criticalBatch(chip, 'bf16', 2), ridge, 0.005)
  })
})

describe('speed of light', () => {
  // 141 GB over eight H100 at 3.35 TB/s each: 5.26 ms, 190 tokens/s. Tolerance 2 %: the embedding table (1.5 %) is not read.
  test('a token of Llama 70B in 16 bits on eight H100 takes at least 5.26 ms', () => {
    const arch = findModel('llama3-70b')
    const weights = formatsFor(arch, 'bf16')
    const { operators } = chipWork(arch, decodePass(1, 1), tensorMapping(8), { weights, cache: 'bf16' })
    const seconds = operators.reduce((sum, each) => sum + each.count * lightTime(each, machine('h100-sxm')), 0)
    expectNear(seconds, 5.26e-3, 0.02)
  })

  // 141 GB at the 21 PB/s that a WSE-3 is sold with, one wafer at a time: 6.7 µs. Published speeds of this deployment
  // (450 to 2,148 tokens/s) are at most 1.4 % of that bound. Tolerance 1 %.
  test('a token of Llama 70B in 16 bits on four WSE-3 takes at least 6.7 µs by bandwidth alone', () => {
    const arch = findModel('llama3-70b')
    const sram = findChip('cerebras-wse3').memory[0]!.bandwidth
    if (!isKnown(sram)) throw new Error(sram.unknown)
    expectNear(weightBytes(arch, formatsFor(arch, 'bf16')) / sram.value, 6.7e-6, 0.01)
  })

  // Patarasuk and Yuan 2009: an all-reduce sends 2(n − 1)/n of the tensor per rank. 1 GB over eight H100 at 450 GB/s:
  // 2 · 7/8 / 450 = 3.889 ms. Exact.
  test('an all-reduce of 1 GB over eight H100 takes at least 3.89 ms', () => {
    const seconds = collectiveLightTime({ kind: 'all-reduce', ranks: 8, bytes: 1e9 }, machine('h100-sxm'))
    expect(seconds).toBeCloseTo(3.8889e-3, 6)
  })

  // The same: an all-gather is half an all-reduce, whatever the ranks. Exact.
  test.each([2, 4, 8])('over %d ranks an all-gather takes half as long as an all-reduce', (ranks) => {
    const time = (kind: 'all-reduce' | 'all-gather') =>
      collectiveLightTime({ kind, ranks, bytes: 1e9 }, machine('h100-sxm'))
    expect(time('all-gather')).toBeCloseTo(time('all-reduce') / 2, 12)
  })
})

describe('speculative decoding', () => {
  // Leviathan et al. 2023 (arXiv 2211.17192), Table 1: expected speed-up when drafting is free. Tolerance: the rounding.
  test.each([
    [0.6, 2, 1.96],
    [0.7, 3, 2.53],
    [0.8, 2, 2.44],
    [0.8, 5, 3.69],
    [0.9, 2, 2.71],
    [0.9, 10, 6.86],
  ])('acceptance %d with %d drafts makes %d tokens per step', (acceptance, draft, tokens) => {
    expect(tokensPerStep({ draft, acceptance })).toBeCloseTo(tokens, 2)
  })
})

describe('a closed loop', () => {
  const loop: ClosedLoop = {
    clients: 1,
    prompt: 100,
    output: 101,
    capacity: 10_000,
    budget: 8192,
    prefillFirst: false,
    tokensPerStep: 1,
    requestOverhead: 0,
    streamInterval: 0,
  }
  // Denning and Buzen 1978: with N clients that do not think, X = N / R, and X ≤ min(N / D, 1 / Dmax). Steps of 10 ms
  // and 1 ms more per sequence: one client gets 1 / (~100 × 11 ms); ever more clients approach 1 ms per token.
  // Tolerance 2 % for prompts, which ride along.
  const timer = {
    decode: (n: number): number => 0.01 + 0.001 * n,
    mixed: (_p: number, _l: number, n: number): number => 0.011 + 0.001 * n,
  }

  test('one client alone: N = X·R', () => {
    const { requestRate, ttft, tpot } = serveClosedLoop(loop, timer)
    expectNear(requestRate * (ttft + 100 * tpot), 1, 1e-3)
    expectNear(requestRate, 1 / (100 * 0.011), 0.02)
  })

  test('many clients: N = X·R, and the rate nears the bottleneck bound from below', () => {
    let before = 0
    for (const clients of [10, 100, 1000]) {
      const { requestRate, ttft, tpot } = serveClosedLoop({ ...loop, clients }, timer)
      expectNear(requestRate * (ttft + 100 * tpot), clients, 1e-2)
      expect(requestRate).toBeGreaterThan(before)
      expect(requestRate * 100 * 0.001).toBeLessThanOrEqual(1)
      before = requestRate
    }
    expect(before * 100 * 0.001).toBeGreaterThan(0.9)
  })
})
