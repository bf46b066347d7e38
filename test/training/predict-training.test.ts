import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findChip, type Chip, type Unknown } from '../../src/catalog/index.ts'
import { PincerError } from '../../src/issue/index.ts'
import { parseConfig } from '../../src/model/index.ts'
import {
  memoryPerChip,
  minimumChips,
  predictTraining,
  predictTrainingRow,
  type TrainingChip,
  trainingChip,
  type TrainingInput,
  type TrainingPrediction,
  type TrainingRow,
} from '../../src/training/index.ts'

const LLAMA_405B = parseConfig(
  {
    model_type: 'llama',
    hidden_size: 16_384,
    intermediate_size: 53_248,
    num_hidden_layers: 126,
    num_attention_heads: 128,
    num_key_value_heads: 8,
    vocab_size: 128_256,
    max_position_embeddings: 131_072,
    tie_word_embeddings: false,
    torch_dtype: 'bfloat16',
  },
  { id: 'llama-405b', name: 'Llama 3.1 405B' },
)
const DENSE = { name: 'dense 70B', totalParams: 70e9, activeParams: 70e9 }
const MIXTURE = { name: 'mixture', totalParams: 236e9, activeParams: 21e9 }
const RUN: TrainingInput = { model: DENSE, chip: 'h100_sxm', chips: 1024, tokens: 1e12, batchTokens: 8e6 }

function known(run: TrainingPrediction | Unknown): TrainingPrediction {
  if ('unknown' in run) throw new Error(run.unknown)
  return run
}

function hours(input: TrainingInput): number {
  const { chipHours } = known(predictTraining(input))
  if ('unknown' in chipHours) throw new Error(chipHours.unknown)
  return chipHours.value
}

function plainChip(name: string): TrainingChip {
  const chip = trainingChip(name)
  if ('unknown' in chip) throw new Error(chip.unknown)
  return chip
}

const rate = (value: number, unit: string) => ({ value, unit, source: 'given', basis: 'estimate' }) as const

const faster = (chip: Chip, factor: number, which: number): Chip => {
  const grow = <T extends object>(figure: T): T =>
    'value' in figure ? { ...figure, value: (figure.value as number) * factor } : figure
  if (which === 0) return { ...chip, scaleUp: { ...chip.scaleUp, bandwidth: grow(chip.scaleUp.bandwidth) } }
  if (which === 1) return { ...chip, scaleOut: { bandwidth: grow(chip.scaleOut.bandwidth) } }
  if (which === 2) return { ...chip, memory: chip.memory.map((tier) => ({ ...tier, bandwidth: grow(tier.bandwidth) })) }
  if (which === 3) return { ...chip, memory: chip.memory.map((tier) => ({ ...tier, capacity: grow(tier.capacity) })) }
  return { ...chip, peak: { ...chip.peak, bf16: grow(chip.peak.bf16!) } }
}

const perToken = (totalParams: number, activeParams: number, tokens: number) =>
  hours({ model: { name: 'x', totalParams, activeParams }, chip: 'h800_sxm', tokens }) / tokens

describe('Llama 3.1 405B on 15.6 T tokens', () => {
  const run = known(
    predictTraining({ model: LLAMA_405B, chip: 'h100_sxm', chips: 16_384, tokens: 15.6e12, sequence: 8192 }),
  )

  it('is 3.8e25 FLOP, by 6 N D and by operators with attention', () => {
    expect((run.flops6nd as number) / 3.8e25).toBeCloseTo(1, 2)
    // Attention over 8,192 tokens adds 4 %; the embedding lookup, 0.5 % of the parameters, computes nothing.
    expect((run.flops as number) / (run.flops6nd as number)).toBeGreaterThan(1.0)
    expect((run.flops as number) / (run.flops6nd as number)).toBeLessThan(1.08)
  })

  it('is reported at 30.84 M H100-hours and 38–43 % MFU; the band holds both', () => {
    if ('unknown' in run.chipHours) throw new Error(run.chipHours.unknown)
    expect(run.chipHours.band80[0]).toBeLessThan(30.84e6)
    expect(run.chipHours.band80[1]).toBeGreaterThan(30.84e6)
    expect(run.mfu.band80[0]).toBeLessThan(0.41)
    expect(run.mfu.band80[1]).toBeGreaterThan(0.41)
  })

  it('fits its mapping', () => {
    expect(run.memory.total).toBeLessThanOrEqual(0.9 * 80e9)
    expect(run.mapping.tp * run.mapping.pp * run.mapping.dp).toBe(16_384)
  })
})

