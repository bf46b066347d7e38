import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSource } from '../../src/catalog/index.ts'
import { findModel } from '../../src/model/index.ts'
import {
  denseLoss,
  denseRivals,
  denseTwin,
  findRecipe,
  mixtureLoss,
  predictTraining,
  recipeInput,
  reliability,
  SCHEDULES,
  trainingRecipes,
  type TrainingInput,
  type TrainingPrediction,
} from '../../src/training/index.ts'
import { overlappedExchange, pipelineTime } from '../../src/training/schedule.ts'

function train(input: TrainingInput): TrainingPrediction {
  const run = predictTraining(input)
  if ('unknown' in run) throw new Error(run.unknown)
  return run
}

function hours(input: TrainingInput): number {
  const { chipHours } = train(input)
  if ('unknown' in chipHours) throw new Error(chipHours.unknown)
  return chipHours.value
}

const V3: TrainingInput = {
  model: findModel('deepseek-v3'),
  chip: 'h800-sxm',
  chips: 2048,
  tokens: 14.8e12,
  precision: 'fp8',
}
const DENSE: TrainingInput = { model: findModel('llama3.1-70b'), chip: 'h100-sxm', chips: 256, tokens: 1e11 }

describe('published setups', () => {
  it('cite sources that exist, have their own ids and what a plan may hold', () => {
    const recipes = trainingRecipes()
    expect(new Set(recipes.map(({ id }) => id)).size).toBe(recipes.length)
    for (const { source, schedule, plan, batchTokens, sequence } of recipes) {
      expect(findSource(source).id).toBe(source)
      if (schedule !== undefined) expect(SCHEDULES).toContain(schedule)
      for (const degree of [plan?.tp, plan?.pp, plan?.ep]) expect(Number.isInteger(degree ?? 1)).toBe(true)
      if (batchTokens !== undefined && sequence !== undefined) expect(batchTokens % sequence).toBe(0)
    }
  })

  it('DeepSeek-V3 runs as its report says', () => {
    const run = train({ ...V3, ...recipeInput(findRecipe('deepseek-v3')) })
    expect(run.mapping).toMatchObject({ tp: 1, pp: 16, dp: 128, ep: 64, zero: 1 })
    expect(run.batch).toEqual({ tokens: 15_360 * 4096, sequence: 4096 })
    expect(run.schedule).toBe('dualpipe')
    expect(run.memory.total).toBeLessThan(0.9 * 80e9)
  })

  it('an unknown one is refused with the nearest', () => {
    expect(() => findRecipe('deepseek-v33')).toThrow(/did you mean deepseek-v3|did you mean "deepseek-v3"/)
  })
})

describe('pipelines', () => {
  const shape = { stages: 16, layers: 64, microbatches: 32, work: 1, hop: 0 }

  it('bubbles by hand: 15/32 in 1F1B, a third with zero bubble, 14/96 in DualPipe, a quarter with four chunks', () => {
    expect(pipelineTime('1f1b', shape)).toBeCloseTo(15 / 32, 12)
    expect(pipelineTime('zero-bubble', shape)).toBeCloseTo(15 / 96, 12)
    expect(pipelineTime('dualpipe', shape)).toBeCloseTo(14 / 96, 12)
    expect(pipelineTime('interleaved', shape)).toBeCloseTo(15 / 32 / 4, 12)
    for (const schedule of SCHEDULES) expect(pipelineTime(schedule, { ...shape, stages: 1 })).toBe(0)
  })

  it('interleaving never loses to plain 1F1B and its number of chunks is the best', () => {
    const number = fc.double({ min: 1e-6, max: 10, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 32 }), fc.integer({ min: 1, max: 512 }), number, (stages, m, hop) => {
        const at = { stages, layers: 128, microbatches: m, work: 1, hop: hop / 100 }
        const best = pipelineTime('interleaved', at)
        expect(best).toBeLessThanOrEqual(pipelineTime('1f1b', at) * (1 + 1e-12))
        for (const chunks of [1, 2, 4]) {
          if (chunks > 128 / stages) continue
          expect(best).toBeLessThanOrEqual(((stages - 1) / m / chunks + chunks * stages * at.hop) * (1 + 1e-12))
        }
      }),
    )
  })

  it('overlapped exchange costs the multiprocessors that move it, and what outlasts the compute', () => {
    expect(overlappedExchange(1, 0)).toBe(0)
    expect(overlappedExchange(112, 1)).toBeCloseTo(20, 9)
    expect(overlappedExchange(112, 200)).toBeCloseTo(200 - 112, 9)
  })

  it('DualPipe makes V3 faster than an interleaved pipeline of the same degrees, and holds twice the weights', () => {
    const recipe = recipeInput(findRecipe('deepseek-v3'))
    const [dual, plain] = [train({ ...V3, ...recipe }), train({ ...V3, ...recipe, schedule: 'interleaved' })]
    expect(dual.timePerToken.total).toBeLessThan(plain.timePerToken.total)
    expect(dual.memory.weights).toBeCloseTo(2 * plain.memory.weights, 0)
  })
})

