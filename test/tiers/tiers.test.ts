import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findChip } from '../../src/catalog/index.ts'
import { decodeTime, placement } from '../../src/dataflow/index.ts'
import { kernelConstants, machineOf } from '../../src/kernel/index.ts'
import { decodePass, findModel, weightBytes } from '../../src/model/index.ts'
import { parseScenario, predictScenario } from '../../src/predict/index.ts'
import { type StepSetting, engineProfile, passTime } from '../../src/step/index.ts'
import { PREFETCHES, type Routing, type Tiers, type TiersInput, tiers } from '../../src/tiers/index.ts'
import { smallMoe } from './arch.ts'

const ROUTINGS: readonly Routing[] = [
  { kind: 'balanced' },
  { kind: 'exponential' },
  { kind: 'power', exponent: 0.7 },
  { kind: 'power', exponent: 2 },
]

const FAST = { capacity: 100e6, bandwidth: 1e12 }
const SLOW = { capacity: 1e9, bandwidth: 20e9 }

const questions: fc.Arbitrary<TiersInput> = fc
  .record({
    experts: fc.integer({ min: 4, max: 24 }),
    topk: fc.integer({ min: 1, max: 3 }),
    layers: fc.integer({ min: 1, max: 5 }),
    users: fc.constantFrom(1, 2, 7, 64),
    context: fc.constantFrom(1, 512),
    routing: fc.constantFrom(...ROUTINGS),
    residency: fc.constantFrom('static' as const, 'lru' as const),
    prefetch: fc.constantFrom(...PREFETCHES),
    accuracy: fc.double({ min: 0, max: 1, noNaN: true }),
    slow: fc.double({ min: 1e9, max: 0.9e12, noNaN: true }),
    latency: fc.constantFrom(0, 1e-5),
    flops: fc.constantFrom(1e11, 1e15),
    hosted: fc.boolean(),
  })
  .map(({ experts, topk, layers, slow, latency, hosted, residency, prefetch, accuracy, ...rest }): TiersInput => ({
    ...rest,
    model: smallMoe(experts, topk, layers),
    fast: FAST,
    slow: { ...SLOW, bandwidth: slow, latency },
    ...(hosted
      ? { compute: 'host', hostFlops: 1e11, link: 1e10 }
      : { residency, prefetch, ...(prefetch === 'next' ? { accuracy } : {}) }),
  }))
  // The fast tier must hold what is never moved; large batches of long contexts do not.
  .filter((input) => leastOf(input) <= FAST.capacity)

function leastOf(input: TiersInput): number {
  return tiers({ ...input, fast: { ...FAST, capacity: 1e12 } }).bytes.least
}

const close = (a: number, b: number): void => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(a, b))

