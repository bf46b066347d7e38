import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  TICKS_PER_SECOND,
  arrivalsLoad,
  parseArrivalProcess,
  parseScenario,
  simulateRequests,
  type SimulationRun,
} from '../../src/index.ts'
import { countsByBin, lanePlan, lanesBetween } from '../../web/engine/lanes.ts'

const SCENARIO = parseScenario({ model: 'llama3-8b', chip: 'h100-sxm', workload: { isl: 512, osl: 128 } })

function runOf(rate: number, count: number, seed: number): SimulationRun {
  const process = parseArrivalProcess({ kind: 'gamma', rate, cv: 3 })
  return simulateRequests(SCENARIO, arrivalsLoad(SCENARIO.workload, process, count, seed).requests).run
}

describe('requests on lanes', () => {
  it('lie beside each other, never over each other, and in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 2, max: 60 }),
        fc.integer({ min: 1, max: 1000 }),
        (rate, count, rows, seed) => {
          const run = runOf(rate, count, seed)
          const { request, lane, every } = lanePlan(run, rows)
          const free = new Map<number, number>()
          for (const [i, row] of request.entries()) {
            expect(lane[i]).toBeLessThan(rows)
            expect(free.get(lane[i]!) ?? 0).toBeLessThanOrEqual(run.arrival[row]!)
            free.set(lane[i]!, run.end[row]!)
          }
          if (every === 1) expect(request).toHaveLength(run.finished)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('of a stretch of time are those that are there in it, with the times of the run', () => {
    const run = runOf(20, 500, 3)
    const plan = lanePlan(run, 40)
    const lanes = lanesBetween(run, plan, 4, 9, 100_000)
    expect(lanes.request.length).toBeGreaterThan(20)
    const seconds = (tick: number): number => (tick - run.arrival[0]!) / TICKS_PER_SECOND
    for (const [i, row] of lanes.request.entries()) {
      expect(lanes.arrival[i]).toBe(seconds(run.arrival[row]!))
      expect(lanes.end[i]).toBe(seconds(run.end[row]!))
      expect(lanes.arrival[i]).toBeLessThanOrEqual(9)
      expect(lanes.end[i]).toBeGreaterThanOrEqual(4)
    }
    const inside = [...plan.request].filter((row) => seconds(run.arrival[row]!) <= 9 && seconds(run.end[row]!) >= 4)
    expect([...lanes.request]).toEqual(inside)
  })

  it('of many requests are no more than a screen shows', () => {
    const run = runOf(80, 20_000, 1)
    const plan = lanePlan(run, 50)
    const all = lanesBetween(run, plan, 0, run.lastTick / TICKS_PER_SECOND, 400)
    expect(all.request.length).toBeLessThanOrEqual(50 * 400)
    expect(all.request.length).toBeLessThan(run.finished)
    expect(plan.every).toBeGreaterThan(1)
  })

  it('are counted by the ends of bins', () => {
    const run = runOf(20, 300, 5)
    const { came, ended } = countsByBin(run, 1, 60)
    expect(came.at(-1)).toBe(300)
    expect(ended.at(-1)).toBe(300)
    for (const [bin, count] of ended.entries()) expect(count).toBeLessThanOrEqual(came[bin]!)
  })
})
