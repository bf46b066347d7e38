import { describe, expect, it } from 'vitest'
import { type Operator, decodePass, findModel, formatsFor, passOperators } from '../../src/model/index.ts'
import type { Format } from '../../src/units/index.ts'

const operators = (id: string, precision: Format, tokens = 16): Operator[] => {
  const arch = findModel(id)
  return passOperators(arch, decodePass(tokens, 100), {
    weights: formatsFor(arch, precision),
    cache: 'bf16',
  })
}
const launches = (some: readonly Operator[], name: string): number =>
  some.filter((operator) => operator.name === name).reduce((sum, { count }) => sum + count, 0)

describe('glue between matrix products', () => {
  it('has two norms and an activation in each layer of a dense model, and norms of queries and keys where it has them', () => {
    const llama = operators('llama3-70b', 'bf16')
    expect(launches(llama, 'norms')).toBe(160)
    expect(launches(llama, 'activation')).toBe(80)
    expect(launches(llama, 'qk-norm')).toBe(0)
    expect(launches(operators('qwen3-32b', 'bf16'), 'qk-norm')).toBe(2 * 64)
  })

  it('reads the residual and the branch and writes both: 4 × hidden values of 2 bytes a token', () => {
    const [norms] = operators('llama3-70b', 'bf16', 10).filter(({ name }) => name === 'norms')
    expect(norms!.activationBytes).toBe(10 * 4 * 8192 * 2)
  })

  it('sums routed and shared experts where there are shared ones', () => {
    expect(launches(operators('deepseek-v2', 'bf16'), 'expert-sum')).toBe(59)
    expect(launches(operators('mixtral-8x7b', 'bf16'), 'expert-sum')).toBe(0)
    expect(launches(operators('mixtral-8x7b', 'bf16'), 'activation')).toBe(0)
  })
})

describe('quantisation of inputs', () => {
  it('takes a kernel for each input of block-scaled and 4-bit products, none for 16 bits or scales of whole tensors', () => {
    expect(launches(operators('qwen3-32b', 'fp8'), 'quantise')).toBe(4 * 64)
    expect(launches(operators('llama3-70b', 'fp4'), 'quantise')).toBe(4 * 80)
    expect(launches(operators('llama3-70b', 'fp8'), 'quantise')).toBe(0)
    expect(launches(operators('llama3-70b', 'bf16'), 'quantise')).toBe(0)
  })

  it('reads 2 bytes a value and writes what the product reads', () => {
    const of = (id: string, precision: Format): Operator =>
      operators(id, precision, 10).find(({ name }) => name === 'quantise')!
    expect(of('qwen3-32b', 'fp8').activationBytes).toBe(10 * 5120 * 3)
    expect(of('llama3-70b', 'fp4').activationBytes).toBe(10 * 8192 * 2.5)
  })

  it('marks products as scaled by block exactly where their inputs are quantised in 8 bits', () => {
    for (const id of ['qwen3-32b', 'deepseek-v2', 'llama3-70b']) {
      const some = operators(id, 'fp8')
      const marked = some.some(({ blockScaled }) => blockScaled === true)
      expect(marked).toBe(launches(some, 'quantise') > 0)
    }
  })
})
