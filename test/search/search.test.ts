import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chipIds, modelEntries } from '../../src/catalog/index.ts'
import { PincerError } from '../../src/issue/index.ts'
import { predict } from '../../src/predict/index.ts'
import {
  type SearchPlan,
  type SearchPoint,
  type SearchQuestion,
  planSearch,
  search,
  searchPart,
  searchResult,
} from '../../src/search/index.ts'
import { Frontier } from '../../src/search/ranking.ts'

const QUESTION: SearchQuestion = {
  model: 'gpt-oss-120b',
  chips: ['h100-sxm', 'mi300x'],
  concurrencies: [1, 8, 64, 512],
}

/** What `predict` is asked for a point. */
function scenarioOf({ deployment, load }: SearchPoint, plan: SearchPlan): Record<string, unknown> {
  const { chip, ...replica } = deployment
  const { model, prices: _, ...rest } = plan.question
  const workload = { ...plan.workload, concurrency: load.concurrency }
  const fields = { model, chip: plan.chips[chip]!.given, ...replica, workload, cacheFormat: rest.cacheFormat }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

describe('search', () => {
  it('has exactly the numbers of predict, on any chip and model of the catalog', () => {
    let compared = 0
    fc.assert(
      fc.property(
        fc.constantFrom(...modelEntries().map(({ id }) => id)),
        fc.constantFrom(...chipIds()),
        fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(undefined, 'fp8' as const),
        (model, chip, concurrencies, cacheFormat) => {
          const question = {
            model,
            chips: [chip],
            concurrencies,
            ...(cacheFormat === undefined ? {} : { cacheFormat }),
          }
          const plan = possible(() => planSearch(question))
          if (plan === undefined) return
          const last = plan.candidates.length
          const { frontier } = searchResult(plan, [searchPart(plan, 0, last)])
          for (const point of frontier) {
            const { load } = point
            const { ttft, tpot, throughput, batch, cost, evidence, chips } = predict(scenarioOf(point, plan))
            expect(load).toEqual({
              concurrency: load.concurrency,
              chips,
              ttft,
              tpot,
              throughput,
              batch,
              perMtokOutput: cost.perMtokOutput,
              tier: evidence.tier,
            })
            compared++
          }
        },
      ),
      { numRuns: 30 },
    )
    expect(compared).toBeGreaterThan(50)
  })

  it('shows every configuration that has numbers, once and in the order of the plan', () => {
    const plan = planSearch(QUESTION)
    const seen: SearchPoint[] = []
    const part = searchPart(plan, 0, plan.candidates.length, (point) => seen.push(point))
    expect(seen).toHaveLength(part.tried)
    const places = seen.map(({ place }) => place)
    expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b))
    for (const point of part.frontier) expect(seen).toContain(point)
    expect(searchPart(plan, 0, plan.candidates.length)).toEqual(part)
  })

  it('comes to the same however its plan is divided', () => {
    const plan = planSearch({ ...QUESTION, goal: { tpot: 0.01 } })
    const last = plan.candidates.length
    const whole = searchResult(plan, [searchPart(plan, 0, last)])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: last }), { maxLength: 4 }), (cuts) => {
        const ends = [0, ...cuts.toSorted((a, b) => a - b), last]
        const parts = ends.slice(1).map((to, i) => searchPart(plan, ends[i]!, to))
        expect(searchResult(plan, parts.toReversed())).toEqual(whole)
      }),
      { numRuns: 10 },
    )
    expect(structuredClone(plan)).toEqual(plan)
  })

  it('tries or refuses every configuration', () => {
    const plan = planSearch(QUESTION)
    const { tried, refused } = search(QUESTION)
    const late = refused.filter(({ reason }) => reason.includes('clients'))
    const count = late.reduce((sum, refusal) => sum + refusal.count, 0)
    expect(tried + count).toBe(plan.candidates.length * plan.concurrencies.length)
  })

  it('chooses the best that keeps a goal, and says which misses it least', () => {
    const slow = search({ ...QUESTION, goal: { ttft: 2, userSpeed: 30 } })
    const best = slow.best!.load
    expect(best.ttft.value).toBeLessThanOrEqual(2)
    expect(best.throughput.perUser.value).toBeGreaterThanOrEqual(30)
    for (const { load } of slow.frontier) {
      if (load.ttft.value <= 2 && load.throughput.perUser.value >= 30)
        expect(load.throughput.outputPerChip.value).toBeLessThanOrEqual(best.throughput.outputPerChip.value)
    }
    const never = search({ ...QUESTION, goal: { tpot: 1e-6 } })
    expect(never.best).toBeUndefined()
    const fastest = Math.min(...never.frontier.map(({ load }) => load.tpot.value))
    expect(never.nearest?.load.tpot.value).toBe(fastest)
  })

  it('weighs by cost where prices are known, and counts chips without one', () => {
    const result = search({ ...QUESTION, chips: ['h100-sxm', 'l40s'], by: 'cost' })
    const costs = result.frontier.map(({ load }) =>
      'value' in load.perMtokOutput ? load.perMtokOutput.value : Number.NaN,
    )
    expect(costs).toEqual(costs.toSorted((a, b) => b - a))
    expect(result.refused.some(({ reason }) => reason.startsWith('no price'))).toBe(true)
    const dear = search({ ...QUESTION, by: 'cost', prices: { 'h100-sxm': 1e6 } })
    expect(dear.best?.chip).toBe('mi300x')
  })

  it('goes beyond a node for a model that none holds', () => {
    const { frontier } = search({
      model: 'deepseek-v3',
      chips: ['h100-sxm'],
      concurrencies: [1, 16],
      precisions: ['bf16'],
    })
    expect(frontier.length).toBeGreaterThan(0)
    for (const { load } of frontier) expect(load.chips).toBeGreaterThan(8)
  })

  it.each([
    [{ ...QUESTION, chips: [] }, 'chips: is empty'],
    [{ ...QUESTION, concurrencies: [1.5] }, 'concurrencies.0: is 1.5'],
    [{ ...QUESTION, engines: ['vlm' as 'vllm'] }, 'did you mean "vllm"?'],
    [{ ...QUESTION, goal: { ttft: -1 } }, 'goal.ttft: is -1'],
    [{ ...QUESTION, chips: ['h10'] }, 'did you mean "h100"?'],
    [{ ...QUESTION, tokenBudgets: [0] }, 'tokenBudgets.0: is 0'],
    [{ ...QUESTION, workload: { rounds: 10 } }, 'workload.rounds: has no meaning'],
  ])('refuses what makes no sense: %#', (question, message) => {
    expect(() => planSearch(question)).toThrow(PincerError)
    expect(() => planSearch(question)).toThrow(message)
  })
})

