import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Chip, PincerError, chips, findChip, parseChip } from '../../src/index.ts'
import {
  collectiveLightTime,
  collectiveTime,
  kernelConstants,
  lightTime,
  machineOf,
  operatorTime,
} from '../../src/kernel/index.ts'
import { prefillPass, findModel, formatsFor, passOperators } from '../../src/model/index.ts'

const k = kernelConstants()
const model = findModel('llama3-8b')

function operators(tokens: number) {
  return passOperators(model, prefillPass(1, tokens), { weights: formatsFor(model, 'fp8'), cache: 'fp8' })
}

const plain = {
  id: 'plain',
  kind: 'hbm',
  memory: [{ name: 'hbm', capacity: 100e9, bandwidth: 4e12 }],
  peak: { bf16: 1e15, fp8: 2e15 },
} as const

function withRates(matrix: object, bandwidth?: number): Chip {
  return parseChip({ ...plain, attained: { matrix, ...(bandwidth === undefined ? {} : { bandwidth }) } })
}

const beside = { chip: 'h100-sxm', rate: 989.4e12 / 2 }

describe('attained rates', () => {
  it('are shares of the peak beside those of the NVIDIA chip that was measured with it', () => {
    // A quarter of its peak where the H100 reaches half: half as fast as the constants say.
    const machine = machineOf(withRates({ bf16: { rate: 0.25e15, beside } }))
    expect(machine.rates.bf16.share).toBeCloseTo(0.5, 9)
    // Nobody measured FP8, BF16 is the nearest that tells; the peak stays what the datasheet says.
    expect(machine.rates.fp8.share).toBeCloseTo(0.5, 9)
    expect(machine.rates.fp8.flops).toBe(2e15)
    expect(machineOf(parseChip(plain)).rates.bf16.share).toBe(1)
    expect(machineOf(withRates({}, 2e12)).memoryShare).toBeCloseTo(0.5 / 0.93, 9)
  })

  it('lengthen what computes by their share', () => {
    const [whole, half] = [parseChip(plain), withRates({ bf16: { rate: 0.25e15, beside } })].map(machineOf)
    const large = operators(8192).find(({ name }) => name === 'ffn-up')!
    const times = [whole!, half!].map((machine) => operatorTime(large, machine, k).seconds)
    expect(times[1]! / times[0]!).toBeCloseTo(2, 1)
  })

  it('never beat the speed of light, whatever they say', () => {
    const rate = fc.double({ min: 1e12, max: 1e15, noNaN: true })
    fc.assert(
      fc.property(rate, rate, fc.integer({ min: 1, max: 20_000 }), (own, other, tokens) => {
        const machine = machineOf(
          withRates({ bf16: { rate: own, beside: { chip: 'h100-sxm', rate: other } } }, own * 4e-3),
        )
        for (const operator of operators(tokens)) {
          expect(operatorTime(operator, machine, k).seconds).toBeGreaterThanOrEqual(lightTime(operator, machine))
        }
      }),
    )
  })

  it('of the catalog lie below the peaks they are shares of, and name chips that exist', () => {
    const known = chips().filter(({ attained }) => attained !== undefined)
    expect(known.map(({ id }) => id)).toEqual(['l40s', 'rtx-pro-6000', 'mi300x', 'mi325x', 'mi355x'])
    for (const { peak, attained } of known) {
      for (const [format, measured] of Object.entries(attained?.matrix ?? {})) {
        const at = format as keyof typeof peak
        expect(measured.rate).toHaveProperty('value')
        expect(Number((measured.rate as { value: number }).value)).toBeLessThan((peak[at] as { value: number }).value)
        expect(findChip(measured.beside.chip).peak).toHaveProperty(format)
      }
    }
  })

  it('are refused where they are no rates', () => {
    expect(() => withRates({ bf16: { rate: 620, beside } })).toThrow(PincerError)
    expect(() => withRates({ bf16: { rate: 620e12 } })).toThrow(PincerError)
    expect(() => withRates({ bf16: { rate: 1.1e15, beside } })).toThrow(/above the peak/)
    expect(() => withRates({ fp16: { rate: 620e12, beside } })).toThrow(PincerError)
  })
})

describe('a mesh', () => {
  const transfer = (ranks: number) => ({ kind: 'all-reduce', ranks, bytes: 1e9 }) as const
  const mesh = machineOf(findChip('mi300x'))

  it('gives few chips few links: two of eight have one of seven', () => {
    expect(collectiveLightTime(transfer(2), mesh)).toBeCloseTo(1e9 / 64e9, 9)
    expect(collectiveLightTime(transfer(8), mesh)).toBeCloseTo((1e9 * 1.75) / 448e9, 9)
    expect(collectiveTime({ kind: 'send', ranks: 2, bytes: 1e9 }, mesh, k).seconds).toBeGreaterThan(1e9 / 64e9)
  })

  it('is never faster than a switch of the same links, and as fast for the whole domain', () => {
    const star = { ...mesh, isMesh: false }
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), (ranks) => {
        const [a, b] = [mesh, star].map((machine) => collectiveTime(transfer(ranks), machine, k).seconds)
        expect(a).toBeGreaterThanOrEqual(b!)
        if (ranks === 8) expect(a).toBe(b)
      }),
    )
  })
})
