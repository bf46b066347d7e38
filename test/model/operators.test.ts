import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bytesPerWeight,
  decodePass,
  distinctExperts,
  findModel,
  flopsPerToken,
  kvBytes,
  modelEntries,
  paramCounts,
  passOperators,
  prefillPass,
  weightBytes,
} from '../../src/index.ts'
import type { Operator, OperatorKind } from '../../src/model/index.ts'

const models = modelEntries()
  .map(({ id }) => findModel(id))
  .filter(({ declared }) => declared === undefined)

function total(
  operators: readonly Operator[],
  kinds: readonly OperatorKind[],
  pick: (operator: Operator) => number,
): number {
  return operators.filter(({ kind }) => kinds.includes(kind)).reduce((sum, one) => sum + one.count * pick(one), 0)
}

const isSparse = (id: string): boolean =>
  findModel(id).layers.some(({ mixer }) => 'sparse' in mixer && mixer.sparse !== undefined)

describe('passOperators, against the counts of the whole model', () => {
  it.each(models.map((arch) => [arch.id, arch] as const))('%s: one token does the FLOPs counted', (_, arch) => {
    const operators = passOperators(arch, decodePass(1, 4000), { weights: arch.checkpoint, cache: 'bf16' })
    const linear = total(operators, ['gemm', 'expert-gemm'], ({ flops }) => flops)
    // Indexers' and compressors' small gates are not listed as operators: < 0.5 %.
    expect(linear / flopsPerToken(arch, 4000).linear).toBeCloseTo(1, 2)
  })

  it.each(models.map((arch) => [arch.id, arch] as const))(
    '%s: a prompt token attends to half the prompt',
    (_, arch) => {
      const operators = passOperators(arch, prefillPass(1, 4000), { weights: arch.checkpoint, cache: 'bf16' })
      const pairs = total(operators, ['prefill-attention', 'decode-attention'], ({ flops }) => flops) / 4000
      const counted = flopsPerToken(arch, 2000).attention
      // Linear layers count their recurrence there; what is left must agree.
      const recurrence = total(operators, ['recurrence'], ({ flops }) => flops) / 4000
      expect(Math.min(Math.abs(pairs / counted - 1), Math.abs((pairs + recurrence) / counted - 1))).toBeLessThan(0.02)
    },
  )

  it('reads the whole cache of a sequence in a decode step, unless attention is sparse', () => {
    for (const arch of models.filter(({ id }) => !isSparse(id))) {
      const operators = passOperators(arch, decodePass(1, 4000), { weights: arch.checkpoint, cache: 'bf16' })
      const read = total(operators, ['decode-attention'], ({ cacheBytes }) => cacheBytes)
      const held = kvBytes(arch, 4000, 'bf16')
      if (held > 0) expect(read / held, arch.id).toBeCloseTo(1, 1)
    }
  })

  it('reads every weight but the embedding table when the batch is large', () => {
    for (const arch of models) {
      const operators = passOperators(arch, decodePass(100_000, 10), { weights: arch.checkpoint, cache: 'bf16' })
      const read = total(operators, ['gemm', 'expert-gemm'], ({ weightBytes: bytes }) => bytes)
      expect(read, arch.id).toBeLessThanOrEqual(weightBytes(arch, arch.checkpoint) * 1.001)
      const { embedding, head, extra } = paramCounts(arch)
      // An embedding table that is not also the head is only looked up; learned positions likewise.
      const lookedUp = ((head > 0 ? embedding : 0) + extra) * bytesPerWeight(arch.checkpoint.embedding)
      expect(read, arch.id).toBeGreaterThan((weightBytes(arch, arch.checkpoint) - lookedUp) * 0.97)
    }
  })
})

describe('distinctExperts', () => {
  it('lies between one token’s choice and all, and grows with the batch', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 5000 }),
        (a, b, tokens) => {
          const [topk, experts] = [Math.min(a, b), Math.max(a, b)]
          const hit = distinctExperts(experts, topk, tokens)
          expect(hit).toBeLessThanOrEqual(experts * (1 + 1e-9))
          expect(hit).toBeGreaterThanOrEqual(topk * (1 - 1e-9))
          expect(distinctExperts(experts, topk, tokens + 1)).toBeGreaterThanOrEqual(hit)
        },
      ),
    )
    expect(distinctExperts(256, 8, 1)).toBeCloseTo(8, 9)
    expect(distinctExperts(256, 8, 0)).toBeCloseTo(0, 12)
  })

  it('falls with the spread of popularity, to the even count without one', () => {
    for (const tokens of [4, 32, 256]) {
      const even = distinctExperts(128, 8, tokens)
      expect(distinctExperts(128, 8, tokens, 1e-4)).toBeCloseTo(even, 4)
      expect(distinctExperts(128, 8, tokens, 1)).toBeLessThan(even)
      expect(distinctExperts(128, 8, tokens, 2)).toBeLessThan(distinctExperts(128, 8, tokens, 1))
    }
    // Spread 1: E·(1 − 1/(1 + λ)) with λ = −B·ln(1 − k/E) = 16·0.0645 = 1.0326.
    expect(distinctExperts(128, 8, 16, 1)).toBeCloseTo(65.03, 1)
  })
})
