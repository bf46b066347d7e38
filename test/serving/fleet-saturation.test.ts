import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type EngineSettings,
  type Fleet,
  POLICIES,
  type Pool,
  type RequestTable,
  TICKS_PER_SECOND,
  type TickTimer,
  drawLengths,
  drawRequests,
  rng,
  saturatedRate,
  simulateFleet,
} from '../../src/serving/index.ts'

/** A step takes 5 ms and 10 µs per token, and a little per cached token. */
const timer: TickTimer = {
  tokens: Float64Array.from({ length: 40_000 }, (_, tokens) => 160e6 + 320e3 * tokens),
  perCached: 50,
  perPair: 0,
  mixed: 0,
}
const settings: EngineSettings = {
  policy: 'vllm',
  maxSequences: 32,
  tokenBudget: 2048,
  blocks: 4000,
  blockSize: 16,
  watermark: 0,
}
const one: Pool = { replicas: 1, router: 'round-robin', timer, settings }

function poisson(rate: number, count: number): RequestTable {
  return drawRequests(
    {
      arrivals: { kind: 'poisson', rate },
      prompt: { kind: 'uniform', low: 200, high: 400 },
      output: { kind: 'uniform', low: 80, high: 100 },
    },
    count,
    1,
  )
}

function rateOf(fleet: Fleet, requests = poisson(1, 2000)): number {
  const rate = saturatedRate(requests, fleet)
  if (typeof rate !== 'number') throw new Error(rate.unknown)
  return rate
}

/** Requests per second that end in the middle of an overload. */
function servedRate(fleet: Fleet, requests: RequestTable): number {
  const { end } = simulateFleet({ kind: 'requests', table: requests }, fleet)
  const ends = Float64Array.from(end).sort()
  const [from, to] = [Math.floor(0.4 * ends.length), Math.floor(0.8 * ends.length)]
  return (to - from) / ((ends[to]! - ends[from]!) / TICKS_PER_SECOND)
}

function near(found: number, expected: number, within: number): void {
  expect(Math.abs(found / expected - 1)).toBeLessThan(within)
}

describe('capacity of a fleet', () => {
  it('of R equal replicas is R times that of one, and what an overload is served at', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.constantFrom('round-robin', 'least-loaded', 'cache-aware'),
        fc.constantFrom(...POLICIES),
        (replicas, router, policy) => {
          const fleet: Fleet = { ...one, replicas, router, settings: { ...settings, policy } }
          const capacity = rateOf(fleet)
          near(capacity, replicas * rateOf({ ...fleet, replicas: 1 }), 1e-9)
          near(servedRate(fleet, poisson(1.5 * capacity, 4000 * replicas)), capacity, 0.03)
        },
      ),
      { numRuns: 12 },
    )
  })

  it('of ranks in lock step is below that of as many replicas, and what an overload is served at', () => {
    for (const ranks of [2, 4]) {
      const lockStep: Fleet = { ...one, settings: { ...settings, ranks } }
      const capacity = rateOf(lockStep)
      expect(capacity).toBeLessThan(rateOf({ ...one, replicas: ranks }))
      near(servedRate(lockStep, poisson(1.5 * capacity, 4000 * ranks)), capacity, 0.03)
    }
  })

  it('of two pools is that of the slower one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('vllm', 'sglang', 'trtllm'),
        (prefill, decode, policy) => {
          const pool: Pool = { ...one, settings: { ...settings, policy } }
          const fleet: Fleet = { ...pool, replicas: prefill, decode: { ...pool, replicas: decode } }
          const capacity = rateOf(fleet)
          const alone = (first: number, second: number): number =>
            rateOf({ ...pool, replicas: first, decode: { ...pool, replicas: second } })
          near(capacity, Math.min(alone(prefill, 1000), alone(1000, decode)), 1e-9)
          near(servedRate(fleet, poisson(1.5 * capacity, 12_000)), capacity, 0.03)
        },
      ),
      { numRuns: 10 },
    )
  })

  it('of two pools ends where their links are full', () => {
    const pools: Fleet = { ...one, replicas: 2, decode: { ...one, replicas: 8 } }
    // 300 tokens on average at 0.2 ms each: 16.7 caches a second and link.
    const fleet = { ...pools, transfer: { latency: 0, perToken: 6_400_000 } }
    const capacity = rateOf(fleet)
    near(capacity, 2 / (300 * 0.2e-3), 0.02)
    expect(capacity).toBeLessThan(rateOf(pools))
    near(servedRate(fleet, poisson(1.5 * capacity, 6000)), capacity, 0.03)
  })

  it('of requests that end with their first token is that of the prefill pool', () => {
    const short = { ...poisson(1, 2000), output: new Int32Array(2000).fill(1) }
    const fleet: Fleet = { ...one, decode: one }
    near(rateOf(fleet, short), rateOf(one, short), 1e-9)
    // Every second one goes on: the decode pool sees half of them.
    const half = { ...short, output: short.output.map((_, row) => (row % 2 === 0 ? 1 : 90)) }
    const narrow: Fleet = { ...one, replicas: 50, decode: one }
    const long = { ...short, output: new Int32Array(2000).fill(90) }
    near(rateOf(narrow, half), 2 * rateOf(narrow, long), 0.02)
  })

  it('counts what shared prefixes save, and the router that finds them', () => {
    const requests = conversations(1, 6000)
    const fleet = (router: Fleet['router'], prefixCache = true): Fleet => ({
      ...one,
      replicas: 4,
      router,
      settings: { ...settings, prefixCache },
    })
    const [spread, aware] = [rateOf(fleet('round-robin'), requests), rateOf(fleet('cache-aware'), requests)]
    expect(spread).toBeGreaterThan(1.05 * rateOf(fleet('round-robin', false), requests))
    expect(aware).toBeGreaterThan(1.2 * spread)
    near(servedRate(fleet('round-robin'), conversations(1.5 * spread, 6000)), spread, 0.03)
    // The router's choice follows the queue, and so does what it finds: between these the queue begins to grow.
    const late = (rate: number, count: number): number => {
      const table = conversations(rate, count)
      const { scheduled, arrival } = simulateFleet({ kind: 'requests', table }, fleet('cache-aware'))
      let sum = 0
      for (let row = count / 2; row < count; row++) sum += scheduled[row]! - arrival[row]!
      return (2 * sum) / count / TICKS_PER_SECOND
    }
    expect(late(0.9 * aware, 24_000)).toBeLessThan(2 * late(0.9 * aware, 6000) + 0.05)
    expect(late(1.2 * aware, 24_000)).toBeGreaterThan(2 * late(1.2 * aware, 6000))
  })

  it('is unknown when no request fits both pools', () => {
    const tiny: Fleet = { ...one, decode: { ...one, settings: { ...settings, blocks: 2 } } }
    expect(saturatedRate(poisson(1, 10), tiny)).toEqual({ unknown: 'no request fits the cache' })
  })
})

/** Requests that begin with one of 200 texts of 1,024 tokens, and an output of 20. */
function conversations(rate: number, count: number): RequestTable {
  const { arrival } = poisson(rate, count)
  const texts = drawLengths({ kind: 'uniform', low: 1, high: 200 }, count, rng(1, 'texts'))
  const ids = Int32Array.from({ length: 64 * count }, (_, i) => 64 * (texts[Math.floor(i / 64)] ?? 0) + (i % 64))
  return {
    count,
    arrival,
    prompt: new Int32Array(count).fill(1100),
    output: new Int32Array(count).fill(20),
    prefix: { blockTokens: 16, start: Float64Array.from({ length: count + 1 }, (_, i) => 64 * i), ids },
  }
}