describe('partial recomputation', () => {
  it('computes no more layers again than the memory asks, and forcing all of them is slower', () => {
    const tight: TrainingInput = {
      ...DENSE,
      chips: 64,
      batchTokens: 64 * 8192 * 8,
      sequence: 8192,
      plan: { tp: 8, pp: 1, zero: 3 },
    }
    const run = train(tight)
    const all = train({ ...tight, recompute: 'full' })
    expect(run.timePerToken.total).toBeLessThanOrEqual(all.timePerToken.total)
    expect(run.memory.total).toBeLessThanOrEqual(0.9 * 80e9)
  })
})

describe('adapters', () => {
  const lora: TrainingInput = { ...DENSE, chips: 16, tokens: 1e9, batchTokens: 1e6, tuning: { kind: 'lora', rank: 16 } }

  it('rank 16 on all projections of Llama 3.1 70B: 16 · (inputs + outputs) by hand', () => {
    // q, o: 8192 + 8192; k, v in one: 8192 + 2 · 1024 with q fused; gate and up fused: 8192 + 2 · 28672; down: 28672 + 8192.
    const perLayer = 8192 + (8192 + 2048) + (8192 + 8192) + (8192 + 57_344) + (28_672 + 8192)
    expect(train(lora).trainedParams).toBe(80 * 16 * perLayer)
  })

  it('frozen weights have no gradients: about two thirds of the products, and no optimizer state to speak of', () => {
    const full = train({ ...lora, chips: 64, tuning: { kind: 'full' } })
    const small = train({ ...lora, chips: 64 })
    expect(small.flopsPerToken / full.flopsPerToken).toBeGreaterThan(0.66)
    expect(small.flopsPerToken / full.flopsPerToken).toBeLessThan(0.7)
    expect(small.timePerToken.total).toBeLessThan(full.timePerToken.total)
    expect(small.memory.optimizer + small.memory.gradients).toBeLessThan(0.02 * small.memory.weights)
    expect(small.minimumChips).toBeLessThan(full.minimumChips / 5)
  })

  it('more rank costs more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 256 }), (rank) => {
        const at = (r: number): number => hours({ ...lora, tuning: { kind: 'lora', rank: r } })
        expect(at(2 * rank)).toBeGreaterThan(at(rank))
      }),
      { numRuns: 10 },
    )
  })

  it.each([0, 1.5, 5000])('rank %d is refused', (rank) => {
    expect(() => train({ ...lora, tuning: { kind: 'lora', rank } })).toThrow(/rank/)
  })

  it('a model known by its counts has no projections to adapt', () => {
    const model = { name: 'x', totalParams: 7e9, activeParams: 7e9 }
    expect(() => train({ ...lora, model })).toThrow(/shapes/)
  })
})

