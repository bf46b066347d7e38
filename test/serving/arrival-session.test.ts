import { describe, expect, it } from 'vitest'
import { PincerError } from '../../src/issue/index.ts'
import {
  AGENT_SESSIONS,
  type SessionWorkload,
  drawSessions,
  sessionBlocks,
  unrolledSessions,
} from '../../src/serving/arrival/arrival-session.ts'

const AGENTS: SessionWorkload = { ...AGENT_SESSIONS, starts: { kind: 'poisson', rate: 1 } }
const TICKS = 32e9

describe('sessions', () => {
  const table = drawSessions(AGENTS, 1500, 3)
  const rows = [...table.turn.keys()]

  it('grows the context by the output of the turn before and something new', () => {
    for (const row of rows) {
      if (table.turn[row] === 0) {
        expect(table.shared[row]).toBe(AGENTS.system)
      } else {
        expect(table.session[row]).toBe(table.session[row - 1])
        expect(table.turn[row]).toBe(table.turn[row - 1]! + 1)
        expect(table.shared[row]).toBe(table.prompt[row - 1]! + table.output[row - 1]!)
      }
      expect(table.prompt[row]).toBeGreaterThan(table.shared[row]!)
      expect(table.output[row]).toBeGreaterThanOrEqual(1)
    }
  })

  it('has the mean lengths published for tool-using agents', () => {
    const mean = (column: Int32Array): number => column.reduce((sum, value) => sum + value, 0) / column.length
    expect(Math.abs(mean(table.prompt) / 8596 - 1)).toBeLessThan(0.05)
    expect(Math.abs(mean(table.output) / 182 - 1)).toBeLessThan(0.03)
  })

  it('waits between turns as asked', () => {
    const waits = rows.filter((row) => table.turn[row]! > 0).map((row) => table.release[row]! / TICKS)
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length
    expect(Math.abs(mean / 5 - 1)).toBeLessThan(4 / Math.sqrt(waits.length))
  })

  it('repeats with the seed', () => {
    expect(drawSessions(AGENTS, 50, 3)).toEqual(drawSessions(AGENTS, 50, 3))
    expect(drawSessions(AGENTS, 50, 4).prompt).not.toEqual(drawSessions(AGENTS, 50, 3).prompt)
  })

  it('ends sessions at the longest context and counts them', () => {
    const short = drawSessions({ ...AGENTS, maxContext: 6000 }, 500, 3)
    expect(short.cut).toBeGreaterThan(100)
    expect(short.cut).toBeLessThanOrEqual(500)
    for (const row of short.turn.keys()) expect(short.prompt[row]! + short.output[row]!).toBeLessThanOrEqual(6000)
    expect(() => drawSessions({ ...AGENTS, maxContext: 2000 }, 5, 3)).toThrow(PincerError)
  })

  it('unrolls to an open list: a turn starts after the one before, its answer and the wait', () => {
    const few = drawSessions(AGENTS, 40, 5)
    const list = unrolledSessions(few, (_, output) => 0.5 + 0.01 * output)
    expect(list.count).toBe(few.turn.length)
    for (let i = 1; i < list.count; i++) expect(list.arrival[i]).toBeGreaterThanOrEqual(list.arrival[i - 1]!)
    const at = (session: number, turn: number): number =>
      list.arrival[list.session.findIndex((s, i) => s === session && list.turn[i] === turn)]!
    const second = few.turn.findIndex((turn, row) => turn === 1 && few.session[row]! >= 0)
    const session = few.session[second]!
    const answer = Math.round((0.5 + 0.01 * few.output[second - 1]!) * TICKS)
    expect(at(session, 1)).toBe(at(session, 0) + answer + few.release[second]!)
  })

  it('gives blocks that turns of one session share and sessions do not, but for the system prompt', () => {
    const few = drawSessions(AGENTS, 8, 5)
    const blocks = sessionBlocks(few, 16)
    const seen = new Map<number, number>()
    for (const row of few.turn.keys()) {
      const ids = blocks(row)
      expect(ids.length).toBe(Math.floor((few.prompt[row]! + few.output[row]!) / 16))
      expect(new Set(ids).size).toBe(ids.length)
      if (few.turn[row]! > 0) expect(ids.subarray(0, blocks(row - 1).length)).toEqual(blocks(row - 1))
      for (const id of ids.subarray(2048 / 16)) {
        expect(seen.get(id) ?? few.session[row]).toBe(few.session[row])
        seen.set(id, few.session[row]!)
      }
      expect([...ids.subarray(0, 128)]).toEqual(Array.from({ length: 128 }, (_, i) => i))
    }
  })
})
