import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findChip } from '../../src/catalog/index.ts'
import { PincerError } from '../../src/issue/index.ts'
import { kernelConstants, machineOf } from '../../src/kernel/index.ts'
import { decodePass, findModel, formatsFor, prefillPass, type Pass } from '../../src/model/index.ts'
import { parseMapping } from '../../src/parallel/index.ts'
import { predict, simulateClients, parseScenario } from '../../src/predict/index.ts'
import { engineProfile, passBreakdown, passTime, passTimer, type StepSetting } from '../../src/step/index.ts'

function setting(model: string, degrees: object): StepSetting {
  const arch = findModel(model)
  return {
    arch,
    machine: machineOf(findChip('h800-sxm')),
    mapping: parseMapping(degrees, arch),
    formats: { weights: formatsFor(arch, 'fp8'), cache: 'fp8' },
    kernel: kernelConstants(),
    engine: engineProfile('vllm'),
  }
}

const WIDE = setting('deepseek-v3', { dp: 64, moeEp: 64 })
const overlapped = (of: StepSetting): StepSetting => ({ ...of, overlap: 'two-batch' })
const passes: fc.Arbitrary<Pass> = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 16_384 }), fc.integer({ min: 1, max: 8192 })).map(([n, c]) => decodePass(n, c)),
  fc.tuple(fc.integer({ min: 1, max: 256 }), fc.integer({ min: 16, max: 8192 })).map(([n, l]) => prefillPass(n, l)),
)

describe('two halves of a batch that overlap', () => {
  it('never take longer than the batch, nor less than half of it', () => {
    fc.assert(
      fc.property(passes, (pass) => {
        const [plain, halves] = [passTime(WIDE, pass), passTime(overlapped(WIDE), pass)]
        expect(halves).toBeLessThanOrEqual(plain)
        expect(halves).toBeGreaterThan(0.5 * plain * 0.95)
      }),
    )
  })

  it('have parts that sum to their time', () => {
    fc.assert(
      fc.property(passes, (pass) => {
        const { seconds, parts } = passBreakdown(overlapped(WIDE), pass)
        expect(parts.reduce((sum, part) => sum + part.seconds, 0) / seconds).toBeCloseTo(1, 12)
        expect(seconds / passTime(overlapped(WIDE), pass)).toBeCloseTo(1, 9)
        for (const part of parts) expect(part.seconds).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('are timed alike one by one and many at a time', () => {
    const timer = passTimer(overlapped(WIDE), { prompt: 1024, decodeTokens: 2, context: 3000 })
    for (const sequences of [64, 1024, 8192]) {
      expect(timer(0, sequences) / passTime(overlapped(WIDE), decodePass(sequences, 3000, 2))).toBeCloseTo(1, 9)
    }
  })

  it('by hand: twice the longer of half the compute and half the exchange', () => {
    const pass = decodePass(8192, 4990, 2)
    const { parts } = passBreakdown(WIDE, decodePass(4096, 4990, 2))
    const of = (isExchange: boolean): number =>
      parts
        .filter(({ name }) => name !== 'host' && (name === 'dispatch' || name === 'combine') === isExchange)
        .reduce((sum, { seconds }) => sum + seconds, 0)
    const host = passBreakdown(WIDE, pass).parts.find(({ name }) => name === 'host')!.seconds
    expect(passTime(overlapped(WIDE), pass) / (2 * Math.max(of(true), of(false)) + host)).toBeCloseTo(1, 9)
  })

  it('change nothing where nothing is exchanged', () => {
    const dense = setting('llama3-70b', { tp: 8 })
    fc.assert(
      fc.property(passes, (pass) => {
        expect(passTime(overlapped(dense), pass)).toBe(passTime(dense, pass))
      }),
      { numRuns: 30 },
    )
  })
})

describe('scenarios whose batches overlap', () => {
  const scenario = { model: 'deepseek-v3', chip: 'h800-sxm', precision: 'fp8', mapping: { dp: 64, moeEp: 64 } }
  const load = { isl: 1024, osl: 1024, concurrency: 4096 }

  it('say so, and are at least as fast', () => {
    const [plain, halves] = [undefined, 'two-batch'].map((overlap) =>
      predict({ ...scenario, workload: load, ...(overlap === undefined ? {} : { overlap }) }),
    )
    expect(halves!.throughput.output.value).toBeGreaterThan(plain!.throughput.output.value)
    expect(halves!.evidence.notes.join(' ')).toMatch(/overlap/)
  })

  it.each([
    ['on SRAM machines', () => predict({ model: 'deepseek-v2', chip: 'wse3', overlap: 'two-batch' })],
    ['in benchmark runs', () => predict({ ...scenario, overlap: 'two-batch', workload: { ...load, rounds: 2 } })],
    [
      'in simulations',
      () =>
        simulateClients(parseScenario({ ...scenario, overlap: 'two-batch', workload: load }), {
          clients: 4,
          requests: 8,
        } as never),
    ],
    ['of another kind', () => predict({ ...scenario, overlap: 'three-batch' })],
  ])('are refused %s', (_where, ask) => {
    expect(ask).toThrow(PincerError)
  })
})
