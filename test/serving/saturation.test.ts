import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type EngineSettings,
  type Fleet,
  POLICIES,
  TICKS_PER_SECOND,
  type TickTimer,
  drawRequests,
  offeredLoad,
  saturatedRate,
  simulate,
} from '../../src/serving/index.ts'

/** A step takes 5 ms and 10 µs per token, and a little per cached token. */
const timer: TickTimer = {
  tokens: Float64Array.from({ length: 40_000 }, (_, tokens) => 160e6 + 320e3 * tokens),
  perCached: 50,
  perPair: 0,
  mixed: 0,
}
const engine = { maxSequences: 32, tokenBudget: 2048, blocks: 4000, blockSize: 16, watermark: 0 }

/** A fleet of nothing but one engine. */
function alone(settings: EngineSettings): Fleet {
  return { replicas: 1, router: 'round-robin', timer, settings }
}

function poisson(rate: number, count: number, seed = 1): ReturnType<typeof drawRequests> {
  return drawRequests(
    {
      arrivals: { kind: 'poisson', rate },
      prompt: { kind: 'uniform', low: 200, high: 400 },
      output: { kind: 'uniform', low: 80, high: 100 },
    },
    count,
    seed,
  )
}

function rateOf(settings: EngineSettings): number {
  const rate = saturatedRate(poisson(1, 2000), alone(settings))
  if (typeof rate !== 'number') throw new Error(rate.unknown)
  return rate
}

describe('capacity', () => {
  it.each(POLICIES)('%s: is what a long overload is served at, to 2 %%', (policy) => {
    const settings = { ...engine, policy }
    const capacity = rateOf(settings)
    const { end } = simulate(poisson(1.5 * capacity, 12_000), timer, settings)
    const ends = Float64Array.from(end).sort()
    const served = (0.4 * 12_000) / ((ends[9600]! - ends[4800]!) / TICKS_PER_SECOND)
    expect(Math.abs(served / capacity - 1)).toBeLessThan(0.02)
  })

  it.each(POLICIES)('%s: parts loads whose queue stays short from those whose queue grows', (policy) => {
    const settings = { ...engine, policy }
    const capacity = rateOf(settings)
    const lateQueue = (rho: number, count: number): number => {
      const { scheduled, arrival } = simulate(poisson(rho * capacity, count), timer, settings)
      let sum = 0
      for (let row = count / 2; row < count; row++) sum += scheduled[row]! - arrival[row]!
      return sum / (count / 2) / TICKS_PER_SECOND
    }
    expect(lateQueue(0.9, 16_000)).toBeLessThan(2 * lateQueue(0.9, 4000) + 0.05)
    expect(lateQueue(1.1, 16_000)).toBeGreaterThan(3 * lateQueue(1.1, 4000))
  })

  it('of one slot is one over the time of a request', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 90 }), (prompt, output) => {
        const one = { arrival: Float64Array.of(7), prompt: Int32Array.of(prompt), output: Int32Array.of(output) }
        const single = { ...engine, policy: 'vllm', maxSequences: 1 } as const
        const { end, arrival } = simulate({ count: 1, ...one }, timer, single)
        const rate = saturatedRate({ count: 1, ...one }, alone(single))
        expect(rate).toBeCloseTo(TICKS_PER_SECOND / (end[0]! - arrival[0]!), 6)
      }),
      { numRuns: 30 },
    )
  })
})

describe('offered load', () => {
  const settings = { ...engine, policy: 'vllm' } as const

  it('is linear in the arrival rate', () => {
    const slow = offeredLoad(poisson(2, 500), alone(settings))
    const fast = offeredLoad(poisson(6, 500), alone(settings))
    if ('unknown' in slow || 'unknown' in fast) throw new Error('unknown load')
    expect(fast.rho / slow.rho).toBeCloseTo(3, 6)
    expect(fast.capacity).toBe(slow.capacity)
    expect(slow.rho).toBe(slow.offered / slow.capacity)
  })

  it('is unknown for a burst and for requests that fit no cache', () => {
    const burst = { ...poisson(1, 10), arrival: new Float64Array(10) }
    expect(offeredLoad(burst, alone(settings))).toEqual({ unknown: 'requests come all at once' })
    expect(offeredLoad(poisson(1, 10), alone({ ...settings, blocks: 2 }))).toEqual({
      unknown: 'no request fits the cache',
    })
  })
})
