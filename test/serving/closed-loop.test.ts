import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ClosedLoop,
  type StepTimer,
  promptResponse,
  serveClosedLoop,
  serveDisaggregated,
} from '../../src/serving/index.ts'

/** A machine with weights to stream (a), work per sequence (b), work per prompt token (c). */
function linearTimer(a: number, b: number, c: number): StepTimer {
  return {
    decode: (sequences) => a + b * sequences,
    mixed: (prompts, length, decoding) => a + b * decoding + c * prompts * length,
  }
}

const positive = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
const timers = fc
  .tuple(positive(1e-3, 0.1), positive(1e-6, 1e-3), positive(1e-7, 1e-4))
  .map(([a, b, c]) => linearTimer(a, b, c))
const loops: fc.Arbitrary<ClosedLoop> = fc.record({
  clients: fc.integer({ min: 1, max: 2000 }),
  prompt: fc.integer({ min: 1, max: 30_000 }),
  output: fc.integer({ min: 2, max: 10_000 }),
  capacity: positive(1, 3000),
  budget: fc.constantFrom(2048, 8192, 16_384),
  prefillFirst: fc.boolean(),
  tokensPerStep: positive(1, 4),
  requestOverhead: positive(0, 0.1),
  streamInterval: positive(0, 30),
})

describe('serveClosedLoop', () => {
  it('satisfies N = X·(TTFT + TPOT·(osl − 1)) and never yields NaN', () => {
    fc.assert(
      fc.property(loops, timers, (loop, timer) => {
        const result = serveClosedLoop(loop, timer)
        const residence = result.ttft + result.tpot * (loop.output - 1)
        expect(result.requestRate * residence).toBeCloseTo(loop.clients, 6)
        for (const value of Object.values(result)) expect(Number.isFinite(value)).toBe(true)
        expect(result.running).toBeLessThanOrEqual(Math.min(loop.clients, loop.capacity) * (1 + 1e-9))
        expect(result.waiting).toBeGreaterThanOrEqual(-1e-6 * loop.clients)
      }),
    )
  })

  it('never decodes faster than a step of one sequence', () => {
    fc.assert(
      fc.property(loops, timers, (loop, timer) => {
        const plain = { ...loop, streamInterval: 0, tokensPerStep: 1 }
        expect(serveClosedLoop(plain, timer).tpot).toBeGreaterThanOrEqual(timer.decode(1, 0) * (1 - 1e-9))
      }),
    )
  })

  it('slows down when every step does', () => {
    fc.assert(
      fc.property(loops, timers, positive(1.1, 5), (loop, timer, factor) => {
        const slower: StepTimer = {
          decode: (s, c) => factor * timer.decode(s, c),
          mixed: (p, l, s, c) => factor * timer.mixed(p, l, s, c),
        }
        const before = serveClosedLoop({ ...loop, requestOverhead: 0 }, timer)
        const after = serveClosedLoop({ ...loop, requestOverhead: 0 }, slower)
        // Nothing but steps takes time here, so that time scales as a whole.
        expect(after.requestRate * factor).toBeCloseTo(
          before.requestRate,
          3 - Math.ceil(Math.log10(before.requestRate + 1)),
        )
      }),
    )
  })

  it('has one client alone at the machine: TPOT is its own step', () => {
    const timer = linearTimer(0.01, 0.001, 1e-5)
    const loop: ClosedLoop = {
      clients: 1,
      prompt: 1000,
      output: 101,
      capacity: 100,
      budget: 8192,
      prefillFirst: true,
      tokensPerStep: 1,
      requestOverhead: 0,
      streamInterval: 0,
    }
    const result = serveClosedLoop(loop, timer)
    expect(result.tpot).toBeCloseTo(0.011, 9)
    // Half a step under way, then its own prompt: 0.0055 + 0.01 + 1000 × 1e-5.
    expect(result.ttft).toBeCloseTo(0.0255, 5)
  })

  it('gives a saturated machine its prompt-bound rate', () => {
    const timer = linearTimer(1e-6, 1e-9, 1e-3)
    const loop: ClosedLoop = {
      clients: 500,
      prompt: 1000,
      output: 2,
      capacity: 1000,
      budget: 8192,
      prefillFirst: true,
      tokensPerStep: 1,
      requestOverhead: 0,
      streamInterval: 0,
    }
    // One prompt takes one second, so that one request per second is all there is.
    const { requestRate } = serveClosedLoop(loop, timer)
    expect(requestRate).toBeLessThanOrEqual(1.01)
    expect(requestRate).toBeGreaterThan(0.45)
  })

  it('makes the surplus wait when the cache holds fewer than the clients', () => {
    const timer = linearTimer(0.01, 1e-4, 1e-6)
    const loop: ClosedLoop = {
      clients: 100,
      prompt: 100,
      output: 1001,
      capacity: 10,
      budget: 8192,
      prefillFirst: false,
      tokensPerStep: 1,
      requestOverhead: 0,
      streamInterval: 0,
    }
    const result = serveClosedLoop(loop, timer)
    expect(result.running).toBeLessThanOrEqual(10)
    expect(result.waiting).toBeGreaterThan(85)
    expect(result.ttft).toBeGreaterThan(8 * result.tpot * 1000)
  })
})

describe('promptResponse', () => {
  it('lies between the asymptotes of a closed network, S and N·S − Z', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        positive(1e-5, 10),
        positive(1e-5, 1000),
        (clients, service, think) => {
          const response = promptResponse(clients, service, think)
          expect(response).toBeGreaterThanOrEqual(service * (1 - 1e-6))
          expect(response).toBeGreaterThanOrEqual((clients * service - think) * (1 - 1e-6))
          expect(response).toBeLessThanOrEqual(clients * service * (1 + 1e-6))
        },
      ),
    )
  })

  it('is the service time for one client', () => {
    expect(promptResponse(1, 0.3, 2)).toBeCloseTo(0.3, 12)
  })
})

describe('serveDisaggregated', () => {
  const timer = linearTimer(0.005, 1e-4, 1e-5)
  const base = {
    clients: 64,
    prompt: 1000,
    output: 500,
    prefillWorkers: 2,
    decodeWorkers: 2,
    capacity: 1000,
    tokensPerStep: 1,
    requestOverhead: 0,
    transfer: 0.01,
    prefillChipShare: 0.5,
  }

  it('is consistent with Little’s law', () => {
    const result = serveDisaggregated(base, timer, timer)
    expect(result.requestRate * (result.ttft + result.tpot * 499)).toBeCloseTo(64, 6)
  })

  it('cannot serve more requests than its prefill pool', () => {
    const slow = linearTimer(0.005, 1e-4, 1e-3)
    const result = serveDisaggregated({ ...base, clients: 5000 }, slow, timer)
    expect(result.requestRate).toBeLessThanOrEqual((2 / slow.mixed(1, 1000, 0, 0)) * 1.0001)
  })
})