describe('interruptions and checkpoints', () => {
  it('Young by hand: 60 s every √(2 · 60 · 11,140) s on 16,384 chips', () => {
    const lost = reliability(16_384, { checkpointSeconds: 60, chipHoursPerInterruption: 50_700, restartSeconds: 180 })
    const between = (50_700 * 3600) / 16_384
    const interval = Math.sqrt(2 * 60 * between)
    expect(lost.intervalSeconds).toBeCloseTo(interval, 6)
    expect(lost.share).toBeCloseTo(60 / interval + interval / 2 / between + 180 / between, 12)
  })

  it('no interval loses less than the one chosen', () => {
    const seconds = fc.double({ min: 1, max: 200, noNaN: true })
    fc.assert(
      fc.property(seconds, fc.double({ min: 10, max: 5000, noNaN: true }), (checkpointSeconds, intervalSeconds) => {
        const best = reliability(1024, { checkpointSeconds })
        expect(best.share).toBeLessThanOrEqual(reliability(1024, { checkpointSeconds, intervalSeconds }).share + 1e-12)
      }),
    )
  })

  it('the run takes longer by their share', () => {
    const run = train({ ...DENSE, reliability: { checkpointSeconds: 30 } })
    const usual = train(DENSE)
    const base = usual.runOverhead - (256 * 0.25) / ((16_384 * 54 * 24) / 419)
    expect(run.runOverhead).toBeCloseTo(base + run.reliability!.share, 12)
  })

  it('a run that never gets from checkpoint to checkpoint is refused', () => {
    expect(() => reliability(1e6, { checkpointSeconds: 600, chipHoursPerInterruption: 100 })).toThrow(
      /interrupted every/,
    )
  })
})

describe('dense models of equal loss', () => {
  const MIXTURE = { totalParams: 236e9, activeParams: 21e9, tokens: 8.1e12, granularity: 13.3 }

  it('the twin has the loss of the mixture', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e9, max: 1e12, noNaN: true }),
        fc.double({ min: 1e11, max: 1e13, noNaN: true }),
        (totalParams, tokens) => {
          const mixture = { ...MIXTURE, totalParams, tokens }
          const twin = denseTwin(mixture, 'krajewski')
          expect(denseLoss(twin, tokens)).toBeCloseTo(mixtureLoss(mixture), 9)
        },
      ),
    )
  })

  // Krajewski et al., table of compute-optimal models: 64 × 1B (43 B parameters, two thirds of each layer expanded), 28.94 B tokens,
  // granularity 16: 2.491. Within 2 %.
  it('the law gives the loss its authors state', () => {
    expect(mixtureLoss({ totalParams: 43e9, activeParams: 1e9, tokens: 28.94e9, granularity: 16 })).toBeGreaterThan(
      2.44,
    )
    expect(mixtureLoss({ totalParams: 43e9, activeParams: 1e9, tokens: 28.94e9, granularity: 16 })).toBeLessThan(2.54)
  })

  it('DeepSeek-V2 against the dense models of equal FLOPs and of equal loss', () => {
    const input: TrainingInput = { model: findModel('deepseek-v2'), chip: 'h800-sxm', tokens: 8.1e12 }
    const [flops, loss] = denseRivals(input, 'krajewski')
    // Dearer than a dense model of as many FLOPs, cheaper than one as good.
    expect(flops!.hoursRatio).toBeGreaterThan(1)
    expect(loss!.hoursRatio).toBeLessThan(1)
    expect(loss!.params).toBeGreaterThan(flops!.params)
    expect(denseTwin({ ...MIXTURE, totalParams: 235.7e9, activeParams: 21.4e9 }, 'geometric-mean')).toBeCloseTo(
      71e9,
      -9,
    )
  })

  it('a dense model, and a run without tokens, have no rivals', () => {
    expect(() => denseRivals(DENSE, 'krajewski')).toThrow(/dense/)
    expect(() => denseRivals({ model: findModel('deepseek-v2'), chip: 'h800-sxm' }, 'krajewski')).toThrow(/tokens/)
  })
})

describe('a plan', () => {
  it.each<[string, TrainingInput['plan']]>([
    ['does not divide the chips', { tp: 3 }],
    ['shards weights fully under a pipeline', { pp: 4, zero: 3 }],
    ['has half a chip', { tp: 0.5 }],
  ])('that %s is refused at its path', (_why, plan) => {
    expect(() => train({ ...DENSE, plan: plan! })).toThrow(/plan/)
  })

  it('is kept', () => {
    expect(train({ ...DENSE, plan: { tp: 4, pp: 4, zero: 1 } }).mapping).toMatchObject({
      tp: 4,
      pp: 4,
      dp: 16,
      zero: 1,
    })
  })
})
