import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PincerError } from '../../src/issue/index.ts'
import {
  type EngineSettings,
  POLICIES,
  type RequestTable,
  type TickTimer,
  simulate,
  summary,
} from '../../src/serving/index.ts'

const table = fc
  .array(
    fc.record({
      arrival: fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 40 })),
      prompt: fc.integer({ min: 1, max: 24 }),
      output: fc.oneof(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 400 })),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((rows): RequestTable => ({
    count: rows.length,
    arrival: Float64Array.from(rows, (row) => row.arrival),
    prompt: Int32Array.from(rows, (row) => row.prompt),
    output: Int32Array.from(rows, (row) => row.output),
  }))

const settings: fc.Arbitrary<EngineSettings> = fc.record({
  policy: fc.constantFrom(...POLICIES),
  maxSequences: fc.integer({ min: 1, max: 6 }),
  tokenBudget: fc.integer({ min: 1, max: 40 }),
  blocks: fc.integer({ min: 4, max: 120 }),
  blockSize: fc.integer({ min: 1, max: 9 }),
  watermark: fc.integer({ min: 0, max: 2 }),
})

const timer: fc.Arbitrary<TickTimer> = fc
  .record({
    base: fc.integer({ min: 1, max: 50 }),
    perToken: fc.integer({ min: 0, max: 3 }),
    perCached: fc.integer({ min: 0, max: 3 }),
    perPair: fc.double({ min: 0, max: 1, noNaN: true }),
    mixed: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ base, perToken, ...rest }) => ({ tokens: line(base, perToken), ...rest }))

function line(base: number, perToken: number): Float64Array {
  return Float64Array.from({ length: 3000 }, (_, tokens) => base + perToken * tokens)
}

const AMPLE = { maxSequences: 8, tokenBudget: 64, blocks: 10_000, blockSize: 4, watermark: 0 }

describe('every run', () => {
  it('loses no request, keeps the order of events and the cache within its blocks', () => {
    fc.assert(
      fc.property(table, timer, settings, (requests, times, engine) => {
        const run = simulate(requests, times, engine)
        expect(run.finished + run.rejected).toBe(requests.count)
        expect(run.peakBlocks).toBeLessThanOrEqual(engine.blocks)
        for (let row = 0; row < run.count; row++) {
          const fits = (run.prompt[row] ?? 0) + (run.output[row] ?? 0) - 1 <= engine.blocks * engine.blockSize
          expect(run.status[row] === 1).toBe(!fits)
          if (run.status[row] !== 0) continue
          const events = [run.arrival[row], run.scheduled[row], run.firstToken[row], run.end[row]]
          expect(events).toEqual(events.toSorted((a, b) => (a ?? 0) - (b ?? 0)))
        }
      }),
      { numRuns: 1000 },
    )
  })

  it("keeps Little's law as an identity of integers", () => {
    fc.assert(
      fc.property(table, timer, settings, (requests, times, engine) => {
        const run = simulate(requests, times, engine)
        expect(summary(run).little).toMatchObject({ holds: true })
        if (run.preempted > 0) return
        let waited = 0
        for (let row = 0; row < run.count; row++) {
          if (run.status[row] === 0) waited += (run.scheduled[row] ?? 0) - (run.arrival[row] ?? 0)
        }
        expect(run.waitingTicks).toBe(BigInt(waited))
      }),
      { numRuns: 1000 },
    )
  })

  it('is as long as its tokens where a step costs one tick per token, preempted tokens apart', () => {
    fc.assert(
      fc.property(table, settings, (requests, engine) => {
        const run = simulate(requests, { tokens: line(0, 1), perCached: 0, perPair: 0, mixed: 0 }, engine)
        let tokens = 0
        for (let row = 0; row < run.count; row++) {
          if (run.status[row] === 0) tokens += (run.prompt[row] ?? 0) + (run.output[row] ?? 0) - 1
        }
        if (run.preempted > 0) expect(run.busyTicks).toBeGreaterThanOrEqual(tokens)
        else expect(run.busyTicks).toBe(tokens)
      }),
      { numRuns: 1000 },
    )
  })

  it('scales with time, and does not depend on the order of its input', () => {
    fc.assert(
      fc.property(table, timer, settings, fc.integer({ min: 2, max: 1_000_000 }), (requests, times, engine, k) => {
        const plain = { ...times, perPair: Math.round(times.perPair) }
        const run = simulate(requests, plain, engine)
        const slow = simulate(
          { ...requests, arrival: requests.arrival.map((tick) => tick * k) },
          {
            tokens: plain.tokens.map((ticks) => ticks * k),
            perCached: plain.perCached * k,
            perPair: plain.perPair * k,
            mixed: plain.mixed * k,
          },
          engine,
        )
        expect(slow.end).toEqual(run.end.map((tick) => tick * k))
        expect(slow.blockTicks).toBe(run.blockTicks * BigInt(k))
        const order = Array.from(requests.arrival.keys()).toSorted(
          (a, b) => (requests.arrival[a] ?? 0) - (requests.arrival[b] ?? 0),
        )
        const sorted = simulate(
          {
            count: requests.count,
            arrival: Float64Array.from(order, (row) => requests.arrival[row] ?? 0),
            prompt: Int32Array.from(order, (row) => requests.prompt[row] ?? 0),
            output: Int32Array.from(order, (row) => requests.output[row] ?? 0),
          },
          plain,
          engine,
        )
        expect([...sorted.end]).toEqual(order.map((row) => run.end[row]))
      }),
      { numRuns: 300 },
    )
  })
})

