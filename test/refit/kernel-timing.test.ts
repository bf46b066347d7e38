import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Chip,
  KERNEL_NAMES,
  type KernelTiming,
  PincerError,
  chipWork,
  chips,
  decodePass,
  findChip,
  findModel,
  formatsFor,
  isKnown,
  machineOf,
  parseMapping,
  prefillPass,
  storeOf,
  timedKernel,
} from '../../src/index.ts'
import { aloneConstants, collectiveTime, kernelConstants, operatorTime } from '../../src/kernel/index.ts'
import { KERNELS } from '../../src/refit/kernel-kind.ts'
import { expectedTime, leastTime } from '../../src/refit/kernel-timing.ts'

const machine = machineOf(findChip('h100-sxm'))
const k = aloneConstants()
const timing = (kernel: KernelTiming['kernel'], rest: Partial<KernelTiming>): KernelTiming => {
  return { id: 'x', kernel, shape: {}, seconds: 1e-3, ...rest }
}
const expected = (given: KernelTiming): number => expectedTime(timedKernel(given), machine, k)

function workOf(model: string, pass: ReturnType<typeof decodePass>, tp: number) {
  const arch = findModel(model)
  const formats = { weights: formatsFor(arch, 'fp8'), cache: 'fp8' } as const
  return chipWork(arch, pass, parseMapping({ tp }, arch), formats)
}

function operatorSeconds(work: ReturnType<typeof workOf>, name: string): number {
  return operatorTime(
    work.operators.find((operator) => operator.name === name)!,
    machine,
    k,
  ).seconds
}

describe('a kernel timed alone is the operator that a prediction times', () => {
  it('matrix products', () => {
    const dense = workOf('llama3-8b', decodePass(32, 1024), 1)
    const shape = { m: 32, n: 28_672, k: 4096 }
    expect(expected(timing('gemm', { format: 'fp8', shape }))).toBe(operatorSeconds(dense, 'ffn-up'))
    // Scaled by block in checkpoints with experts.
    const sparse = workOf('deepseek-v3', decodePass(32, 1024), 1)
    const own = { m: 32, n: 7168, k: 16_384 }
    expect(expected(timing('gemm', { format: 'fp8-block', shape: own }))).toBe(operatorSeconds(sparse, 'o-proj'))
  })

  it('experts', () => {
    const work = workOf('deepseek-v3', decodePass(64, 1024), 8)
    const shape = { tokens: 64, hidden: 7168, inter: 2048, topk: 8, experts: 256, moeTp: 8 }
    expect(expected(timing('expert-gemm', { format: 'fp8-block', shape }))).toBeCloseTo(
      operatorSeconds(work, 'experts'),
      12,
    )
  })

  it('attention of either kind and phase', () => {
    const heads = { heads: 16, kvHeads: 4, headDim: 128 }
    const decode = timing('decode-attention', { format: 'fp8', shape: { batch: 8, ...heads, cached: 4095 } })
    expect(expected(decode)).toBe(operatorSeconds(workOf('llama3-8b', decodePass(8, 4096), 2), 'decode-attention'))
    const prompt = prefillPass(2, 1024, 512)
    const prefill = { format: 'fp8', shape: { batch: 2, ...heads, length: 1024, cached: 512 } } as const
    expect(expected(timing('prefill-attention', prefill))).toBe(
      operatorSeconds(workOf('llama3-8b', prompt, 2), 'prefill-attention'),
    )
    const latent = { format: 'fp8', shape: { batch: 8, heads: 16, cached: 4095 } } as const
    expect(expected(timing('mla-decode-attention', latent))).toBe(
      operatorSeconds(workOf('deepseek-v3', decodePass(8, 4096), 8), 'decode-attention'),
    )
    const expanded = { format: 'fp8', shape: { batch: 2, heads: 16, length: 1024, cached: 512 } } as const
    expect(expected(timing('mla-prefill-attention', expanded))).toBe(
      operatorSeconds(workOf('deepseek-v3', prompt, 8), 'prefill-attention'),
    )
  })

  it('collectives, by the engine whose own they are', () => {
    const { collectives } = workOf('llama3-8b', decodePass(32, 1024), 2)
    const reduce = collectives.find(({ kind }) => kind === 'all-reduce')!
    for (const engine of ['vllm', 'sglang', 'trtllm'] as const) {
      const given = timedKernel(timing('all-reduce', { engine, shape: { ranks: 2, bytes: reduce.bytes } }))
      const { seconds } = collectiveTime(reduce, machine, aloneConstants(engine))
      expect(expectedTime(given, machine, aloneConstants(given.library))).toBe(seconds)
    }
  })

  it('at paces of 1: what a serving engine does to kernels is left out', () => {
    const { streamPace } = kernelConstants()
    const read = timing('gemm', { format: 'bf16', shape: { m: 1, n: 28_672, k: 8192 } })
    const served = expectedTime(timedKernel(read), machine, kernelConstants())
    expect(expected(read) / served).toBeGreaterThan(0.9 * Math.min(streamPace, 1))
    expect(expected(read)).not.toBe(served)
  })
})

