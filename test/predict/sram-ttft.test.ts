import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DATAFLOW_MACHINES, machineConstants, passHops } from '../../src/dataflow/index.ts'
import {
  type Scenario,
  parseScenario,
  predictScenario,
  simulateClients,
  simulateRequests,
} from '../../src/predict/index.ts'
import { sramPlacement } from '../../src/predict/sram-placement.ts'
import { TICKS_PER_SECOND } from '../../src/serving/index.ts'

const MODELS = ['llama3-8b', 'gpt-oss-120b', 'deepseek-v2', 'qwen3-235b-a22b']

function scenarioOf(model: string, chip: string, workload: object): Scenario {
  return parseScenario({ model, chip, precision: 'fp8', workload: { spread: 1, ...workload } })
}

describe('the first token on a pipeline', () => {
  it('of a lone request comes in simulate when predict says, on every machine', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DATAFLOW_MACHINES),
        fc.constantFrom(...MODELS),
        fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 20_000 })),
        fc.integer({ min: 2, max: 300 }),
        (chip, model, isl, osl) => {
          const scenario = scenarioOf(model, chip, { isl, osl, concurrency: 1 })
          const closed = predictScenario(scenario)
          const { run } = simulateRequests(scenario, {
            count: 1,
            arrival: new Float64Array(1),
            prompt: Int32Array.of(isl),
            output: Int32Array.of(osl),
          })
          const [first, end] = [run.firstToken[0]! / TICKS_PER_SECOND, run.end[0]! / TICKS_PER_SECOND]
          expect(Math.abs(first / closed.ttft.value - 1)).toBeLessThan(0.01)
          expect(Math.abs((end - first) / (osl - 1) / closed.tpot.value - 1)).toBeLessThan(0.02)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('never comes before the prompt has crossed every hop, and neither does any later one, under any load', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DATAFLOW_MACHINES.filter((chip) => machineConstants(chip).hopSeconds !== undefined)),
        fc.constantFrom(...MODELS),
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 12 }),
        (chip, model, isl, clients) => {
          const scenario = scenarioOf(model, chip, { isl, osl: 20, concurrency: clients })
          const hops = passHops(sramPlacement(scenario)).seconds
          const count = 3 * clients
          const { run, summary } = simulateClients(scenario, {
            clients,
            rounds: 3,
            thinkTicks: 0,
            prompt: new Int32Array(count).fill(isl),
            output: new Int32Array(count).fill(20),
          })
          for (let row = 0; row < count; row++) {
            const first = run.firstToken[row]!
            expect((first - run.arrival[row]!) / TICKS_PER_SECOND).toBeGreaterThanOrEqual(hops)
            expect((run.end[row]! - first) / TICKS_PER_SECOND / 19).toBeGreaterThanOrEqual(hops)
          }
          expect(summary.little.holds).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('comes later than the busiest stage is free: the stages behind it are still at work', () => {
    const scenario = scenarioOf('llama3-70b', 'groq-lpu-v1', { isl: 1024, osl: 16, concurrency: 1 })
    const requests = {
      count: 2,
      arrival: new Float64Array(2),
      prompt: Int32Array.of(1024, 1024),
      output: Int32Array.of(16, 16),
    }
    const { run, timer } = simulateRequests(scenario, requests)
    const { perToken, fill } = timer.pipeline!
    const ttft = predictScenario(scenario).ttft.value * TICKS_PER_SECOND
    expect(fill).toBeGreaterThan(0.1 * ttft)
    // Two prompts fill the pipeline once.
    const both = Math.max(...run.firstToken)
    expect(both).toBeLessThan(1.99 * ttft)
    expect(both).toBeGreaterThanOrEqual(2 * 1024 * perToken)
  })
})
