import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  POLICIES,
  RunObserver,
  TICKS_PER_SECOND,
  type Timeline,
  type TimelineName,
  simulate,
  simulateClosedLoop,
  summary,
} from '../../src/serving/index.ts'
import { GapHistogram } from '../../src/serving/result/gap-histogram.ts'
import { scenarios } from './reference/scenario.ts'
import { serveReference } from './reference/serve.ts'

/** Σ mean · width over the bins, in ticks. */
function integral(timeline: Timeline, name: TimelineName): number {
  const { binSeconds, span } = timeline
  return timeline[name].reduce(
    (sum, mean, bin) => sum + mean * Math.min(binSeconds, span - bin * binSeconds) * TICKS_PER_SECOND,
    0,
  )
}

function closeTo(found: number, exact: number): void {
  expect(Math.abs(found - exact)).toBeLessThanOrEqual(1e-9 * Math.max(1, exact))
}

const anyScenario = fc.constantFrom(...POLICIES).chain((policy) => scenarios(policy))

describe('timeline', () => {
  it("has the run's exact integrals, whatever the bins", () => {
    fc.assert(
      fc.property(anyScenario, fc.constantFrom(2, 7, 240), ({ requests, timer, settings }, bins) => {
        const observer = new RunObserver(bins)
        const run = simulate(requests, timer, settings, observer.observe)
        const { timeline } = observer.result()
        closeTo(integral(timeline, 'queue'), Number(run.waitingTicks))
        closeTo(integral(timeline, 'running'), Number(run.runningTicks))
        closeTo(integral(timeline, 'blocks'), Number(run.blockTicks))
        closeTo(integral(timeline, 'utilisation'), run.busyTicks)
        for (const name of ['queue', 'running', 'decoding', 'blocks', 'utilisation'] as const) {
          expect(timeline[name].length).toBeLessThanOrEqual(bins + 1)
          expect(timeline[name].every((value) => value >= 0 && Number.isFinite(value))).toBe(true)
        }
        expect(timeline.utilisation.every((share) => share <= 1 + 1e-12)).toBe(true)
        expect(timeline.blocks.every((blocks) => blocks <= settings.blocks * (1 + 1e-12))).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('has in every bin what the reference run has in that time', () => {
    fc.assert(
      fc.property(anyScenario, ({ requests, timer, settings }) => {
        const observer = new RunObserver(8)
        simulate(requests, timer, settings, observer.observe)
        const { timeline } = observer.result()
        const run = serveReference(requests, timer, settings)
        const width = timeline.binSeconds * TICKS_PER_SECOND
        const admitted = run.sequences.filter(({ rejected }) => !rejected)
        const origin = Math.min(...admitted.map(({ arrival }) => arrival))
        for (const [bin, running] of timeline.running.entries()) {
          const from = origin + bin * width
          const to = Math.min(from + width, origin + timeline.span * TICKS_PER_SECOND)
          const overlap = ({ start, end }: { start: number; end: number }): number =>
            Math.max(0, Math.min(end, to) - Math.max(start, from))
          closeTo(
            running * (to - from),
            sumOf(run.steps, (step) => overlap(step) * step.running),
          )
          closeTo(timeline.utilisation[bin]! * (to - from), sumOf(run.steps, overlap))
          const waited = sumOf(admitted, ({ arrival, scheduled }) =>
            scheduled === undefined ? 0 : overlap({ start: arrival, end: scheduled }),
          )
          if (run.preemptions === 0 && admitted.every(({ end }) => end !== undefined)) {
            closeTo(timeline.queue[bin]! * (to - from), waited)
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('starts at the first arrival, and is empty for an empty run', () => {
    const timer = { tokens: Float64Array.of(0, 10, 20), perCached: 0, perPair: 0, mixed: 0 }
    const settings = { policy: 'vllm', maxSequences: 1, tokenBudget: 2, blocks: 4, blockSize: 4, watermark: 0 } as const
    const one = new RunObserver()
    const row = { count: 1, arrival: Float64Array.of(1e12), prompt: Int32Array.of(1), output: Int32Array.of(2) }
    simulate(row, timer, settings, one.observe)
    expect(one.result().timeline.span * TICKS_PER_SECOND).toBeCloseTo(20)
    expect([...one.result().timeline.running].every((running) => running === 1)).toBe(true)
    const none = new RunObserver()
    const empty = { count: 0, arrival: new Float64Array(), prompt: new Int32Array(), output: new Int32Array() }
    simulate(empty, timer, settings, none.observe)
    expect(none.result().timeline).toMatchObject({ span: 0, queue: new Float64Array() })
  })

  it('changes nothing about the run', () => {
    fc.assert(
      fc.property(anyScenario, ({ requests, timer, settings }) => {
        expect(simulate(requests, timer, settings, new RunObserver().observe)).toEqual(
          simulate(requests, timer, settings),
        )
      }),
      { numRuns: 50 },
    )
  })

  it('works for clients that wait for their answers', () => {
    const timer = { tokens: Float64Array.from({ length: 200 }, (_, n) => 50 + n), perCached: 1, perPair: 0, mixed: 0 }
    const settings = {
      policy: 'sglang',
      maxSequences: 3,
      tokenBudget: 16,
      blocks: 40,
      blockSize: 4,
      watermark: 0,
    } as const
    const loop = { clients: 6, rounds: 5, thinkTicks: 70 }
    const lengths = {
      prompt: new Int32Array(30).fill(9),
      output: Int32Array.from({ length: 30 }, (_, i) => 3 + (i % 7)),
    }
    const observer = new RunObserver(16)
    const run = simulateClosedLoop({ ...loop, ...lengths }, timer, settings, observer.observe)
    const { timeline, tokenGap } = observer.result()
    closeTo(integral(timeline, 'queue'), Number(run.waitingTicks))
    closeTo(integral(timeline, 'blocks'), Number(run.blockTicks))
    expect(tokenGap).toMatchObject({ count: lengths.output.reduce((total, tokens) => total + tokens - 1, 0) })
    const { itl } = summary(run)
    if (typeof itl !== 'number' || 'unknown' in tokenGap) throw new Error('no gaps')
    expect(tokenGap.mean / itl).toBeCloseTo(1, 9)
  })
})

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}

describe('gaps between tokens', () => {
  it('are those of the reference, token by token: count, mean, and quantiles to 1 %', () => {
    fc.assert(
      fc.property(anyScenario, ({ requests, timer, settings }) => {
        const observer = new RunObserver()
        simulate(requests, timer, settings, observer.observe)
        const { tokenGap } = observer.result()
        const gaps = serveReference(requests, timer, settings)
          .sequences.flatMap(({ emitted }) => emitted.slice(1).map((tick, i) => tick - emitted[i]!))
          .toSorted((a, b) => a - b)
        if ('unknown' in tokenGap) {
          expect(gaps).toEqual([])
          return
        }
        expect(tokenGap.count).toBe(gaps.length)
        closeTo(
          tokenGap.mean * TICKS_PER_SECOND * gaps.length,
          sumOf(gaps, (gap) => gap),
        )
        for (const [name, p] of [
          ['p50', 0.5],
          ['p90', 0.9],
          ['p99', 0.99],
        ] as const) {
          const rank = (gaps.length - 1) * p
          const found = tokenGap[name] * TICKS_PER_SECOND
          // Rounding of a chunk's pairs is spread over its steps: a tick.
          expect(found).toBeGreaterThanOrEqual(gaps[Math.floor(rank)]! * 0.99 - 2)
          expect(found).toBeLessThanOrEqual(gaps[Math.ceil(rank)]! * 1.01 + 2)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('fall into bins one by one or as a row alike', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e9 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 300 }),
        (first, step, terms) => {
          const [row, single] = [new GapHistogram(), new GapHistogram()]
          row.addRow(3, terms, first, step)
          for (let i = 0; i < terms; i++) single.add(3, first + i * step)
          expect([row.count, row.sum]).toEqual([single.count, single.sum])
          for (const p of [0, 0.1, 0.5, 0.99, 1]) {
            expect(Math.abs(row.quantile(p) - single.quantile(p))).toBeLessThanOrEqual(0.0101 * single.quantile(p))
          }
        },
      ),
    )
  })
})
