import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type EngineSettings,
  type Fleet,
  FleetObserver,
  type FleetRun,
  RunObserver,
  TICKS_PER_SECOND,
  type TickTimer,
  type Timeline,
  type TimelineName,
  simulate,
  simulateFleet,
} from '../../src/serving/index.ts'
import { engineSettings, fleets, requestTables, stepTimers } from './fleet-scenario.ts'

/** Σ mean · width over the bins, in ticks. */
function integral({ binSeconds, span, ...timeline }: Timeline, name: TimelineName): number {
  const width = (bin: number): number => Math.min(binSeconds, span - bin * binSeconds) * TICKS_PER_SECOND
  return timeline[name].reduce((sum, mean, bin) => sum + mean * width(bin), 0)
}

function closeTo(found: number, exact: number): void {
  expect(Math.abs(found - exact)).toBeLessThanOrEqual(1e-9 * Math.max(1, exact))
}

function enginesOf({ replicas, settings, decode }: Fleet): number {
  const all = (pool: { replicas: number; settings: EngineSettings }): number =>
    pool.replicas * (pool.settings.ranks ?? 1)
  return all({ replicas, settings }) + (decode === undefined ? 0 : all(decode))
}

/** Ticks from first tokens to ends, and tokens after the first. */
function decoded({ count, status, firstToken, end, output }: FleetRun): { ticks: number; tokens: number } {
  let [ticks, tokens] = [0, 0]
  for (let row = 0; row < count; row++) {
    if (status[row] !== 0) continue
    ticks += end[row]! - firstToken[row]!
    tokens += output[row]! - 1
  }
  return { ticks, tokens }
}