describe('closed forms', () => {
  it('with one slot is the Lindley recursion, for every scheduler', () => {
    fc.assert(
      fc.property(table, fc.constantFrom(...POLICIES), (requests, policy) => {
        const times = { tokens: line(20, 2), perCached: 0, perPair: 0, mixed: 0 }
        const run = simulate(requests, times, { ...AMPLE, policy, maxSequences: 1 })
        const order = Array.from(requests.arrival.keys()).toSorted(
          (a, b) => (requests.arrival[a] ?? 0) - (requests.arrival[b] ?? 0),
        )
        let free = 0
        for (const row of order) {
          const start = Math.max(free, requests.arrival[row] ?? 0)
          free = start + 20 + 2 * (requests.prompt[row] ?? 0) + 22 * ((requests.output[row] ?? 0) - 1)
          expect(run.scheduled[row]).toBe(start)
          expect(run.end[row]).toBe(free)
        }
      }),
    )
  })

  it('adds a long decode up exactly, blocks and all, with or without an arrival on the way', () => {
    const output = 50_000
    const prompt = 37
    const [base, perCached, blockSize] = [7_000_003, 2_621, 16]
    const times = { tokens: new Float64Array(100).fill(base), perCached, perPair: 0, mixed: 0 }
    const requests = {
      count: 2,
      arrival: Float64Array.of(5, 123_456_789_012),
      prompt: Int32Array.of(prompt, 1),
      output: Int32Array.of(output, 1),
    }
    const run = simulate(requests, times, { ...AMPLE, policy: 'vllm', blockSize, blocks: 4000 })
    let [clock, blocks, busy] = [5, 0n, 0]
    let late = { scheduled: Number.NaN, end: Number.NaN }
    for (let step = 0; step < output; step++) {
      const isLate = Number.isNaN(late.scheduled) && clock >= 123_456_789_012
      const ticks = base + (step === 0 ? 0 : perCached * (prompt + step - 1))
      blocks += BigInt(Math.ceil((prompt + step) / blockSize) + (isLate ? 1 : 0)) * BigInt(ticks)
      if (isLate) late = { scheduled: clock, end: clock + ticks }
      clock += ticks
      busy += ticks
    }
    expect([...run.scheduled]).toEqual([5, late.scheduled])
    expect([...run.end]).toEqual([clock, late.end])
    expect(run.blockTicks).toBe(blocks)
    expect(run.busyTicks).toBe(busy)
    expect(run.steps).toBe(output)
  })
})

