import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type EngineSettings,
  type FleetRun,
  type RequestTable,
  type SimulationRun,
  type TickTimer,
  simulate,
  simulateClosedLoop,
  simulateFleet,
} from '../../src/serving/index.ts'
import { engineSettings, prefixesOf, requestTables, stepTimers } from './fleet-scenario.ts'

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
      fc.property(requestTables, stepTimers, engineSettings, (table, timer, settings) => {
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
      fc.property(requestTables, stepTimers, engineSettings, fc.nat(30), (table, timer, settings, thinkTicks) => {
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
      fc.property(
        requestTables,
        stepTimers,
        engineSettings,
        fc.integer({ min: 2, max: 4 }),
        (table, timer, settings, replicas) => {
          const fleet = simulateFleet({ kind: 'requests', table }, { replicas, router: 'round-robin', timer, settings })
          for (let replica = 0; replica < replicas; replica++) checkReplica(fleet, replica, { table, timer, settings })
        },
      ),
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
