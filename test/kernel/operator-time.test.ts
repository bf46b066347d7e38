import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chips } from '../../src/catalog/index.ts'
import { PincerError } from '../../src/issue/index.ts'
import {
  type Machine,
  collectiveLightTime,
  collectiveTime,
  kernelConstants,
  lightTime,
  machineOf,
  operatorTime,
} from '../../src/kernel/index.ts'
import { type Operator, decodePass, findModel, formatsFor, passOperators, prefillPass } from '../../src/model/index.ts'
import { gemm } from '../../src/model/operator.ts'
import { FORMATS, type Format } from '../../src/units/index.ts'

const k = kernelConstants()
const MODELS = [
  'deepseek-v2',
  'deepseek-v3',
  'llama3-70b',
  'mixtral-8x7b',
  'gpt-oss-120b',
  'qwen3.5-397b-a17b',
  'deepseek-v4-flash',
  'kimi-k3',
  'nemotron-h-56b',
]

/** Every catalog chip whose datasheet says enough for the kernel path. */
const machines: readonly Machine[] = chips().flatMap((chip) => {
  try {
    return [machineOf(chip)]
  } catch (error) {
    if (error instanceof PincerError) return []
    throw error
  }
})

describe('operatorTime', () => {
  it('times most of the catalog', () => {
    expect(machines.length).toBeGreaterThan(20)
  })

  it('never beats the speed of light: every operator × chip × format', () => {
    for (const id of MODELS) {
      const arch = findModel(id)
      for (const format of FORMATS) {
        const formats = { weights: formatsFor(arch, format), cache: 'bf16' as Format }
        for (const pass of [decodePass(1, 100), decodePass(97, 5000), prefillPass(3, 2000)]) {
          for (const operator of passOperators(arch, pass, formats)) {
            for (const machine of machines) {
              const { seconds } = operatorTime(operator, machine, k)
              expect(seconds).toBeGreaterThanOrEqual(lightTime(operator, machine))
              expect(Number.isFinite(seconds)).toBe(true)
            }
          }
        }
      }
    }
  })

  it('is never slower on a machine with more bandwidth or FLOPs', () => {
    const arch = findModel('deepseek-v2')
    const formats = { weights: formatsFor(arch, 'fp8'), cache: 'bf16' as Format }
    const base = machines.find(({ id }) => id === 'h100-sxm')!
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 10, noNaN: true }),
        fc.boolean(),
        fc.integer({ min: 1, max: 500 }),
        (gain, faster, batch) => {
          const rates = Object.fromEntries(
            Object.entries(base.rates).map(([f, r]) => [f, { ...r, flops: r.flops * gain }]),
          ) as Machine['rates']
          const better = faster ? { ...base, rates } : { ...base, memoryRate: base.memoryRate * gain }
          for (const operator of passOperators(arch, decodePass(batch, 2000), formats)) {
            expect(operatorTime(operator, better, k).seconds).toBeLessThanOrEqual(
              operatorTime(operator, base, k).seconds * (1 + 1e-12),
            )
          }
        },
      ),
    )
  })

  it('scales with time units: half of every rate and twice every latency is twice the time', () => {
    const arch = findModel('mixtral-8x7b')
    const formats = { weights: formatsFor(arch, 'bf16'), cache: 'bf16' as Format }
    const base = machines.find(({ id }) => id === 'h100-sxm')!
    const rates = Object.fromEntries(
      Object.entries(base.rates).map(([f, r]) => [f, { ...r, flops: r.flops / 2 }]),
    ) as Machine['rates']
    const slow = { ...base, rates, memoryRate: base.memoryRate / 2 }
    const slowConstants = { ...k, launch: k.launch * 2 }
    for (const operator of passOperators(arch, decodePass(32, 1000), formats)) {
      expect(operatorTime(operator, slow, slowConstants).seconds).toBeCloseTo(
        2 * operatorTime(operator, base, k).seconds,
        15,
      )
    }
  })
})

describe('collectiveTime', () => {
  const kinds = fc.constantFrom('all-reduce', 'all-gather', 'reduce-scatter', 'all-to-all', 'send')

  it('never beats the links and is never slower over faster ones', () => {
    fc.assert(
      fc.property(
        kinds,
        fc.integer({ min: 2, max: 512 }),
        fc.integer({ min: 1, max: 1e9 }),
        fc.double({ min: 1, max: 8, noNaN: true }),
        (kind, ranks, bytes, gain) => {
          const machine = machines.find(({ id }) => id === 'h100-sxm')!
          const transfer = { kind, ranks, bytes } as const
          const { seconds } = collectiveTime(transfer, machine, k)
          expect(seconds).toBeGreaterThanOrEqual(collectiveLightTime(transfer, machine))
          const better = {
            ...machine,
            scaleUpRate: machine.scaleUpRate * gain,
            scaleOutRate: machine.scaleOutRate * gain,
          }
          expect(collectiveTime(transfer, better, k).seconds).toBeLessThanOrEqual(seconds)
        },
      ),
    )
  })

  it('costs nothing for one rank', () => {
    expect(collectiveTime({ kind: 'all-reduce', ranks: 1, bytes: 1e6 }, machines[0]!, k).seconds).toBe(0)
  })

  it('sends 2(n − 1)/n of the tensor in an all-reduce', () => {
    const machine = machines.find(({ id }) => id === 'h100-sxm')!
    const light = collectiveLightTime({ kind: 'all-reduce', ranks: 8, bytes: 8e9 }, machine)
    expect(light).toBeCloseTo((8e9 * 1.75) / machine.scaleUpRate, 9)
  })
})

describe('shapes of matrix products', () => {
  const machine = machines.find(({ id }) => id === 'h100-sxm')!
  const rate = (rows: number, inner: number, columns: number): number => {
    const operator = gemm('any', 1, { rows, inner, columns }, 'bf16')
    return operator.flops / operatorTime(operator, machine, k).seconds
  }

  it('run slower with few outputs or a short inner dimension, and near the limit when large', () => {
    expect(rate(8192, 8192, 8192)).toBeGreaterThan(0.6 * machine.rates.bf16.flops)
    expect(rate(1024, 4096, 512)).toBeLessThan(rate(1024, 4096, 4096))
    expect(rate(8192, 128, 8192)).toBeLessThan(0.7 * rate(8192, 4096, 8192))
  })

  it('lose with tensor parallelism what narrow experts lose', () => {
    const experts = (width: number): Operator => ({
      ...gemm('experts', 1, { rows: 4096, inner: 4096, columns: width }, 'bf16'),
      kind: 'expert-gemm',
      routing: { experts: 8, topk: 2, expertBytes: 0, hidden: 4096, width, ranks: 1, tokens: 4096 },
    })
    const wide = operatorTime(experts(2048), machine, k).seconds
    expect(operatorTime(experts(256), machine, k).seconds).toBeGreaterThan(wide / 8)
  })
})
