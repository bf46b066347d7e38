import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findChip } from '../../src/catalog/index.ts'
import { kernelConstants, machineOf } from '../../src/kernel/index.ts'
import { decodePass, findModel, formatsFor, prefillPass } from '../../src/model/index.ts'
import { parseMapping } from '../../src/parallel/index.ts'
import {
  ENGINES,
  type StepSetting,
  draftTime,
  engineProfile,
  attentionTime,
  launchTime,
  passBreakdown,
  passTime,
  stepTokenBudget,
  tokensPerStep,
  tokenTime,
} from '../../src/step/index.ts'

function setting(model: string, chip: string, tp: number): StepSetting {
  const arch = findModel(model)
  return {
    arch,
    machine: machineOf(findChip(chip)),
    mapping: parseMapping({ tp }, arch),
    formats: { weights: formatsFor(arch, 'fp8'), cache: 'bf16' },
    kernel: kernelConstants(),
    engine: engineProfile('vllm'),
  }
}

const settings = fc
  .tuple(
    fc.constantFrom('deepseek-v2', 'llama3-70b', 'mixtral-8x7b', 'gpt-oss-120b', 'qwen3.5-397b-a17b'),
    fc.constantFrom('h100', 'b200', 'mi300x', 'tpu-v6e'),
    fc.constantFrom(1, 2, 4, 8),
  )
  .map(([model, chip, tp]) => setting(model, chip, tp))

describe('passTime', () => {
  it('is the sum of the parts of the breakdown', () => {
    fc.assert(
      fc.property(
        settings,
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 50_000 }),
        (at, batch, context) => {
          for (const pass of [decodePass(batch, context), prefillPass(1, context)]) {
            const breakdown = passBreakdown(at, pass)
            expect(breakdown.seconds).toBeCloseTo(passTime(at, pass), 12)
            expect(breakdown.parts.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(breakdown.seconds, 12)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  // Measured kernels are not quite monotone: a library that changes its kernel for more rows may gain by it.
  it('hardly falls when the batch or the context grows, and never when it grows much', () => {
    fc.assert(
      fc.property(
        settings,
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 0, max: 200 }),
        (at, batch, context, more) => {
          const base = passTime(at, decodePass(batch, context))
          expect(passTime(at, decodePass(batch + more, context))).toBeGreaterThanOrEqual(base * 0.9)
          expect(passTime(at, decodePass(batch, context + more))).toBeGreaterThanOrEqual(base * 0.95)
          expect(passTime(at, decodePass(batch * 32, context))).toBeGreaterThanOrEqual(base)
          expect(passTime(at, decodePass(batch, 100 * (context + 100)))).toBeGreaterThanOrEqual(base)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('takes longer with more of either bandwidth taken away', () => {
    const at = setting('deepseek-v2', 'h100', 8)
    const base = passTime(at, decodePass(64, 2000))
    for (const key of ['memoryRate', 'scaleUpRate'] as const) {
      const machine = { ...at.machine, [key]: at.machine[key] / 4 }
      expect(passTime({ ...at, machine }, decodePass(64, 2000))).toBeGreaterThan(base)
    }
  })
})

describe('tokensPerStep', () => {
  it('is 1 + a + … + a^d (Leviathan et al. 2023)', () => {
    expect(tokensPerStep(undefined)).toBe(1)
    expect(tokensPerStep({ draft: 3, acceptance: 0 })).toBe(1)
    expect(tokensPerStep({ draft: 3, acceptance: 1 })).toBe(4)
    expect(tokensPerStep({ draft: 2, acceptance: 0.5 })).toBeCloseTo(1.75, 12)
  })

  it('costs a layer’s share of a step per draft', () => {
    expect(draftTime({ draft: 3, acceptance: 0.7 }, 0.06, 1, 60)).toBeCloseTo(0.003, 12)
    expect(draftTime(undefined, 0.06, 1, 60)).toBe(0)
  })
})

describe('engineProfile', () => {
  it('has positive overheads and a budget that holds a prompt, for every engine', () => {
    for (const engine of ENGINES) {
      const profile = engineProfile(engine)
      expect(profile.stepOverhead).toBeGreaterThan(0)
      expect(profile.memoryFraction).toBeLessThan(1)
      expect(stepTokenBudget(engine, 1024, 64)).toBeGreaterThanOrEqual(8192)
    }
  })
})

describe('launchTime', () => {
  it('is the least that a step with prompts takes, and nothing without', () => {
    const at = setting('deepseek-v2', 'h100', 8)
    expect(launchTime(at, decodePass(8, 1000))).toBe(0)
    const least = launchTime(at, prefillPass(1, 1))
    expect(least).toBeGreaterThan(0)
    expect(passTime(at, prefillPass(1, 1))).toBe(
      Math.max(least, tokenTime(at, prefillPass(1, 1)) + attentionTime(at, prefillPass(1, 1))),
    )
    const { seconds, parts } = passBreakdown(at, prefillPass(1, 1))
    expect(seconds).toBeCloseTo(passTime(at, prefillPass(1, 1)), 12)
    expect(parts.reduce((sum, part) => sum + part.seconds, 0)).toBeCloseTo(seconds, 12)
  })
})