describe('accounts that must close', () => {
  const input = fc.record({
    model: fc.constantFrom(DENSE, MIXTURE, LLAMA_405B),
    chip: fc.constantFrom('h100_sxm', 'a100_sxm80', 'tpu_v6e', 'tpu_v4', 'h800_sxm', 'b200_sxm'),
    chips: fc.constantFrom(2048, 4096, 8192),
    tokens: fc.double({ min: 1e10, max: 2e13, noNaN: true }),
    batchTokens: fc.constantFrom(4e6, 16e6),
  })

  it('parts sum to the time, MFU is ideal over total, hours are tokens × time × overhead', () => {
    fc.assert(
      fc.property(input, (each) => {
        const run = known(predictTraining(each))
        const { total, ...parts } = run.timePerToken
        expect(Object.values(parts).reduce((sum, part) => sum + part, 0) / total).toBeCloseTo(1, 12)
        for (const part of Object.values(parts)) expect(part).toBeGreaterThanOrEqual(0)
        expect(run.mfu.value).toBeCloseTo(run.timePerToken.ideal / total, 12)
        expect(hours(each) / ((each.tokens * total * run.runOverhead) / 3600)).toBeCloseTo(1, 12)
        if ('unknown' in run.seconds) throw new Error(run.seconds.unknown)
        expect((run.seconds.value * each.chips) / 3600 / hours(each)).toBeCloseTo(1, 12)
      }),
      { numRuns: 40 },
    )
  })

  it('time grows in proportion to tokens; energy and cost in proportion to watts and price', () => {
    fc.assert(
      fc.property(input, fc.double({ min: 1, max: 20, noNaN: true }), (each, factor) => {
        expect(hours({ ...each, tokens: each.tokens * factor }) / hours(each)).toBeCloseTo(factor, 9)
        const rates = { wattsPerChip: rate(1000 * factor, 'W'), usdPerChipHour: rate(2 * factor, 'USD/h') }
        const { joules, usd } = known(predictTraining({ ...each, ...rates }))
        if ('unknown' in joules || 'unknown' in usd) throw new Error('rates were given')
        expect(usd.value / (hours(each) * 2 * factor)).toBeCloseTo(1, 9)
        expect(joules.value / (hours(each) * 3.6e6 * factor)).toBeCloseTo(1, 9)
      }),
      { numRuns: 25 },
    )
  })

  it('more bandwidth, memory or peak never makes a run slower', () => {
    fc.assert(
      fc.property(
        input,
        fc.constantFrom('h100-sxm', 'a100-sxm', 'b200-sxm'),
        fc.double({ min: 1, max: 10, noNaN: true }),
        fc.integer({ min: 0, max: 4 }),
        (each, id, factor, which) => {
          const chip = findChip(id)
          const before = hours({ ...each, chip })
          expect(hours({ ...each, chip: faster(chip, factor, which) })).toBeLessThanOrEqual(before * (1 + 1e-9))
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('the mapping that is chosen', () => {
  it('makes whole replicas, each with a sequence, of any number of chips', () => {
    const small = { name: 'dense 1B', totalParams: 1e9, activeParams: 1e9 }
    const setting = fc.record({
      chips: fc.integer({ min: 1, max: 5000 }),
      batchTokens: fc.option(fc.integer({ min: 4096, max: 1e7 }), { nil: undefined }),
      chip: fc.constantFrom('h100_sxm', 'tpu_v4'),
    })
    let mapped = 0
    fc.assert(
      fc.property(setting, ({ chips, batchTokens, chip }) => {
        const input = { model: small, chip, chips, tokens: 1e11, sequence: 4096 }
        let run: TrainingPrediction
        try {
          run = known(predictTraining(batchTokens === undefined ? input : { ...input, batchTokens }))
        } catch (fault) {
          // Only a batch the user gave can be too small for the chips.
          expect(batchTokens).toBeDefined()
          expect((fault as PincerError).issues[0]).toMatchObject({ code: 'invalid_mapping', path: ['batchTokens'] })
          return
        }
        mapped++
        const { tp, pp, dp } = run.mapping
        for (const degree of [tp, pp, dp]) expect(Number.isInteger(degree)).toBe(true)
        expect(tp * pp * dp).toBe(chips)
        expect(dp).toBeLessThanOrEqual(run.batch.tokens / run.batch.sequence)
        if (batchTokens !== undefined) expect(run.batch.tokens).toBe(batchTokens)
      }),
    )
    expect(mapped).toBeGreaterThan(20)
  })

  it('keeps seven chips at seven replicas', () => {
    const run = known(predictTraining({ ...RUN, model: { name: '1B', totalParams: 1e9, activeParams: 1e9 }, chips: 7 }))
    expect(run.mapping).toMatchObject({ tp: 1, dp: 7 / run.mapping.pp })
  })
})

describe('memory', () => {
  it('ZeRO arithmetic by hand: 70 B on 1,024 chips, tp 8, ZeRO-1', () => {
    const mapping = { tp: 8, pp: 1, dp: 128, ep: 1, zero: 1, recompute: 'full' } as const
    const run = known(predictTraining({ ...RUN, mapping }))
    expect(run.memory.weights).toBeCloseTo((2 * 70e9) / 8, 0)
    expect(run.memory.gradients).toBeCloseTo((4 * 70e9) / 8, 0)
    expect(run.memory.optimizer).toBeCloseTo((12 * 70e9) / 1024, 0)
    const { total, ...parts } = run.memory
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(total)
  })

  it('sharding further never takes more', () => {
    const work = {
      name: 'x',
      totalParams: 7e10,
      activeParams: 7e10,
      denseFlops: 1.4e11,
      expertFlops: 0,
      attentionFlops: 0,
      hidden: 8192,
      layers: 80,
      vocab: 32_000,
      inferred: false,
    }
    const batch = { tokens: 4e6, sequence: 4096 }
    const at = (tp: number, dp: number, zero: 1 | 3) =>
      memoryPerChip(work, { tp, pp: 1, dp, ep: 1, zero, recompute: 'full' }, batch).total
    expect(at(8, 64, 1)).toBeLessThan(at(4, 128, 1))
    expect(at(8, 64, 3)).toBeLessThan(at(8, 64, 1))
  })

  it('minimum chips: 405 B at 18 bytes in 72 GB each', () => {
    expect(minimumChips(plainChip('h100_sxm'), 405e9)).toBe(Math.ceil((405e9 * 18) / 72e9))
  })

  it('a model that does not fit is refused with what it needs', () => {
    expect(() => predictTraining({ ...RUN, chips: 8 })).toThrow(/does not fit 8 × .* needs 18 chips/)
  })
})

const row: TrainingRow = {
  id: 'x',
  model: 'A',
  arch: 'dense',
  totalParams: 7e9,
  activeParams: 7e9,
  chip: 'a100_sxm80',
}

const mfuOf = (totalParams: number) =>
  known(predictTrainingRow({ ...row, totalParams, activeParams: 21e9, chip: 'h800_sxm', chips: 2048, tokens: 8e12 }))
    .mfu.value

describe('published runs as rows of a table', () => {
  it.each(['a100_sxm40', 'v100', 'tpu_v3', 'tpu_v4', 'tpu_v7_ironwood', 'h100 (not stated)', 'A100-SXM80', 'h800_sxm'])(
    'chip %s is known',
    (chip) => {
      expect(known(predictTrainingRow({ ...row, chip })).mfu.value).toBeGreaterThan(0)
    },
  )

  it('without tokens the MFU is predicted and chip-hours are unknown', () => {
    const run = known(predictTrainingRow(row))
    expect(run.chipHours).toHaveProperty('unknown')
    expect(run.joules).toHaveProperty('unknown')
    expect(run.mfu.value).toBeLessThan(1)
  })

  it('FP8 in the id sets the precision, and a chip without FP8 says so', () => {
    expect(known(predictTrainingRow({ ...row, id: 'x_fp8_full', chip: 'h100_sxm' })).precision).toBe('fp8')
    expect(predictTrainingRow({ ...row, id: 'x_fp8_full' })).toHaveProperty('unknown')
  })

  it('a mixture reaches a lower MFU than the dense model of its active size', () => {
    expect(mfuOf(236e9)).toBeLessThan(mfuOf(21e9))
  })

  it('DeepSeek-V2 against 67B on H800: the saving per token is real, but less than the active parameters suggest', () => {
    const saving = 1 - perToken(236e9, 21e9, 8.1e12) / perToken(67e9, 67e9, 2e12)
    expect(saving).toBeGreaterThan(0)
    expect(saving).toBeLessThan(1 - 21 / 67)
  })
})

describe('unknown and bad input', () => {
  it('an SRAM machine is refused with the reason', () => {
    expect(predictTraining({ ...RUN, chip: 'cerebras-wse3' })).toEqual({
      unknown: expect.stringContaining('SRAM machine'),
    })
  })

  it('an unknown price stays unknown', () => {
    const run = known(predictTraining({ ...RUN, usdPerChipHour: { unknown: 'no price' } }))
    expect(run.usd).toEqual({ unknown: 'no price' })
    expect(known(predictTraining(RUN)).usd).toHaveProperty('unknown')
  })

  it.each<[string, Partial<TrainingInput>]>([
    ['chips', { chips: 0 }],
    ['chips', { chips: 7.5 }],
    ['chips', { chips: 1e9 }],
    ['tokens', { tokens: 0.5 }],
    ['tokens', { tokens: 1e300 }],
    ['sequence', { sequence: 1e9 }],
    ['sequence', { sequence: 4096.5 }],
    ['batchTokens', { batchTokens: 100 }],
    ['batchTokens', { batchTokens: 8192 }],
    [
      'batchTokens',
      { mapping: { tp: 1, pp: 1, dp: 1024, ep: 1, zero: 3, recompute: 'full' }, batchTokens: 4096 * 1000 },
    ],
    ['mapping', { mapping: { tp: 2048, pp: 1, dp: 0.5, ep: 1, zero: 1, recompute: 'full' } }],
    ['tokens', { tokens: -1 }],
    ['tokens', { tokens: Number.NaN }],
    ['sequence', { sequence: Number.POSITIVE_INFINITY }],
    ['batchTokens', { batchTokens: 0 }],
    ['chip', { chip: 'h1000' }],
    ['chip', { chip: '__proto__' }],
    ['totalParams', { model: { name: 'x', totalParams: 0, activeParams: 1 } }],
    ['activeParams', { model: { name: 'x', totalParams: 1e9, activeParams: 2e9 } }],
    ['mapping', { mapping: { tp: 8, pp: 1, dp: 8, ep: 1, zero: 1, recompute: 'full' } }],
    ['usdPerChipHour', { usdPerChipHour: { value: -2, unit: 'USD/h', source: 'given', basis: 'estimate' } }],
  ])('%s is named', (field, change) => {
    let caught: unknown
    try {
      predictTraining({ ...RUN, ...change })
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(PincerError)
    expect((caught as PincerError).issues[0]?.path[0]).toBe(field)
  })
})
