import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AGENT_SESSIONS,
  type EngineSettings,
  type Fleet,
  type FleetRun,
  PincerError,
  type SessionTable,
  type TickTimer,
  drawSessions,
  sessionBlocks,
  sessionPrefix,
  simulateFleet,
  summary,
} from '../../src/index.ts'
import { fleets } from './fleet-scenario.ts'

/** Turns as [release, prompt, output], session by session. */
type Turn = readonly [release: number, prompt: number, output: number]

function sessionsOf(sessions: readonly (readonly Turn[])[], system = 0): SessionTable {
  const rows = sessions.flatMap((turns, session) => turns.map((turn, i) => ({ session, i, turn })))
  return {
    session: Int32Array.from(rows, ({ session }) => session),
    turn: Int32Array.from(rows, ({ i }) => i),
    release: Float64Array.from(rows, ({ turn }) => turn[0]),
    prompt: Int32Array.from(rows, ({ turn }) => turn[1]),
    output: Int32Array.from(rows, ({ turn }) => turn[2]),
    shared: new Int32Array(rows.length),
    system,
    cut: 0,
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
  maxSequences: 4,
  tokenBudget: 16,
  blocks: 100,
  blockSize: 4,
  watermark: 0,
}
const LONE: Fleet = { replicas: 1, router: 'least-loaded', timer: TIMER, settings: SETTINGS }

/** Sessions whose prompts grow by the output of the turn before and something new. */
const sessions: fc.Arbitrary<SessionTable> = fc
  .array(
    fc.array(fc.tuple(fc.nat(90), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 })), { maxLength: 5 }),
    { maxLength: 8 },
  )
  .map((all) =>
    sessionsOf(
      all.map((turns) => {
        let context = 4
        return turns.map(([release, more, output]): Turn => {
          const prompt = context + more
          context = prompt + output
          return [release, prompt, output]
        })
      }),
      4,
    ),
  )

describe('sessions', () => {
  it('send a turn when the one before has ended and its tool has run', () => {
    fc.assert(
      fc.property(sessions, fleets, (table, fleet) => {
        const run = simulateFleet({ kind: 'sessions', sessions: table }, fleet)
        for (let row = 0; row < run.count; row++) {
          const before = table.turn[row] === 0 ? 0 : (answered(run, row - 1) ?? 0)
          expect(run.arrival[row]).toBe(before + table.release[row]!)
        }
        expect(summary(run).little.holds).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('are served as their requests are when these are replayed', () => {
    fc.assert(
      fc.property(sessions, fleets, (table, fleet) => {
        const prefix = sessionPrefix(table, 4)
        const run = simulateFleet({ kind: 'sessions', sessions: table, prefix }, fleet)
        const { count, arrival, prompt, output } = run
        const again = simulateFleet({ kind: 'requests', table: { count, arrival, prompt, output, prefix } }, fleet)
        expect(again).toEqual(run)
      }),
      { numRuns: 400 },
    )
  })

  it('find what they said before in the cache', () => {
    const table = drawSessions({ ...AGENT_SESSIONS, starts: { kind: 'poisson', rate: 0.5 } }, 60, 1)
    const timer = { ...TIMER, tokens: Float64Array.from({ length: 9000 }, (_, tokens) => 160e6 + 320e3 * tokens) }
    const settings = { ...SETTINGS, maxSequences: 64, tokenBudget: 8192, blocks: 60_000, blockSize: 16 }
    const load = { kind: 'sessions', sessions: table, prefix: sessionPrefix(table, 16) } as const
    const run = simulateFleet(load, { ...LONE, timer, settings })
    const { prompt, shared } = table
    const all = prompt.reduce((sum, tokens) => sum + tokens, 0)
    const known = shared.reduce((sum, tokens) => sum + tokens, 0)
    expect(summary(run).hitShare).toBeGreaterThan(known / all - 0.02)
    expect(summary(run).hitShare).toBeLessThan(known / all + 0.02)
    const cold = simulateFleet(load, { ...LONE, timer, settings: { ...settings, prefixCache: false } })
    expect(summary(cold).hitShare).toBe(0)
  })

  it('have the blocks that `sessionBlocks` says', () => {
    const table = drawSessions({ ...AGENT_SESSIONS, starts: { kind: 'poisson', rate: 1 } }, 5, 2)
    const { start, ids } = sessionPrefix(table, 64)
    const blocks = sessionBlocks(table, 64)
    for (const row of table.turn.keys()) expect(ids.subarray(start[row], start[row + 1])).toEqual(blocks(row))
  })

  it('may be none, or have no turns', () => {
    const run = simulateFleet({ kind: 'sessions', sessions: sessionsOf([[], []]) }, LONE)
    expect(run).toMatchObject({ count: 0, finished: 0, steps: 0 })
  })

  it('go on with the next turn when one is refused', () => {
    const turns: Turn[] = [
      [5, 4, 1],
      [7, 900, 1],
      [9, 4, 1],
    ]
    const run = simulateFleet({ kind: 'sessions', sessions: sessionsOf([turns]) }, LONE)
    expect([...run.status]).toEqual([0, 1, 0])
    expect([...run.arrival]).toEqual([5, 19 + 7, 26 + 9])
  })

  it.each([
    ['a turn out of order', { turn: Int32Array.of(0, 2) }, 'sessions.turn.1'],
    ['a session without its first turn', { turn: Int32Array.of(1, 2) }, 'sessions.turn.0'],
    ['a turn of another session', { session: Int32Array.of(0, 1) }, 'sessions.turn.1'],
    ['a wait before now', { release: Float64Array.of(0, -1) }, 'sessions.release.1'],
    ['a part of a tick', { release: Float64Array.of(0.5, 1) }, 'sessions.release.0'],
    ['a prompt of nothing', { prompt: Int32Array.of(1, 0) }, 'requests.prompt.1'],
    ['a missing output', { output: Int32Array.of(1) }, 'sessions.output'],
  ])('refuses %s', (_, changes, path) => {
    const two: Turn[] = [
      [0, 1, 1],
      [1, 2, 1],
    ]
    const load = { kind: 'sessions', sessions: { ...sessionsOf([two]), ...changes } } as const
    expect(faultOf(() => simulateFleet(load, LONE))).toBe(path)
  })
})

function answered({ status, end, arrival }: FleetRun, row: number): number | undefined {
  return status[row] === 0 ? end[row] : arrival[row]
}

function faultOf(run: () => void): string {
  try {
    run()
  } catch (error) {
    if (error instanceof PincerError) return error.issues[0]!.path.join('.')
  }
  return 'none'
}
