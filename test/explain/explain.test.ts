import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Chip,
  type Explained,
  type Scenario,
  PincerError,
  explainScenario,
  isKnown,
  machineConstants,
  parseScenario,
  placement,
  predictScenario,
} from '../../src/index.ts'

const GPUS = ['h100-sxm', 'b200-sxm', 'mi300x', 'tpu-v6e', 'l40s']
const SRAM = ['groq-lpu-v1', 'groq3-lp30', 'cerebras-wse3', 'graphcore-gc200', 'sambanova-sn40l', 'dmatrix-corsair']

const question = fc.record({
  model: fc.constantFrom('llama3-8b', 'llama3-70b', 'deepseek-v2', 'mixtral-8x7b', 'gpt-oss-20b'),
  chip: fc.constantFrom(...GPUS, ...SRAM),
  precision: fc.constantFrom('bf16', 'fp8'),
  workload: fc.record({
    isl: fc.integer({ min: 16, max: 8000 }),
    osl: fc.integer({ min: 2, max: 2000 }),
    concurrency: fc.integer({ min: 1, max: 128 }),
  }),
  speculation: fc.constantFrom(undefined, { draft: 2, acceptance: 0.6 }),
})

/** Undefined for what does not fit. */
function explained(input: unknown): { why: Explained; scenario: Scenario } | undefined {
  try {
    const scenario = parseScenario(JSON.parse(JSON.stringify(input)))
    return { why: explainScenario(scenario), scenario }
  } catch (error) {
    if (error instanceof PincerError && error.issues[0]?.code === 'does_not_fit') return undefined
    throw error
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

describe('the waterfall of a step', () => {
  it('sums to the predicted time per token, times the tokens of a step', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const found = explained(asked)
        if (found === undefined) return
        const { why, scenario } = found
        const predicted = predictScenario(scenario).tpot.value * why.tokensPerStep
        expect(Math.abs(sum(why.waterfall.map(({ seconds }) => seconds)) / predicted - 1)).toBeLessThan(1e-9)
        expect(why.stepSeconds).toBe(predicted)
      }),
      { numRuns: 80 },
    )
  })

  it('accounts for the whole of the step that predict shows, without the rest', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const found = explained({ ...asked, speculation: undefined })
        if (found === undefined) return
        const { why } = found
        const { decodeStep } = why.prediction
        const others = ['prompts of others', 'less than a step of the mean batch']
        const own = (name: string): boolean => !others.includes(name)
        const shown = decodeStep.parts.filter(({ name }) => own(name)).map(({ seconds }) => seconds)
        const parts = why.waterfall.filter(({ name }) => own(name)).map(({ seconds }) => seconds)
        expect(Math.abs(sum(parts) / sum(shown) - 1)).toBeLessThan(1e-6)
      }),
      { numRuns: 60 },
    )
  })
})

describe('operators', () => {
  it('are never faster than light', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const found = explained(asked)
        if (found === undefined) return
        for (const { seconds, light, attainable, achieved } of found.why.operators) {
          expect(seconds).toBeGreaterThanOrEqual(light)
          if (attainable !== undefined) expect(attainable).toBeGreaterThanOrEqual(achieved ?? Number.NaN)
        }
        expect(found.why.light.share).toBeGreaterThan(0)
        expect(found.why.light.share).toBeLessThan(1)
      }),
      { numRuns: 80 },
    )
  })

  it('are those of the predicted step on a GPU: same time, FLOPs and bytes', () => {
    for (const input of [
      { model: 'deepseek-v2', chip: 'h100-sxm', chips: 8, precision: 'fp8' },
      { model: 'deepseek-v3', chip: 'b200-sxm', mapping: { dp: 8, moeEp: 8 }, speculation: 'default' },
      {
        model: 'qwen3-32b',
        chip: 'h200-sxm',
        disaggregated: { prefill: { workers: 2, mapping: { tp: 2 } }, decode: { workers: 2, mapping: { tp: 4 } } },
      },
    ]) {
      const { why } = explained(input)!
      const { parts } = why.prediction.decodeStep
      expect(why.operators.map(({ name }) => name)).toEqual(parts.map(({ name }) => name))
      for (const [i, row] of why.operators.entries()) {
        const part = parts[i]!
        for (const key of ['seconds', 'flops', 'bytes'] as const) expect(row[key]).toBeCloseTo(part[key], 12)
        expect([row.count, row.bound]).toEqual([part.count, part.bound])
      }
    }
  })

  it('are layers on an SRAM machine, whose times sum to a pass', () => {
    const { why } = explained({ model: 'deepseek-v2', chip: 'groq', precision: 'fp8', workload: { concurrency: 8 } })!
    const named = (names: readonly string[]): number =>
      sum(why.waterfall.flatMap(({ name, seconds }) => (names.includes(name) ? [seconds] : [])))
    const whole = named(['issue', 'hops', 'transfer', 'weights', 'KV cache', 'compute'])
    const betweenStages = why.prediction.decodeStep.parts.find(({ name }) => name === 'transfer')!.seconds
    expect(sum(why.operators.map(({ seconds }) => seconds)) + betweenStages).toBeCloseTo(whole, 12)
  })
})

