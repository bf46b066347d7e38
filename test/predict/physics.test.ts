import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Prediction,
  PincerError,
  findChip,
  findModel,
  flopsPerToken,
  predict,
  valueOf,
  weightBytes,
  parseScenario,
} from '../../src/index.ts'

function answer(input: unknown): Prediction | undefined {
  try {
    return predict(input)
  } catch (error) {
    if (error instanceof PincerError) return undefined
    throw error
  }
}

const MODELS = ['llama3-8b', 'llama3-70b', 'deepseek-v2', 'mixtral-8x7b', 'gpt-oss-120b', 'qwen3.5-397b-a17b']
const GPUS = ['h100-sxm', 'h200-sxm', 'b200-sxm', 'gb200-nvl72', 'mi300x', 'tpu-v6e']
const SRAM = ['cerebras-wse3', 'groq-lpu-v1', 'sambanova-sn40l', 'dmatrix-corsair']

const deployment = fc.record({
  model: fc.constantFrom(...MODELS),
  chip: fc.constantFrom(...GPUS),
  precision: fc.constantFrom('bf16', 'fp8'),
  chips: fc.constantFrom(1, 2, 4, 8, 16),
  engine: fc.constantFrom('vllm', 'sglang', 'trtllm'),
})
const lengths = fc.record({ isl: fc.integer({ min: 1, max: 16_000 }), osl: fc.integer({ min: 1, max: 4000 }) })

describe('a deployment under load', () => {
  it('never gives a user more, nor all users less, when more clients come', () => {
    fc.assert(
      fc.property(
        deployment,
        lengths,
        fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 2, maxLength: 6 }),
        (base, length, counts) => {
          const ordered = counts.toSorted((a, b) => a - b)
          let previous: Prediction | undefined
          for (const concurrency of ordered) {
            const now = answer({ ...base, workload: { ...length, concurrency } })
            if (now === undefined) return
            if (previous !== undefined) {
              expect(now.tpot.value).toBeGreaterThanOrEqual(previous.tpot.value * 0.98)
              // Ten requests a client: the more clients, the longer the burst at the start, which costs up to a tenth in the extreme.
              // Steps with prompts are never shorter than their launches, so that a few prompts cost as much as many.
              expect(now.throughput.output.value).toBeGreaterThanOrEqual(previous.throughput.output.value * 0.85)
            }
            previous = now
          }
        },
      ),
      { numRuns: 80 },
    )
  })

  it('never decodes faster than it can read its weights', () => {
    fc.assert(
      fc.property(deployment, lengths, (base, length) => {
        const scenario = { ...base, workload: { ...length, concurrency: 1 } }
        const now = answer(scenario)
        if (now === undefined || findModel(base.model).layers.some(({ ffn }) => ffn.kind === 'moe')) return
        const arch = findModel(base.model)
        const store = findChip(base.chip).memory.find(({ role }) => role === 'store')!
        const { weights } = parseScenario(scenario)
        const table = arch.tiedEmbeddings ? 0 : arch.vocab * arch.hidden * 2
        const light = (weightBytes(arch, weights) - table) / (valueOf(store.bandwidth)! * now.chips)
        expect(now.tpot.value).toBeGreaterThanOrEqual(light)
      }),
      { numRuns: 80 },
    )
  })

  it('never multiplies faster than the dense peak, on any machine', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MODELS),
        fc.constantFrom(...GPUS, ...SRAM),
        lengths,
        fc.integer({ min: 1, max: 30_000 }),
        (model, chip, length, concurrency) => {
          const now = answer({ model, chip, precision: 'fp8', workload: { ...length, concurrency } })
          if (now === undefined) return
          const { peak } = findChip(chip)
          const best = Math.max(...Object.values(peak).map((figure) => valueOf(figure) ?? 0))
          const perSecond = now.throughput.total.value * flopsPerToken(findModel(model), 1).linear
          expect(perSecond / (best * now.chips)).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('never makes more tokens than its running sequences can', () => {
    fc.assert(
      fc.property(deployment, lengths, fc.integer({ min: 1, max: 5000 }), (base, length, concurrency) => {
        const now = answer({ ...base, workload: { isl: length.isl, osl: length.osl + 50, concurrency } })
        if (now === undefined) return
        expect(now.throughput.output.value).toBeLessThanOrEqual((now.batch.running / now.tpot.value) * 1.05)
      }),
      { numRuns: 80 },
    )
  })
})

describe('speculative decoding', () => {
  it('always leaves prompts a cost, and never makes a token slower than none accepted', () => {
    fc.assert(
      fc.property(
        deployment,
        lengths,
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 6 }),
        (base, length, concurrency, draft) => {
          const at = (acceptance: number): Prediction | undefined =>
            answer({ ...base, workload: { ...length, concurrency }, speculation: { draft, acceptance } })
          const [none, most] = [at(0), at(0.9)]
          if (none === undefined || most === undefined) return
          expect(most.cost.split.inputShare).toBeGreaterThanOrEqual(0)
          expect(most.tpot.value).toBeLessThanOrEqual(none.tpot.value * 1.001)
        },
      ),
      { numRuns: 80 },
    )
  })
})

describe('disaggregated pools', () => {
  const at = (clients: number): Prediction =>
    predict({
      model: 'llama3-70b',
      chip: 'h100',
      precision: 'fp8',
      disaggregated: { prefill: { workers: 1, mapping: { tp: 4 } }, decode: { workers: 1, mapping: { tp: 4 } } },
      workload: { isl: 1024, osl: 1024, concurrency: clients },
    })

  it('decode no more than their cache holds, whatever the number of clients', () => {
    for (const clients of [1, 50, 300, 1000, 5000]) {
      const { throughput, batch, tpot, ttft } = at(clients)
      expect(throughput.output.value).toBeLessThanOrEqual((batch.capacity / tpot.value) * 1.01)
      // Little's law over the whole deployment: 922 = mean of 820 … 1024 tokens.
      expect((throughput.output.value / 921.6) * (ttft.value + tpot.value * 920.6)).toBeCloseTo(clients, 0)
    }
  })

  it('charge prompts for the chips that read them', () => {
    expect(at(100).cost.split.inputShare).toBe(0.5)
    expect(valueOf(at(100).cost.split.input)).toBeGreaterThan(0)
  })
})

describe('mappings', () => {
  it('have no more stages than the model has layers', () => {
    expect(() => predict({ model: 'llama3-8b', chip: 'h100', mapping: { pp: 33 } })).toThrow(
      /more stages than the 32 layers/,
    )
    expect(() => predict({ model: 'llama3-8b', chip: 'h100', chips: 1000 })).toThrow(PincerError)
  })

  it('say how many chips would do, and that many do', () => {
    for (const [model, chip, few] of [
      ['deepseek-v3', 'h100', 4],
      ['llama3-405b', 'h100', 4],
      ['llama3-70b', 'tpu-v6e', 2],
    ] as const) {
      let message = ''
      try {
        predict({ model, chip, chips: few, precision: 'fp8' })
      } catch (error) {
        message = (error as Error).message
      }
      const enough = Number(/use at least (\d+) chips/.exec(message)?.[1])
      expect(predict({ model, chip, chips: enough, precision: 'fp8' }).chips).toBe(enough)
    }
  })
})
