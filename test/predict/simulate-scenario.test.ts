import { describe, expect, it } from 'vitest'
import {
  drawLengths,
  findChip,
  inferencexLengths,
  kernelConstants,
  machineOf,
  parseScenario,
  predict,
  rng,
  simulateClients,
  tickTimer,
} from '../../src/index.ts'
import { decodePass, prefillPass } from '../../src/model/index.ts'
import { TICKS_PER_SECOND } from '../../src/serving/index.ts'
import { type StepSetting, engineProfile, passTime } from '../../src/step/index.ts'

function setting(model: string, chip: string, tp: number): StepSetting {
  const scenario = parseScenario({ model, chip, mapping: { tp }, precision: 'fp8' })
  return {
    arch: scenario.model,
    machine: machineOf(findChip(chip)),
    mapping: scenario.mapping,
    formats: { weights: scenario.weights, cache: scenario.cache },
    kernel: kernelConstants(),
    engine: engineProfile('vllm'),
  }
}

describe('tickTimer', () => {
  it.each([
    ['llama3-70b', 'h100', 4],
    ['llama3-8b', 'a100', 1],
    ['deepseek-v2', 'h200', 8],
    ['qwen3-235b-a22b', 'b200', 8],
  ] as const)('%s on %s: steps within 10 %% of the step room', (model, chip, tp) => {
    const at = setting(model, chip, tp)
    const timer = tickTimer(at, { mostTokens: 9000, batch: 64, mostDecoding: 200 })
    const decode = (n: number, context: number): number =>
      (timer.tokens[n]! + (timer.perSequence ?? 0) * n + timer.perCached * n * context) / TICKS_PER_SECOND
    for (const n of [1, 8, 64, 200]) {
      for (const context of [100, 1500, 4000]) {
        expect(Math.abs(decode(n, context) / passTime(at, decodePass(n, context)) - 1)).toBeLessThan(0.1)
      }
    }
    for (const length of [500, 2000, 8000]) {
      const prompt = (timer.tokens[length]! + (timer.perPair * length * (length + 1)) / 2) / TICKS_PER_SECOND
      expect(Math.abs(prompt / passTime(at, prefillPass(1, length)) - 1)).toBeLessThan(0.1)
    }
  })

  it('has a table that never decreases', () => {
    const { tokens } = tickTimer(setting('mixtral-8x7b', 'h100', 2), {
      mostTokens: 5000,
      batch: 32,
      mostDecoding: 5000,
    })
    for (let i = 1; i < tokens.length; i++) expect(tokens[i]).toBeGreaterThanOrEqual(tokens[i - 1]!)
  })
})

describe('simulateClients', () => {
  it.each([
    ['llama3-70b', 'h100', 4, 64],
    ['llama3-8b', 'h200', 1, 32],
    ['deepseek-v2', 'h200', 8, 128],
  ] as const)(
    '%s on %s agrees with the closed form: TPOT within 8 %%, throughput within 8 %%',
    (model, chip, tp, clients) => {
      const scenario = parseScenario({
        model,
        chip,
        mapping: { tp },
        precision: 'fp8',
        workload: { concurrency: clients },
      })
      const count = clients * 10
      const { summary } = simulateClients(scenario, {
        clients,
        rounds: 10,
        thinkTicks: 0,
        prompt: drawLengths(inferencexLengths(1024), count, rng(1, 'prompt lengths')),
        output: drawLengths(inferencexLengths(1024), count, rng(1, 'output lengths')),
      })
      const closed = predict({ model, chip, mapping: { tp }, precision: 'fp8', workload: { concurrency: clients } })
      if ('unknown' in summary.tpot) throw new Error('no TPOT')
      expect(Math.abs(summary.tpot.mean / closed.tpot.value - 1)).toBeLessThan(0.08)
      expect(Math.abs(summary.outputRate / closed.throughput.output.value - 1)).toBeLessThan(0.08)
      expect(summary.little.holds).toBe(true)
    },
  )
})
