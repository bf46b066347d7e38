import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  PincerError,
  chips,
  isKnown,
  modelEntries,
  parseScenario,
  predict,
  predictScenario,
  valueOf,
} from '../../src/index.ts'

const MODELS = [
  'deepseek-v2',
  'deepseek-67b',
  'llama3-8b',
  'llama3-70b',
  'mixtral-8x7b',
  'gpt-oss-120b',
  'qwen3-32b',
  'qwen3.5-397b-a17b',
  'kimi-k2.6',
]
const CHIPS = [
  'h100-sxm',
  'h200-sxm',
  'b200-sxm',
  'gb200-nvl72',
  'mi300x',
  'tpu-v6e',
  'cerebras-wse3',
  'groq-lpu-v1',
  'sambanova-sn40l',
]

const question = fc.record({
  model: fc.constantFrom(...MODELS),
  chip: fc.constantFrom(...CHIPS),
  precision: fc.constantFrom('bf16', 'fp8', 'fp4'),
  workload: fc.record({
    isl: fc.integer({ min: 1, max: 30_000 }),
    osl: fc.integer({ min: 1, max: 9000 }),
    concurrency: fc.integer({ min: 1, max: 3000 }),
  }),
  utilisation: fc.double({ min: 0.01, max: 1, noNaN: true }),
})

/** All numbers of a value, with their paths. */
function numbers(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => numbers(inner, `${path}.${key}`))
}

describe('predict', () => {
  it('answers with finite numbers or a typed error, and its parts sum to their totals', () => {
    fc.assert(
      fc.property(question, (input) => {
        let prediction
        try {
          prediction = predict(input)
        } catch (error) {
          expect(error).toBeInstanceOf(PincerError)
          return
        }
        for (const [path, value] of numbers(prediction)) expect(Number.isFinite(value), `${path} = ${value}`).toBe(true)
        const { memory, decodeStep, prefillStep, ttft, tpot, throughput } = prediction
        expect(memory.weights + memory.cache + memory.activations + memory.reserve + memory.free).toBeCloseTo(
          memory.capacity,
          -3,
        )
        for (const step of [decodeStep, prefillStep]) {
          expect(step.parts.reduce((sum, part) => sum + part.seconds, 0)).toBeCloseTo(step.seconds, 9)
        }
        for (const band of [ttft, tpot, ...Object.values(throughput)]) {
          expect(band.lo).toBeLessThanOrEqual(band.value)
          expect(band.hi).toBeGreaterThanOrEqual(band.value)
        }
        expect(throughput.perUser.value).toBeCloseTo(1 / tpot.value, 6)
      }),
      { numRuns: 150 },
    )
  })

  it('has a cost that is linear in the price and inverse in utilisation, and a split that adds up to the bill', () => {
    fc.assert(
      fc.property(question, fc.double({ min: 0.01, max: 100, noNaN: true }), (input, price) => {
        let one
        try {
          one = predict({ ...input, chipHour: price })
        } catch {
          return
        }
        const two = predict({ ...input, chipHour: 2 * price })
        const full = predict({ ...input, chipHour: price, utilisation: 1 })
        expect(valueOf(two.cost.perMtokOutput)).toBeCloseTo(2 * valueOf(one.cost.perMtokOutput)!, 6)
        expect(valueOf(full.cost.perMtokTotal)).toBeCloseTo(valueOf(one.cost.perMtokTotal)! * input.utilisation, 6)
        const { split } = one.cost
        const { input: inputRate, output } = {
          input: one.throughput.total.value - one.throughput.output.value,
          output: one.throughput.output.value,
        }
        const bill = valueOf(split.input)! * inputRate + valueOf(split.output)! * output
        expect(bill / (valueOf(one.cost.perMtokOutput)! * output)).toBeCloseTo(1, 6)
      }),
      { numRuns: 60 },
    )
  })

  it('gives the same bytes for the same question, and for a scenario resolved before', () => {
    const input = { model: 'deepseek-v2', chip: 'h100', precision: 'fp8', chips: 8 }
    const text = JSON.stringify(predict(input))
    expect(JSON.stringify(predict(input))).toBe(text)
    expect(JSON.stringify(predictScenario(parseScenario(input)))).toBe(text)
  })

  it('answers for every catalog model on a machine that holds it', () => {
    for (const { id } of modelEntries()) {
      const prediction = predict({ model: id, chip: 'gb300-nvl72' })
      expect(prediction.tpot.value, id).toBeGreaterThan(0)
    }
  })

  it('answers or refuses with a reason for every catalog chip', () => {
    const refused = chips().flatMap(({ id }) => {
      try {
        predict({ model: 'llama3-8b', chip: id })
        return []
      } catch (error) {
        expect(error).toBeInstanceOf(PincerError)
        return [id]
      }
    })
    // Sohu has no published figure at all.
    expect(refused).toEqual(['etched-sohu'])
  })

  it('decodes no faster than its chip can read the weights', () => {
    for (const [model, chip] of [
      ['llama3-70b', 'h100-sxm'],
      ['deepseek-v2', 'b200-sxm'],
      ['qwen3-32b', 'mi300x'],
    ] as const) {
      const prediction = predict({ model, chip, precision: 'bf16', workload: { isl: 128, osl: 128, concurrency: 1 } })
      const active = prediction.model.activeParams
      const bandwidth = chips()
        .find(({ id }) => id === chip)!
        .memory.find((tier) => tier.role === 'store')!.bandwidth
      const light = (0.9 * active * 2) / (valueOf(bandwidth)! * prediction.chips)
      expect(prediction.tpot.value).toBeGreaterThan(light)
    }
  })

  it('says when a price is not known instead of taking 0', () => {
    const { cost } = predict({ model: 'llama3-8b', chip: 'graphcore-gc200', precision: 'fp8' })
    expect(isKnown(cost.chipHour)).toBe(false)
    expect(cost.perMtokOutput).toEqual(cost.chipHour)
  })
})

describe('drafts that nobody speaks of', () => {
  const asked = { model: 'deepseek-r1', chip: 'b200-sxm', chips: 8, precision: 'fp8', workload: { concurrency: 16 } }
  const drafted = { ...asked, speculation: { draft: 1, acceptance: 0.85 } }

  it('are predicted both ways, each as it is predicted by itself', () => {
    const off = predict({ ...asked, isDraftingUnknown: true })
    const on = predict({ ...drafted, isDraftingUnknown: true })
    expect(off.drafts?.assumed).toBe('off')
    expect(on.drafts?.assumed).toBe('on')
    for (const [one, other] of [
      [off, predict(drafted)],
      [on, predict(asked)],
    ] as const) {
      expect(one.drafts?.other).toEqual({ ttft: other.ttft.value, tpot: other.tpot.value })
    }
    expect(off.tpot.value).toBe(predict(asked).tpot.value)
    expect(predict(asked).drafts).toBeUndefined()
  })
})