describe('timedKernel', () => {
  const size = fc.integer({ min: 1, max: 512 })

  it('expects a time at or above light on every chip, for every kernel and shape', () => {
    const isTimed = (chip: Chip): boolean => {
      const store = storeOf(chip)
      return chip.kind === 'hbm' && store !== undefined && isKnown(store.bandwidth) && isKnown(store.capacity)
    }
    const gpus = chips().filter(isTimed)
    const sizes = fc.record({ a: size, b: size, c: size, parts: fc.integer({ min: 1, max: 8 }) })
    fc.assert(
      fc.property(
        sizes,
        fc.constantFrom(...KERNEL_NAMES),
        fc.constantFrom(...gpus),
        ({ a, b, c, parts }, kernel, chip) => {
          const all = {
            m: a,
            n: 8 * b,
            k: 8 * c,
            tokens: a,
            hidden: 8 * b,
            inter: 8 * c,
            topk: parts,
            experts: 8 * parts,
            moeTp: 8,
            batch: a,
            heads: 8 * parts,
            kvHeads: parts,
            headDim: 64,
            length: b,
            cached: c,
            ranks: 1 + parts,
            bytes: a * b * c,
          }
          const { needs, may, formats } = KERNELS[kernel]
          const fields = [...needs, ...Object.keys(may)] as (keyof typeof all)[]
          const shape = Object.fromEntries(fields.map((field) => [field, all[field]]))
          for (const format of formats.length === 0 ? [undefined] : formats) {
            const given = timedKernel(timing(kernel, { shape, ...(format === undefined ? {} : { format }) }))
            const on = machineOf(chip)
            const seconds = expectedTime(given, on, k)
            expect(seconds).toBeGreaterThanOrEqual(leastTime(given, on))
            expect(Number.isFinite(seconds)).toBe(true)
          }
        },
      ),
    )
  })

  it.each([
    ['an unknown kernel', timing('gem' as 'gemm', {}), 'kernel', 'did you mean "gemm"?'],
    ['a kernel that is a property of objects', timing('constructor' as 'gemm', {}), 'kernel', 'is none of'],
    ['a missing size', timing('gemm', { format: 'bf16', shape: { m: 1, n: 8 } }), 'k', 'is needed for gemm'],
    ['no format', timing('gemm', { shape: { m: 1, n: 8, k: 8 } }), 'format', 'is needed'],
    ['a format of no kernel', timing('gemm', { format: 'fp9' as 'fp8', shape: { m: 1, n: 8, k: 8 } }), 'format', 'fp8'],
    [
      'a cache of four bits',
      timing('decode-attention', { format: 'fp4', shape: { batch: 1, heads: 8, kvHeads: 8, headDim: 64, cached: 1 } }),
      'format',
      'none of bf16, fp8',
    ],
    [
      'a format of bytes',
      timing('all-reduce', { format: 'bf16', shape: { ranks: 2, bytes: 8 } }),
      'format',
      'leave it',
    ],
    ['one rank', timing('all-reduce', { shape: { ranks: 1, bytes: 8 } }), 'ranks', 'from 2'],
    ['a size of another kernel', timing('all-reduce', { shape: { ranks: 2, bytes: 8, m: 1 } }), 'm', 'no meaning'],
    [
      'an engine of a GEMM',
      timing('gemm', { format: 'bf16', engine: 'vllm', shape: { m: 1, n: 8, k: 8 } }),
      'engine',
      'no meaning',
    ],
    ['half a row', timing('gemm', { format: 'bf16', shape: { m: 0.5, n: 8, k: 8 } }), 'm', 'whole number'],
    [
      'more experts than there are',
      timing('expert-gemm', { format: 'bf16', shape: { tokens: 1, hidden: 8, inter: 8, topk: 9, experts: 8 } }),
      'topk',
      'more than the 8',
    ],
    [
      'width in unequal parts',
      timing('expert-gemm', {
        format: 'bf16',
        shape: { tokens: 1, hidden: 8, inter: 9, topk: 1, experts: 8, moeTp: 2 },
      }),
      'moeTp',
      'divide',
    ],
    [
      'heads in unequal groups',
      timing('decode-attention', { format: 'bf16', shape: { batch: 1, heads: 8, kvHeads: 3, headDim: 64, cached: 0 } }),
      'kvHeads',
      'divide',
    ],
    [
      'no time',
      timing('gemm', { format: 'bf16', shape: { m: 1, n: 8, k: 8 }, seconds: Number.NaN }),
      'seconds',
      'above 0',
    ],
  ])('refuses %s', (_, given, field, message) => {
    try {
      timedKernel(given)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(PincerError)
      const { issues } = error as PincerError
      expect(issues[0]!.path).toEqual([field])
      expect(`${issues[0]!.message} ${issues[0]!.suggestion}`).toContain(message)
    }
  })
})