describe('a cache larger than ever used', () => {
  it('changes nothing, though its sums outgrow 2^52 and steps are then taken one by one', () => {
    const rows = { min: 1, max: 900 }
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 1e11 }), fc.integer(rows), fc.integer(rows)), { maxLength: 6 }),
        fc.constantFrom(...POLICIES),
        (list, policy) => {
          const requests = {
            count: list.length,
            arrival: Float64Array.from(list, ([arrival]) => arrival),
            prompt: Int32Array.from(list, ([, prompt]) => prompt),
            output: Int32Array.from(list, ([, , output]) => output),
          }
          const times = { tokens: new Float64Array(6000).fill(90_000_007), perCached: 2_621, perPair: 0.3, mixed: 11 }
          const small = simulate(requests, times, { ...AMPLE, policy, blocks: 3_000 })
          const large = simulate(requests, times, { ...AMPLE, policy, blocks: 2 ** 26 })
          expect(large).toEqual(small)
        },
      ),
    )
  })
})

describe('bad input', () => {
  const requests = { count: 1, arrival: Float64Array.of(0), prompt: Int32Array.of(3), output: Int32Array.of(2) }
  const times = { tokens: line(1, 1), perCached: 0, perPair: 0, mixed: 0 }
  const engine = { ...AMPLE, policy: 'vllm' } as const

  function pathOf(act: () => unknown): string {
    try {
      act()
    } catch (error) {
      if (error instanceof PincerError) return error.issues.map((issue) => issue.path.join('.')).join()
    }
    return 'no PincerError'
  }

  it.each([
    ['maxSequences', 0],
    ['tokenBudget', 0],
    ['tokenBudget', Number.NaN],
    ['blocks', 0],
    ['blocks', -1],
    ['blockSize', 1.5],
    ['watermark', -1],
    ['maxContext', 0],
    ['policy', 'vlm'],
  ])('settings.%s = %s', (field, value) => {
    expect(pathOf(() => simulate(requests, times, { ...engine, [field]: value }))).toBe(`settings.${field}`)
  })

  it.each([
    ['tokens', Float64Array.of()],
    ['tokens.2', Float64Array.of(1, 3, 2)],
    ['tokens.1', Float64Array.of(1, Number.NaN)],
    ['tokens.1', Float64Array.of(1, 1.5)],
    ['tokens', Float64Array.of(1, 2, 3)],
    ['perCached', -1],
    ['perPair', Number.NaN],
    ['mixed', 0.5],
  ])('timer.%s', (path, value) => {
    const field = path.split('.')[0] ?? ''
    expect(pathOf(() => simulate(requests, { ...times, [field]: value }, engine))).toBe(`timer.${path}`)
  })

  it.each([
    ['prompt.0', { prompt: Int32Array.of(0) }],
    ['output.0', { output: Float64Array.of(1.5) }],
    ['arrival.0', { arrival: Float64Array.of(-1) }],
    ['arrival.0', { arrival: Float64Array.of(Number.NaN) }],
    ['prompt', { prompt: Int32Array.of() }],
    ['count', { count: -1 }],
  ])('requests.%s', (path, change) => {
    expect(pathOf(() => simulate({ ...requests, ...change }, times, engine))).toBe(`requests.${path}`)
  })

  it('says when the clock runs out instead of losing ticks', () => {
    const slow = { ...times, tokens: new Float64Array(10).fill(2 ** 52) }
    expect(pathOf(() => simulate({ ...requests, output: Int32Array.of(9) }, slow, engine))).toBe('requests')
  })

  it('takes an empty table', () => {
    const none = { count: 0, arrival: new Float64Array(), prompt: new Int32Array(), output: new Int32Array() }
    const run = simulate(none, times, engine)
    expect([run.steps, run.finished]).toEqual([0, 0])
    expect(summary(run).ttft).toHaveProperty('unknown')
  })
})
