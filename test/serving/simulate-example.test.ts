import { describe, expect, it } from 'vitest'
import { type EngineSettings, type RequestTable, type TickTimer, simulate, summary } from '../../src/serving/index.ts'

/** Requests as [arrival, prompt, output]. */
function table(...rows: readonly (readonly [number, number, number])[]): RequestTable {
  return {
    count: rows.length,
    arrival: Float64Array.from(rows, ([arrival]) => arrival),
    prompt: Int32Array.from(rows, ([, prompt]) => prompt),
    output: Int32Array.from(rows, ([, , output]) => output),
  }
}

/** A step takes 10 ticks and one more per token. */
const TIMER: TickTimer = {
  tokens: Float64Array.from({ length: 64 }, (_, tokens) => 10 + tokens),
  perCached: 0,
  perPair: 0,
  mixed: 0,
}

const SETTINGS: EngineSettings = {
  policy: 'vllm',
  maxSequences: 2,
  tokenBudget: 8,
  blocks: 100,
  blockSize: 4,
  watermark: 0,
}

// docs/serving.md walks through these runs step by step.
const THREE = table([0, 6, 3], [0, 5, 2], [30, 2, 2])

describe('the worked example, by hand', () => {
  it.each([
    ['vllm', {}, [0, 0, 44], [18, 32, 56], [44, 44, 67], 5],
    ['sglang', {}, [0, 0, 43], [18, 31, 55], [67, 43, 67], 5],
    ['trtllm', { blocks: 3 }, [0, 38, 38], [16, 55, 55], [38, 67, 67], 5],
    ['static', {}, [0, 0, 44], [21, 21, 56], [44, 33, 67], 5],
    ['continuous', {}, [0, 0, 33], [21, 21, 46], [46, 33, 57], 4],
  ] as const)('%s', (policy, changes, scheduled, firstToken, end, steps) => {
    const run = simulate(THREE, TIMER, { ...SETTINGS, ...changes, policy })
    expect([...run.scheduled]).toEqual(scheduled)
    expect([...run.firstToken]).toEqual(firstToken)
    expect([...run.end]).toEqual(end)
    expect(run.steps).toBe(steps)
    expect(run.busyTicks).toBe(Math.max(...end))
    expect(run.preempted).toBe(0)
  })

  it('vllm recomputes a preempted request and goes on where it stopped', () => {
    const settings = { ...SETTINGS, maxSequences: 4, blocks: 4, blockSize: 2 }
    const run = simulate(table([0, 2, 4], [0, 2, 4]), TIMER, settings)
    expect([...run.firstToken]).toEqual([14, 14])
    expect([...run.end]).toEqual([49, 64])
    expect([...run.preemptions]).toEqual([0, 1])
    expect(run.blockTicks).toBe(BigInt(2 * 14 + 4 * 12 + 4 * 12 + 3 * 11 + 3 * 15))
    expect(run.runningTicks).toBe(BigInt(2 * 14 + 2 * 12 + 2 * 12 + 11 + 15))
    expect(run.waitingTicks).toBe(11n)
    expect(run.peakBlocks).toBe(4)
  })

  it('vllm admits nobody in a step that preempted, though the first chunk would fit', () => {
    const settings = { ...SETTINGS, maxSequences: 4, tokenBudget: 3, blocks: 4, blockSize: 2 }
    // 13: 2 + 1 prompt tokens; 25: second prompt done; 37: four blocks held; the first takes one of the two that the
    // second gives up and ends alone at 48. Then 3 + 1 tokens again (61, 72) and one more (83).
    const run = simulate(table([0, 2, 4], [0, 2, 4]), TIMER, settings)
    expect([...run.firstToken]).toEqual([13, 25])
    expect([...run.end]).toEqual([48, 83])
    expect([...run.preemptions]).toEqual([0, 1])
  })

  it('sglang asks for room for one token more than the prompt, unless nothing runs', () => {
    const settings = { ...SETTINGS, blocks: 4, watermark: 1 }
    // The first holds one block; with the second, of 4 tokens, one of the four blocks is left, with one token more none; the first ends at 22.
    const two = table([0, 1, 2], [0, 8, 1])
    expect([...simulate(two, TIMER, { ...settings, policy: 'vllm' }).scheduled]).toEqual([0, 0])
    expect([...simulate(two, TIMER, { ...settings, policy: 'sglang' }).scheduled]).toEqual([0, 22])
  })

  it('sglang retracts the last before a decoding step that does not fit', () => {
    const settings = { ...SETTINGS, policy: 'sglang', maxSequences: 4, blocks: 5, blockSize: 2 } as const
    // 14: both decode, 1 + 1 blocks each; 26; 38: four blocks held, two wanted, one free: the second goes. 49: done.
    // Its turn comes at once, but its 5 tokens and the next one ask for 3 blocks while the first holds 3 of 5.
    const run = simulate(table([0, 2, 4], [0, 2, 4]), TIMER, settings)
    expect([...run.end]).toEqual([49, 64])
    expect([...run.preemptions]).toEqual([0, 1])
  })

  it('charges cached tokens, pairs and the mixed step as the timer says', () => {
    const timer = { ...TIMER, perCached: 3, perPair: 0.5, mixed: 7 }
    const run = simulate(table([0, 4, 3], [1, 9, 1]), timer, SETTINGS)
    // 4 tokens, 10 pairs: 14 + 5. Then 1 decoding over 4 cached, a chunk of 7, 28 pairs: 18 + 12 + 14 + 7 = 51.
    // Then over 5 cached, the last 2 of the prompt after 7, 2·7 + 3 = 17 pairs, 8.5 rounded up: 13 + 15 + 9 + 7 = 44.
    expect([...run.firstToken]).toEqual([19, 114])
    expect([...run.end]).toEqual([114, 114])
  })
})

describe('admission', () => {
  it('keeps the watermark free and lets nobody skip the queue', () => {
    const run = simulate(table([0, 8, 2], [0, 8, 1], [0, 1, 1]), TIMER, {
      ...SETTINGS,
      maxSequences: 8,
      tokenBudget: 32,
      blocks: 5,
      watermark: 2,
    })
    // 2 of 5 blocks go to the first; the second would leave 1, and the third, which would fit, waits behind it.
    expect([...run.scheduled]).toEqual([0, 18 + 11, 18 + 11])
  })

  it('rejects what the cache or the context can never hold, and counts it', () => {
    const settings = { ...SETTINGS, blocks: 2, maxContext: 8 }
    const run = simulate(table([0, 8, 2], [0, 4, 4], [5, 5, 4], [5, 1, 1]), TIMER, settings)
    expect([...run.status]).toEqual([1, 0, 1, 0])
    expect([run.finished, run.rejected]).toEqual([2, 2])
    expect(run.end[0]).toBeNaN()
    expect(run.arrival[2]).toBe(5)
  })

  it('lets the head of the queue below the watermark when nothing runs', () => {
    const run = simulate(table([0, 1, 1], [9, 8, 1], [20, 1, 1]), TIMER, { ...SETTINGS, blocks: 2, watermark: 1 })
    // 11: the first is done. The second takes both blocks until 11 + 18, the third waits for it.
    expect([...run.end]).toEqual([11, 29, 40])
    expect(summary(run).little.holds).toBe(true)
  })
})