describe('Frontier', () => {
  const points = fc.array(fc.record({ speed: fc.integer({ min: 1, max: 8 }), worth: fc.integer({ min: 1, max: 8 }) }), {
    maxLength: 40,
  })

  it('holds what nothing dominates, first of equals first, whatever the order of offers', () => {
    fc.assert(
      fc.property(points, fc.boolean(), (given, isReversed) => {
        const all = given.map(({ speed, worth }, place) => ({ point: pointAt(place, speed), speed, worth }))
        const frontier = new Frontier()
        for (const { point, worth } of isReversed ? all.toReversed() : all) frontier.offer(point, worth)
        const expected = all.filter(
          (one) =>
            !all.some((other) => {
              const isAsGood = other.speed >= one.speed && other.worth >= one.worth
              const isEqual = other.speed === one.speed && other.worth === one.worth
              return isAsGood && (!isEqual || other.point.place < one.point.place)
            }),
        )
        const sorted = expected.toSorted((a, b) => b.speed - a.speed).map(({ point }) => point)
        expect(frontier.list()).toEqual(sorted)
      }),
    )
  })
})

function pointAt(place: number, speed: number): SearchPoint {
  return { place, load: { throughput: { perUser: { value: speed } } } } as SearchPoint
}

function possible<T>(build: () => T): T | undefined {
  try {
    return build()
  } catch (error) {
    if (error instanceof PincerError) return undefined
    throw error
  }
}