describe('tiers', () => {
  it('places every byte once, within the tiers', () => {
    fc.assert(
      fc.property(questions, (input) => {
        const { bytes, here, machine, load } = tiers(input)
        close(bytes.dense + bytes.experts, weightBytes(input.model, input.model.checkpoint))
        close(bytes.all, bytes.dense + bytes.cache + bytes.experts)
        const fast = bytes.dense + bytes.cache + here.experts * bytes.oneExpert
        expect(fast).toBeLessThanOrEqual(machine.fast.capacity * (1 + 1e-12))
        const all = load.layers.reduce((sum, { work }) => sum + work.experts, 0)
        const slow = (all - here.experts) * bytes.oneExpert
        expect(slow).toBeLessThanOrEqual(machine.slow.capacity)
        close(fast + slow, bytes.dense + bytes.cache + bytes.experts)
      }),
      { numRuns: 60 },
    )
  })

  it('is never slower with more fast memory, nor hit less', () => {
    fc.assert(
      fc.property(questions, (input) => {
        const { curve, answer, within, bounds } = tiers(input)
        for (const [i, point] of curve.entries()) {
          const before = curve[i - 1]
          if (before === undefined) continue
          expect(point.capacity).toBeGreaterThan(before.capacity)
          expect(point.seconds).toBeLessThanOrEqual(before.seconds * (1 + 1e-12))
          expect(point.tokenHit).toBeGreaterThanOrEqual(before.tokenHit - 1e-12)
          expect(point.byteHit).toBeGreaterThanOrEqual(before.byteHit - 1e-12)
          if (point.capacity < answer.capacity) expect(point.speed).toBeLessThan(1 - within)
          else expect(point.speed).toBeGreaterThanOrEqual((1 - within) * (1 - 1e-12))
        }
        expect(answer.capacity).toBeGreaterThanOrEqual(bounds.none.capacity)
        expect(answer.capacity).toBeLessThanOrEqual(bounds.all.capacity)
      }),
      { numRuns: 60 },
    )
  })

  it('with all experts in the fast tier is the machine of one tier', () => {
    fc.assert(
      fc.property(questions, fc.double({ min: 1e8, max: 9e11, noNaN: true }), (input, other) => {
        const { bounds, hits } = tiers(input)
        expect(bounds.all.byteHit).toBe(1)
        expect(bounds.all.missedBytes).toBe(0)
        close(hits.at(-1)!.seconds, bounds.all.seconds)
        expect([hits[0]!.hit, hits.at(-1)!.hit]).toEqual([0, 1])
        // The slow tier is not touched, whatever it is.
        const elsewhere = tiers({ ...input, slow: { ...SLOW, bandwidth: other, latency: 1e-3 } })
        expect(elsewhere.bounds.all.seconds).toBe(bounds.all.seconds)
      }),
      { numRuns: 40 },
    )
  })

  it('has its bounds in closed form', () => {
    const arch = smallMoe(8, 2, 4)
    const { bounds, bytes, hitNeeded, load, answer } = tiers({ model: arch, fast: FAST, slow: SLOW })
    const expertBytes = 3 * 256 * 512 * 2
    const head = 1000 * 256 * 2
    const perLayer = load.work.layers[0]!.denseBytes
    const cache = 2 * 4 * 2 * 64 * 2048 * 2
    expect(bytes.cache).toBe(cache)
    const allFast = (4 * (perLayer + 2 * expertBytes) + cache + head) / 1e12
    close(bounds.all.seconds, allFast)
    const fetched = (4 * 2 * expertBytes) / 20e9
    close(bounds.none.seconds, allFast + fetched)
    expect(bounds.none.tokenHit).toBe(0)
    close(hitNeeded, 1 - ((0.05 / 0.95) * allFast) / fetched)
    expect(answer.speed).toBeGreaterThanOrEqual(0.95)
  })

  it('pays latency once per layer that misses, and what is in flight bounds the rate', () => {
    const model = smallMoe(8, 2, 4)
    const slow = { ...SLOW, latency: 100e-6 }
    const patient = tiers({ model, fast: FAST, slow })
    close(patient.bounds.none.seconds - tiers({ model, fast: FAST, slow: SLOW }).bounds.none.seconds, 4 * 100e-6)
    // 4 transfers of 64 KB per 100 µs are 2.56 GB/s.
    close(tiers({ model, fast: FAST, slow, queue: 4, io: 64e3 }).slowRate, 2.56e9)
    close(tiers({ model, fast: FAST, slow, queue: 1000, io: 64e3 }).slowRate, 20e9)
  })

  it('hides transfers behind the layer before as far as guesses are right', () => {
    const model = smallMoe(8, 2, 4)
    const ask = (more: Partial<TiersInput>): Tiers => tiers({ model, fast: FAST, slow: SLOW, ...more })
    const demanded = ask({}).bounds
    const right = ask({ prefetch: 'next', accuracy: 1 }).bounds.none.seconds
    const wrong = ask({ prefetch: 'next', accuracy: 0 }).bounds.none.seconds
    // Slow by far: the step is the transfers and the head, which nothing hides.
    const fetched = demanded.none.seconds - demanded.all.seconds
    const head = (1000 * 256 * 2) / 1e12
    close(right, fetched + head)
    close(wrong, 2 * fetched + head)
    // Whole layers are four times as much as the two of eight experts that are wanted.
    close(ask({ prefetch: 'layer' }).bounds.none.seconds, 4 * fetched + head)
  })

  it('fetches ahead no faster than all is fast, than the slow link carries, and than guesses are right', () => {
    fc.assert(
      fc.property(questions, fc.double({ min: 0, max: 1, noNaN: true }), (given, accuracy) => {
        const { compute: _, hostFlops: _f, link: _l, accuracy: _a, ...input } = given
        // Room for the experts that arrive ahead of their use, whatever their size.
        const fast = { ...FAST, capacity: 2 * FAST.capacity }
        const ask = (more: Partial<TiersInput>): Tiers => tiers({ ...input, fast, ...more })
        const better = Math.min(1, accuracy + 0.1)
        const [guessed, surer] = [accuracy, better].map((share) => ask({ prefetch: 'next', accuracy: share }))
        const demanded = ask({ prefetch: 'none' })
        for (const { bounds, slowRate } of [guessed!, surer!]) {
          const { none, all } = bounds
          expect(none.seconds).toBeGreaterThanOrEqual(all.seconds * (1 - 1e-12))
          expect(none.seconds).toBeGreaterThanOrEqual((none.missedBytes / slowRate) * (1 - 1e-12))
          close(all.seconds, demanded.bounds.all.seconds)
        }
        expect(surer!.bounds.none.seconds).toBeLessThanOrEqual(guessed!.bounds.none.seconds * (1 + 1e-12))
        // Landing takes bandwidth of the fast memory; beyond that a sure guess never costs.
        const sure = ask({ prefetch: 'next', accuracy: 1 }).bounds.none
        const landing = sure.missedBytes / FAST.bandwidth
        expect(sure.seconds).toBeLessThanOrEqual((demanded.bounds.none.seconds + landing) * (1 + 1e-9))
      }),
      { numRuns: 40 },
    )
  })

  it('lets the host compute beside the fast processor', () => {
    const model = smallMoe(8, 2, 4)
    const slow = { ...SLOW, bandwidth: 0.9e12 }
    const { bounds, curve } = tiers({ model, fast: FAST, slow, compute: 'host' })
    const best = Math.min(...curve.map(({ seconds }) => seconds))
    expect(best).toBeLessThan(0.99 * bounds.all.seconds)
    expect(curve.at(-1)!.seconds).toBe(best)
    const poor = tiers({ model, fast: FAST, slow, compute: 'host', hostFlops: 1e9 })
    expect(poor.bounds.none.limit).toBe('host-compute')
    // Four layers of two experts, two FLOPs per parameter; the fast side adds what it does before.
    const computed = (4 * 2 * 2 * 3 * 256 * 512) / 1e9
    expect(poor.bounds.none.seconds).toBeGreaterThan(computed)
    expect(poor.bounds.none.seconds).toBeLessThan(computed + bounds.all.seconds)
  })

  it('hits no less with more skew at the same capacity', () => {
    const laws = fc.tuple(
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.integer({ min: 4, max: 40 }),
      fc.constantFrom(1, 16),
    )
    fc.assert(
      fc.property(laws, ([one, other, experts, users]) => {
        const model = smallMoe(experts, 2, 2)
        const [mild, steep] = [Math.min(one, other), Math.max(one, other)].map((exponent) =>
          tiers({ model, fast: FAST, slow: SLOW, users, context: 16, routing: { kind: 'power', exponent } }),
        )
        for (const [i, point] of steep!.curve.entries()) {
          expect(point.tokenHit).toBeGreaterThanOrEqual(mild!.curve[i]!.tokenHit - 1e-9)
        }
        expect(steep!.distinct).toBeLessThanOrEqual(mild!.distinct + 1e-9)
      }),
      { numRuns: 60 },
    )
  })
})

