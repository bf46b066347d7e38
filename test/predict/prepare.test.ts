import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chipIds, modelEntries } from '../../src/catalog/index.ts'
import { PincerError } from '../../src/issue/index.ts'
import {
  type PreparedScenario,
  type Prediction,
  type Scenario,
  parseScenario,
  predictScenario,
  prepareScenario,
} from '../../src/predict/index.ts'

const models = modelEntries().map(({ id }) => id)
const mappings = [
  undefined,
  { tp: 1 },
  { tp: 4 },
  { tp: 8 },
  { tp: 4, pp: 2 },
  { tp: 8, moeEp: 8 },
  { tp: 2, dp: 4, moeEp: 8 },
  { dp: 8, moeEp: 8 },
  { tp: 16, pp: 2 },
]
const questions = fc.record({
  model: fc.constantFrom(...models),
  chip: fc.constantFrom(...chipIds()),
  precision: fc.constantFrom('bf16', 'fp8', 'fp4'),
  engine: fc.constantFrom('vllm', 'sglang', 'trtllm'),
  mapping: fc.constantFrom(...mappings),
  speculation: fc.constantFrom(undefined, { draft: 2, acceptance: 0.7 }),
  tokenBudget: fc.constantFrom(undefined, 512, 4096),
  workload: fc.record({
    isl: fc.integer({ min: 1, max: 20_000 }),
    osl: fc.integer({ min: 1, max: 5000 }),
    spread: fc.constantFrom(0.8, 1),
  }),
  calibration: fc.constantFrom(undefined, {
    bandwidth: 0.9,
    compute: 1.1,
    links: 0.8,
    engines: { vllm: { hostOverhead: 1.3, requestOverhead: 0.7 } },
  }),
})
const loads = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 })

describe('prepareScenario', () => {
  it('answers for any number of clients exactly as predictScenario does, in any order', () => {
    let answered = 0
    fc.assert(
      fc.property(questions, loads, (question, clients) => {
        const scenario = possible(() => parsed(question))
        if (scenario === undefined) return
        const prepared = possible(() => prepareScenario(scenario))
        for (const concurrency of clients) answered += compared(scenario, prepared, concurrency)
      }),
      { numRuns: 400 },
    )
    expect(answered).toBeGreaterThan(200)
  })

  it('holds for pools and for benchmark runs', () => {
    const pools = {
      model: 'deepseek-v3',
      chip: 'h200-sxm',
      disaggregated: {
        prefill: { workers: 2, mapping: { tp: 8 } },
        decode: { workers: 1, mapping: { dp: 16, moeEp: 16 } },
      },
    }
    const run = { model: 'llama3.1-8b', chip: 'h100-sxm', workload: { isl: 512, osl: 128, rounds: 2 } }
    for (const question of [pools, run]) {
      const scenario = parseScenario(question)
      const prepared = prepareScenario(scenario)
      for (const concurrency of [64, 1, 7]) expect(compared(scenario, prepared, concurrency)).toBe(1)
    }
  })
})

function parsed(question: Record<string, unknown>): Scenario {
  const given = Object.entries(question).filter(([, value]) => value !== undefined)
  return parseScenario(Object.fromEntries(given))
}

/** 1 when both answered; both must fail alike otherwise. */
function compared(scenario: Scenario, prepared: PreparedScenario | undefined, concurrency: number): number {
  const whole = possible(() => predictScenario({ ...scenario, workload: { ...scenario.workload, concurrency } }))
  const again = possible(() => prepared?.predict(concurrency))
  const load = possible(() => prepared?.load(concurrency))
  expect(again).toEqual(whole)
  expect(load).toEqual(whole === undefined ? undefined : loadOf(whole))
  return whole === undefined ? 0 : 1
}

function loadOf({ chips, ttft, tpot, throughput, batch, workload, cost, evidence }: Prediction): object {
  const { concurrency } = workload
  return { concurrency, chips, ttft, tpot, throughput, batch, perMtokOutput: cost.perMtokOutput, tier: evidence.tier }
}

function possible<T>(build: () => T): T | undefined {
  try {
    return build()
  } catch (error) {
    if (error instanceof PincerError) return undefined
    throw error
  }
}