describe('hops on an SRAM machine', () => {
  it('take at least their number times the time of one', () => {
    for (const chip of ['groq-lpu-v1', 'groq3-lp30', 'cerebras-wse3', 'graphcore-gc200']) {
      const { why, scenario } = explained({
        model: 'llama3-70b',
        chip,
        workload: { isl: 1000, osl: 200, concurrency: 4 },
      })!
      const machine = machineConstants(chip)
      const hop = machine.hopSeconds!.value
      expect(why.hops!.seconds).toBeCloseTo(why.hops!.count * hop, 15)
      expect(why.stepSeconds).toBeGreaterThanOrEqual(why.hops!.seconds)
      const place = placement(scenario.model, scenario.chip, {
        chips: why.prediction.chips,
        precision: scenario.precision,
      })
      const group = place.tp <= 1 ? 0 : machine.diameter.find(({ machines }) => place.tp <= machines)!.hops
      expect(why.hops!.count).toBe(place.pp - 1 + 4 * place.work.depth * group)
    }
  })
})

describe('levers', () => {
  const doubled = (chip: Chip): Chip => ({
    ...chip,
    memory: chip.memory.map((tier) =>
      isKnown(tier.bandwidth) ? { ...tier, bandwidth: { ...tier.bandwidth, value: 2 * tier.bandwidth.value } } : tier,
    ),
  })

  it.each([
    { model: 'deepseek-v2', chip: 'h100-sxm', chips: 8, precision: 'fp8' },
    { model: 'llama3-70b', chip: 'wse3', chips: 12, workload: { isl: 1000, osl: 200, concurrency: 300 } },
  ])('are what predict says with that input changed: %j', (input) => {
    const { why, scenario } = explained(input)!
    const lever = (name: string): number =>
      // A change without an effect is no lever.
      why.levers.find(({ change }) => change === name)?.tpot ?? why.prediction.tpot.value
    const { workload, chip } = scenario
    const faster = predictScenario({ ...scenario, chip: doubled(chip) }).tpot.value
    // A change of no more than rounding is none.
    expect(Math.abs(lever('memory bandwidth doubled') / faster - 1)).toBeLessThan(1e-14)
    const half = { ...workload, concurrency: Math.floor(workload.concurrency / 2) }
    expect(lever('clients halved')).toBe(predictScenario({ ...scenario, workload: half }).tpot.value)
    const gains = why.levers.map(({ gain }) => gain)
    expect(gains).toEqual(gains.toSorted((a, b) => b - a))
    for (const { gain, tpot, perUser } of why.levers) {
      expect(gain).toBeCloseTo(1 - tpot / why.prediction.tpot.value, 12)
      expect(perUser).toBe(1 / tpot)
    }
  })

  it('name latency first on a machine that waits for it', () => {
    const { why } = explained({ model: 'deepseek-v2', chip: 'groq', precision: 'fp8', workload: { concurrency: 1 } })!
    expect(why.levers[0]!.change).toBe('issue latency halved')
  })
})