/** More than any model needs, and slower than any chip. */
const ANY_SLOW = { capacity: 1e13, bandwidth: 1e9 }

describe('tiers of a catalog chip with all experts fast', () => {
  it.each([
    ['deepseek-v2', 'h200', 2, 1],
    ['deepseek-v2', 'h200', 4, 64],
    ['mixtral-8x7b', 'h100', 1, 8],
    ['mixtral-8x7b', 'h100', 2, 8],
    ['qwen3-235b-a22b', 'b200', 4, 64],
    ['deepseek-v2', 'mi300x', 4, 16],
    ['gpt-oss-120b', 'trainium2', 4, 16],
  ])('takes a decode step of predict: %s on %s × %i, %i users', (model, chip, chips, users) => {
    const [arch, context] = [findModel(model), 1024]
    const answer = tiers({
      model: arch,
      chip: findChip(chip),
      chips,
      users,
      context,
      precision: 'fp8',
      routing: { kind: 'exponential' },
      slow: ANY_SLOW,
    })
    const scenario = parseScenario({
      model,
      chip,
      mapping: { tp: chips },
      precision: 'fp8',
      workload: { isl: 16, osl: 2016, concurrency: users, spread: 1 },
    })
    const setting: StepSetting = {
      arch,
      machine: machineOf(scenario.chip),
      mapping: scenario.mapping,
      formats: { weights: scenario.weights, cache: scenario.cache },
      kernel: kernelConstants(scenario.engine),
      engine: engineProfile(scenario.engine),
    }
    const { seconds } = answer.bounds.all
    // Experts are taken one by one here and as a mean there: within a thousandth.
    expect(Math.abs(seconds / passTime(setting, decodePass(users, context)) - 1)).toBeLessThan(1e-3)
    // What predict serves is a hundredth of a user less, those that read their prompt.
    expect(seconds / predictScenario(scenario).decodeStep.seconds).toBeCloseTo(1, 2)
  })

  it.each(['groq-lpu-v1', 'groq3-lp30', 'sambanova-sn40l', 'sambanova-sn50', 'dmatrix-corsair', 'graphcore-gc200'])(
    'takes a token of predict: %s, whatever share of a layer a chip has',
    (id) => {
      const chip = findChip(id)
      for (const [model, users] of [
        ['deepseek-v2', 1],
        ['mixtral-8x7b', 4],
        ['gpt-oss-120b', 3],
      ] as const) {
        const arch = findModel(model)
        const place = placement(arch, chip, { users, context: 1024 })
        expect(place.tp).toBeGreaterThan(1)
        const { bounds } = tiers({ model: arch, chip, chips: place.chips, users, context: 1024, slow: ANY_SLOW })
        expect(bounds.all.seconds / decodeTime(place, { users }).tpot).toBeCloseTo(1, 9)
        expect(bounds.all.tokensPerSecond / (users / bounds.all.seconds)).toBeCloseTo(1, 12)
      }
    },
  )
})
