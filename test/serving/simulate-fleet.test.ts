import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type EngineSettings,
  type FleetRun,
  POLICIES,
  type RequestTable,
  type SimulationRun,
  type TickTimer,
  simulate,
  simulateClosedLoop,
  simulateFleet,
} from '../../src/serving/index.ts'

const timers = fc.record({
  tokens: fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 260, maxLength: 260 })
    .map((steps) => Float64Array.from(steps, (_, i) => steps.slice(0, i + 1).reduce((sum, step) => sum + step, 1))),
  perCached: fc.integer({ min: 0, max: 3 }),
  perPair: fc.constantFrom(0, 0.25, 1),
  mixed: fc.integer({ min: 0, max: 5 }),
})

const settingsOf = fc.record({
  policy: fc.constantFrom(...POLICIES),
  maxSequences: fc.integer({ min: 1, max: 6 }),
  tokenBudget: fc.integer({ min: 8, max: 24 }),
  blocks: fc.integer({ min: 8, max: 24 }),
  blockSize: fc.constantFrom(1, 2, 4),
  watermark: fc.integer({ min: 0, max: 2 }),
})

const tables: fc.Arbitrary<RequestTable> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 12 })), {
    maxLength: 30,
  })
  .map((rows) => ({
    count: rows.length,
    arrival: Float64Array.from(rows, ([arrival]) => arrival),
    prompt: Int32Array.from(rows, ([, prompt]) => prompt),
    output: Int32Array.from(rows, ([, , output]) => output),
    prefix: prefixesOf(rows.map(([arrival, prompt]) => [arrival, prompt])),
  }))

// Units of four tokens; requests whose arrival has the same remainder begin alike.
function prefixesOf(rows: readonly (readonly [number, number])[]): NonNullable<RequestTable['prefix']> {
  const units = rows.map(([arrival, prompt]) =>
    Array.from({ length: Math.floor(prompt / 4) }, (_, i) => (arrival % 3) * 100 + i + (i > 2 ? arrival * 10_000 : 0)),
  )
  const start = new Float64Array(rows.length + 1)
  for (const [i, { length }] of units.entries()) start[i + 1] = (start[i] ?? 0) + length
  return { blockTokens: 4, start, ids: Int32Array.from(units.flat()) }
}

const columns = ({ scheduled, firstToken, end, preemptions, hitTokens, status }: FleetRun | SimulationRun): object => ({
  scheduled: [...scheduled],
  firstToken: [...firstToken],
  end: [...end],
  preemptions: [...preemptions],
  hitTokens: [...hitTokens],
  status: [...status],
})

describe('a fleet', () => {
  it('of one replica is the engine by itself', () => {
    fc.assert(
      fc.property(tables, timers, settingsOf, (table, timer, settings) => {
        const alone = simulate(table, timer, settings)
        for (const router of ['round-robin', 'least-loaded', 'cache-aware'] as const) {
          const fleet = simulateFleet({ kind: 'requests', table }, { replicas: 1, router, timer, settings })
          expect(columns(fleet)).toEqual(columns(alone))
          expect(fleet.pools[0]?.[0]).toMatchObject({
            steps: alone.steps,
            busyTicks: alone.busyTicks,
            waitingTicks: alone.waitingTicks,
            runningTicks: alone.runningTicks,
            blockTicks: alone.blockTicks,
            peakBlocks: alone.peakBlocks,
          })
        }
      }),
      { numRuns: 500 },
    )
  })

  it('of one replica and clients is the closed loop by itself', () => {
    fc.assert(
      fc.property(tables, timers, settingsOf, fc.nat(30), (table, timer, settings, thinkTicks) => {
        const clients = 1 + (table.count % 5)
        const rounds = Math.floor(table.count / clients)
        fc.pre(rounds > 0)
        const { prompt, output } = table
        const loop = { clients, rounds, thinkTicks, prompt: Int32Array.from(prompt), output: Int32Array.from(output) }
        const alone = simulateClosedLoop(loop, timer, settings)
        const fleet = simulateFleet({ kind: 'clients', loop }, { replicas: 1, router: 'least-loaded', timer, settings })
        expect(columns(fleet)).toEqual(columns(alone))
      }),
      { numRuns: 500 },
    )
  })

  it('in turn is each replica with every other request', () => {
    fc.assert(
      fc.property(tables, timers, settingsOf, fc.integer({ min: 2, max: 4 }), (table, timer, settings, replicas) => {
        const fleet = simulateFleet({ kind: 'requests', table }, { replicas, router: 'round-robin', timer, settings })
        for (let replica = 0; replica < replicas; replica++) checkReplica(fleet, replica, { table, timer, settings })
      }),
      { numRuns: 300 },
    )
  })
})

interface Alone {
  readonly table: RequestTable
  readonly timer: TickTimer
  readonly settings: EngineSettings
}

function checkReplica(fleet: FleetRun, replica: number, { table, timer, settings }: Alone): void {
  const rows = Array.from({ length: table.count }, (_, row) => row).filter((row) => fleet.replica[row] === replica)
  const part = {
    count: rows.length,
    arrival: Float64Array.from(rows, (row) => table.arrival[row] ?? 0),
    prompt: Int32Array.from(rows, (row) => table.prompt[row] ?? 0),
    output: Int32Array.from(rows, (row) => table.output[row] ?? 0),
    prefix: prefixesOf(rows.map((row) => [table.arrival[row] ?? 0, table.prompt[row] ?? 0])),
  }
  expect(rows.map((row) => fleet.end[row])).toEqual([...simulate(part, timer, settings).end])
}