describe('a watched fleet', () => {
  it('of one replica looks like the engine by itself', () => {
    fc.assert(
      fc.property(requestTables, stepTimers, engineSettings, (table, timer, settings) => {
        const alone = new RunObserver(16)
        simulate(table, timer, settings, alone.observe)
        const watch = new FleetObserver({ bins: 16 })
        const fleet: Fleet = { replicas: 1, router: 'least-loaded', timer, settings }
        simulateFleet({ kind: 'requests', table }, fleet, watch)
        const { pools, ...whole } = watch.result()
        const expected = alone.result()
        for (const name of ['queue', 'running', 'decoding', 'utilisation'] as const) {
          for (const [bin, mean] of whole.timeline[name].entries()) closeTo(mean, expected.timeline[name][bin]!)
        }
        expect(whole.timeline.span).toBe(expected.timeline.span)
        expect(pools?.[0]?.timeline).toEqual(whole.timeline)
        if ('unknown' in whole.tokenGap || 'unknown' in expected.tokenGap) {
          expect(whole.tokenGap).toEqual(expected.tokenGap)
          return
        }
        expect(whole.tokenGap.count).toBe(expected.tokenGap.count)
        closeTo(whole.tokenGap.mean, expected.tokenGap.mean)
      }),
      { numRuns: 300 },
    )
  })

  it("has the run's exact integrals, over all replicas, ranks and pools, however they are split", () => {
    fc.assert(
      fc.property(
        requestTables,
        fleets,
        fc.constantFrom(2, 7, 240),
        fc.constantFrom(0, 1, 16),
        (table, fleet, bins, tracks) => {
          const watch = new FleetObserver({ bins, tracks })
          const run = simulateFleet({ kind: 'requests', table }, fleet, watch)
          const { timeline, pools = [] } = watch.result()
          closeTo(integral(timeline, 'queue'), Number(run.waitingTicks))
          closeTo(integral(timeline, 'running'), Number(run.runningTicks))
          closeTo(integral(timeline, 'blocks'), Number(run.blockTicks))
          expect(timeline.utilisation.every((share) => share >= 0 && share <= 1 + 1e-12)).toBe(true)
          for (const [i, pool] of pools.entries()) {
            expect(pool.replicas).toHaveLength(Math.min(tracks, run.pools[i]!.length))
            for (const [replica, own] of pool.replicas.entries()) {
              expect([own.binSeconds, own.span]).toEqual([timeline.binSeconds, timeline.span])
              const totals = run.pools[i]![replica]!
              closeTo(integral(own, 'queue'), Number(totals.waitingTicks))
              closeTo(integral(own, 'blocks'), Number(totals.blockTicks))
              closeTo(integral(own, 'utilisation'), totals.busyTicks)
            }
          }
          const ranks = fleet.settings.ranks ?? 1
          const busy = run.pools.map((pool, i) => {
            const each = i === 0 ? ranks : (fleet.decode?.settings.ranks ?? 1)
            return pool.reduce((sum, { busyTicks }) => sum + each * busyTicks, 0)
          })
          closeTo(
            integral(timeline, 'utilisation') * enginesOf(fleet),
            busy.reduce((sum, ticks) => sum + ticks, 0),
          )
        },
      ),
      { numRuns: 400 },
    )
  })

  it('counts every gap between tokens once', () => {
    fc.assert(
      fc.property(requestTables, fleets, (table, fleet) => {
        const watch = new FleetObserver()
        const run = simulateFleet({ kind: 'requests', table }, fleet, watch)
        const { tokenGap } = watch.result()
        const { ticks, tokens } = decoded(run)
        if ('unknown' in tokenGap) {
          expect(tokens).toBe(0)
          return
        }
        // Where a step may bring several tokens, they are one.
        const isDrafted = (fleet.decode ?? fleet).settings.speculation !== undefined
        if (isDrafted) expect(tokenGap.count).toBeLessThanOrEqual(tokens)
        else expect(tokenGap.count).toBe(tokens)
        closeTo(tokenGap.mean * TICKS_PER_SECOND * tokenGap.count, ticks)
      }),
      { numRuns: 600 },
    )
  })

  it('forgets a request that is preempted before it decoded beside a cut prompt that then ends', () => {
    // Found at random: of four requests that come with their cache the third joins while the second is computed again.
    const timer = (...tokens: number[]): TickTimer => ({
      tokens: Float64Array.from(tokens),
      perCached: 0,
      perPair: 0,
      mixed: 0,
    })
    const first = timer(2, 4, 6, 9, 10, 10, 16, 16, 16, 16, 17, 19)
    const second = timer(8, 13, 13, 13, 13, 13, 13, 13, 13, 13, 20, 25)
    const settings = { policy: 'vllm', maxSequences: 1, tokenBudget: 8, blocks: 8, blockSize: 2, watermark: 0 } as const
    const pool = { replicas: 1, router: 'round-robin', timer: first } as const
    const table = {
      count: 4,
      arrival: Float64Array.of(1, 1, 1, 0),
      prompt: Int32Array.of(16, 8, 1, 1),
      output: Int32Array.of(6, 2, 2, 11),
    }
    const decode = { ...pool, timer: second, settings: { ...settings, maxSequences: 2, blockSize: 4 } }
    const watch = new FleetObserver()
    const run = simulateFleet({ kind: 'requests', table }, { ...pool, settings, decode }, watch)
    expect(run.preempted).toBeGreaterThan(0)
    expect(watch.result().tokenGap).toMatchObject({ count: 5 + 1 + 1 + 10 })
  })

  it('runs as it does when nobody watches', () => {
    fc.assert(
      fc.property(requestTables, fleets, (table, fleet) => {
        const load = { kind: 'requests', table } as const
        expect(simulateFleet(load, fleet, new FleetObserver())).toEqual(simulateFleet(load, fleet))
      }),
      { numRuns: 100 },
    )
  })

  it('has nothing to show of an empty run', () => {
    const table = { count: 0, arrival: new Float64Array(), prompt: new Int32Array(), output: new Int32Array() }
    const timer = { tokens: Float64Array.of(0, 10), perCached: 0, perPair: 0, mixed: 0 }
    const settings = { policy: 'vllm', maxSequences: 1, tokenBudget: 1, blocks: 4, blockSize: 4, watermark: 0 } as const
    const watch = new FleetObserver()
    simulateFleet({ kind: 'requests', table }, { replicas: 3, router: 'round-robin', timer, settings }, watch)
    expect(watch.result().timeline).toMatchObject({ span: 0, queue: new Float64Array() })
  })
})
