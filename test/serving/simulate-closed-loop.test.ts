import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PincerError } from '../../src/issue/index.ts'
import { POLICIES, simulate, simulateClosedLoop, summary } from '../../src/serving/index.ts'

const TIMER = {
  tokens: Float64Array.from({ length: 3000 }, (_, tokens) => 10 + tokens),
  perCached: 1,
  perPair: 0.25,
  mixed: 2,
}
const SETTINGS = { policy: 'vllm', maxSequences: 4, tokenBudget: 16, blocks: 40, blockSize: 4, watermark: 0 } as const

const loop = fc
  .record({
    clients: fc.integer({ min: 1, max: 7 }),
    rounds: fc.integer({ min: 1, max: 5 }),
    thinkTicks: fc.integer({ min: 0, max: 300 }),
    prompts: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 35, maxLength: 35 }),
    outputs: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 35, maxLength: 35 }),
  })
  .map(({ prompts, outputs, ...rest }) => ({
    ...rest,
    prompt: Int32Array.from(prompts).subarray(0, rest.clients * rest.rounds),
    output: Int32Array.from(outputs).subarray(0, rest.clients * rest.rounds),
  }))

describe('clients that wait for their answers', () => {
  it('send when they have thought about the last answer, and the run equals its arrivals replayed', () => {
    fc.assert(
      fc.property(loop, fc.constantFrom(...POLICIES), fc.integer({ min: 8, max: 40 }), (clients, policy, blocks) => {
        const settings = { ...SETTINGS, policy, blocks }
        const run = simulateClosedLoop(clients, TIMER, settings)
        for (let row = 0; row < run.count; row++) {
          const isFirst = row % clients.rounds === 0
          const before = run.status[row - 1] === 1 ? run.arrival[row - 1] : run.end[row - 1]
          const expected = isFirst ? 0 : (before ?? 0) + clients.thinkTicks
          // Behind a request that waits for ever nothing is sent.
          if (run.status[row] === 3) expect(run.arrival[row]).toBeNaN()
          else expect(run.arrival[row]).toBe(expected)
        }
        expect(summary(run).little.holds).toBe(true)
        expect(run.finished + run.rejected).toBe(run.count)
        const { count, arrival, prompt, output } = run
        const replay = simulate({ count, arrival, prompt, output }, TIMER, settings)
        expect(replay.scheduled).toEqual(run.scheduled)
        expect(replay.firstToken).toEqual(run.firstToken)
        expect(replay.end).toEqual(run.end)
        expect(replay.preemptions).toEqual(run.preemptions)
        expect(replay.blockTicks).toBe(run.blockTicks)
        expect(replay.steps).toBe(run.steps)
      }),
      { numRuns: 1000 },
    )
  })

  it('reach N/(R + Z) below saturation and 1/S above, with one slot and equal requests', () => {
    const service = 10 + 6 + 3 * 11
    const run = (clients: number, thinkTicks: number): number => {
      const size = clients * 50
      const requests = { prompt: new Int32Array(size).fill(6), output: new Int32Array(size).fill(4) }
      const timer = { ...TIMER, perCached: 0, perPair: 0, mixed: 0 }
      const result = simulateClosedLoop({ clients, rounds: 50, thinkTicks, ...requests }, timer, {
        ...SETTINGS,
        maxSequences: 1,
      })
      return result.lastTick
    }
    // Saturated: the slot is never idle until the clients run out.
    expect(run(5, service)).toBe(5 * 50 * service)
    // One client: service and thinking alternate.
    expect(run(1, 1000)).toBe(50 * service + 49 * 1000)
  })

  it('starts clients when they are told to', () => {
    const requests = { prompt: Int32Array.of(1, 1), output: Int32Array.of(1, 1), start: Float64Array.of(70, 7) }
    const run = simulateClosedLoop({ clients: 2, rounds: 1, thinkTicks: 0, ...requests }, TIMER, SETTINGS)
    expect([...run.scheduled]).toEqual([70, 7])
  })

  it.each([
    ['clients', { clients: 0 }],
    ['rounds', { rounds: 1.5 }],
    ['thinkTicks', { thinkTicks: -1 }],
    ['prompt', { prompt: Int32Array.of(1) }],
    ['start.1', { start: Float64Array.of(0) }],
  ])('rejects %s out of range', (path, change) => {
    const good = { clients: 2, rounds: 1, thinkTicks: 0, prompt: Int32Array.of(1, 1), output: Int32Array.of(1, 1) }
    try {
      simulateClosedLoop({ ...good, ...change }, TIMER, SETTINGS)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(PincerError)
      expect(error).toHaveProperty('issues.0.path', ['loop', ...path.split('.').map((key) => (key === '1' ? 1 : key))])
    }
  })
})
