import { describe, expect, it } from 'vitest'
import {
  type EngineSettings,
  type Fleet,
  type FleetRun,
  type RequestTable,
  type SimulationRun,
  type TickTimer,
  sessionPrefix,
  simulate,
  simulateClosedLoop,
  simulateFleet,
  summary,
} from '../../src/serving/index.ts'

/** Requests as [arrival, prompt, output], and the ids of their full blocks of four tokens. */
function table(
  rows: readonly (readonly [number, number, number])[],
  ids: readonly (readonly number[])[] = rows.map(() => []),
): RequestTable {
  const start = new Float64Array(rows.length + 1)
  for (const [i, { length }] of ids.entries()) start[i + 1] = start[i]! + length
  return {
    count: rows.length,
    arrival: Float64Array.from(rows, ([arrival]) => arrival),
    prompt: Int32Array.from(rows, ([, prompt]) => prompt),
    output: Int32Array.from(rows, ([, , output]) => output),
    prefix: { blockTokens: 4, start, ids: Int32Array.from(ids.flat()) },
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

const ALONE: Fleet = { replicas: 1, router: 'round-robin', timer: TIMER, settings: SETTINGS }

/** First tokens and ends. */
function times({ firstToken, end }: SimulationRun | FleetRun): number[][] {
  return [[...firstToken], [...end]]
}

// docs/serving.md walks through these runs step by step.
describe('the worked examples beyond one plain engine, by hand', () => {
  it('prefix cache', () => {
    const requests = table(
      [
        [0, 6, 1],
        [20, 8, 2],
        [34, 8, 1],
      ],
      [[1], [1, 2], [1, 2]],
    )
    const run = simulate(requests, TIMER, SETTINGS)
    expect(times(run)).toEqual([
      [16, 34, 49],
      [16, 49, 49],
    ])
    expect([...run.hitTokens]).toEqual([0, 4, 4])
    expect(times(simulate(requests, TIMER, { ...SETTINGS, prefixCache: false }))).toEqual([
      [16, 38, 67],
      [16, 56, 67],
    ])
  })

  it('host tier', () => {
    const requests = table(
      [
        [0, 8, 1],
        [20, 8, 1],
        [40, 9, 1],
      ],
      [
        [1, 2],
        [3, 4],
        [1, 2],
      ],
    )
    const three = { ...SETTINGS, blocks: 3 }
    const run = simulate(requests, { ...TIMER, loadTicks: 2 }, { ...three, hostUnits: 1 })
    expect([...run.end]).toEqual([18, 38, 53])
    expect([...run.hitTokens]).toEqual([0, 0, 8])
    expect([...run.hostTokens]).toEqual([0, 0, 4])
    expect([...simulate(requests, TIMER, three).end]).toEqual([18, 38, 55])
  })

  it('speculative decoding', () => {
    const one = table([[0, 6, 5]])
    const run = simulate(one, TIMER, { ...SETTINGS, speculation: { width: 2, gain: 3, grain: 2 } })
    expect(times(run)).toEqual([[16], [52]])
    expect(run.steps).toBe(4)
    expect([...simulate(one, TIMER, SETTINGS).end]).toEqual([60])
  })

  it.each([
    ['round-robin', [0, 1, 0, 1, 0], [12, 42, 27, 31, 78]],
    ['least-loaded', [0, 1, 0, 0, 0], [12, 40, 27, 39, 78]],
    ['cache-aware', [0, 1, 0, 0, 1], [12, 40, 27, 39, 74]],
  ] as const)('router: %s', (router, replica, end) => {
    const requests = table(
      [
        [0, 2, 1],
        [0, 8, 3],
        [15, 2, 1],
        [16, 2, 1],
        [60, 8, 1],
      ],
      [[], [1, 2], [], [], [1, 3]],
    )
    const run = simulateFleet({ kind: 'requests', table: requests }, { ...ALONE, replicas: 2, router })
    expect([...run.replica]).toEqual(replica)
    expect([...run.end]).toEqual(end)
  })

  it('two pools', () => {
    const requests = table([
      [0, 6, 3],
      [0, 2, 2],
    ])
    const fleet: Fleet = { ...ALONE, decode: ALONE, transfer: { latency: 5, perToken: 1 } }
    const run = simulateFleet({ kind: 'requests', table: requests }, fleet)
    expect(times(run)).toEqual([
      [29, 31],
      [52, 52],
    ])
    expect(run.transferTicks).toBe(11n + 13n)
    expect(summary(run).little.holds).toBe(true)
  })

  it('ranks in lock step', () => {
    const requests = table([
      [0, 6, 3],
      [0, 2, 3],
    ])
    const settings: EngineSettings = { ...SETTINGS, ranks: 2 }
    const run = simulateFleet({ kind: 'requests', table: requests }, { ...ALONE, settings })
    expect(times(run)).toEqual([
      [16, 16],
      [38, 38],
    ])
    const shared = Float64Array.from({ length: 64 }, (_, tokens) => tokens)
    const experts = simulateFleet(
      { kind: 'requests', table: requests },
      { ...ALONE, settings, timer: { ...TIMER, shared } },
    )
    expect(times(experts)).toEqual([
      [24, 24],
      [50, 50],
    ])
  })

  it('clients', () => {
    const lengths = { prompt: Int32Array.of(6, 5), output: Int32Array.of(1, 2) }
    const run = simulateClosedLoop({ clients: 1, rounds: 2, thinkTicks: 5, ...lengths }, TIMER, SETTINGS)
    expect([...run.arrival]).toEqual([0, 21])
    expect(times(run)).toEqual([
      [16, 36],
      [16, 47],
    ])
  })

  it('sessions', () => {
    const sessions = {
      session: Int32Array.of(0, 0),
      turn: Int32Array.of(0, 1),
      release: Float64Array.of(3, 7),
      prompt: Int32Array.of(4, 8),
      output: Int32Array.of(2, 1),
      shared: Int32Array.of(0, 6),
      system: 0,
      cut: 0,
    }
    const run = simulateFleet({ kind: 'sessions', sessions, prefix: sessionPrefix(sessions, 4) }, ALONE)
    expect([...run.arrival]).toEqual([3, 35])
    expect(times(run)).toEqual([
      [17, 49],
      [28, 49],
    ])
    expect([...run.hitTokens]).toEqual([0, 4])
  })
})
