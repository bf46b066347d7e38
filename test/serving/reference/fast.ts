/** The fast engine, and its results in the reference's plain forms: the one place that knows its names. */
import * as serving from '../../../src/serving/index.ts'
import { type FleetServed, type ServeFleet } from './fleet-served.ts'
import { type Clients, type Fleet, type Load } from './fleet.ts'
import { type ReplicaTotals } from './replica.ts'
import { type Requests, type Settings, type Timer } from './sequence.ts'
import { type Outcome, type Serve, type Served } from './served.ts'

/** Columns of a fast run, one entry a request; ticks are NaN where something never happened. */
interface FastRows {
  readonly arrival: Float64Array
  readonly prompt: Int32Array
  readonly output: Int32Array
  readonly scheduled: Float64Array
  readonly firstToken: Float64Array
  readonly end: Float64Array
  readonly preemptions: Int32Array
  readonly status: Uint8Array
  readonly hitTokens: Int32Array
  readonly hostTokens: Int32Array
}

interface FastTotals {
  readonly steps: number
  readonly busyTicks: number
  readonly preempted: number
  readonly peakBlocks: number
  readonly waitingTicks: bigint
  readonly runningTicks: bigint
  readonly blockTicks: bigint
}

interface FastRun extends FastRows, FastTotals {
  readonly lastTick: number
  readonly finished: number
  readonly rejected: number
}

interface FastFleetRun extends FastRows {
  readonly replica: Int32Array
  readonly decodeReplica: Int32Array
  readonly pools: readonly (readonly FastTotals[])[]
}

interface FastServing {
  simulate(requests: Requests, timer: Timer, settings: Settings): FastRun
  simulateClosedLoop(loop: Clients, timer: Timer, settings: Settings): FastRun
  simulateFleet(load: Load, fleet: Fleet): FastFleetRun
}

const { simulate, simulateClosedLoop, simulateFleet } = serving as unknown as FastServing

export const fast: Serve = (requests, timer, settings) => servedByFast(simulate(requests, timer, settings))

export const fastFleet: ServeFleet = (load, fleet) => fleetServedByFast(simulateFleet(load, fleet))

/** The fast single closed loop in the form of a fleet of one replica. */
export const fastClosedLoop = (loop: Clients, timer: Timer, settings: Settings): FleetServed => {
  const run = simulateClosedLoop(loop, timer, settings)
  const replica = Array.from(run.status, (status) => (outcomeOf(status) === 'rejected' ? -1 : 0))
  const decodeReplica = replica.map(() => -1)
  return { ...rowsOf(run), replica, decodeReplica, prefillPool: [totalsOf(run)], decodePool: [] }
}

function servedByFast(run: FastRun): Served {
  const { arrival: _arrival, prompt: _prompt, output: _output, ...rows } = rowsOf(run)
  return { ...rows, ...totalsOf(run), lastTick: run.lastTick, finished: run.finished, rejected: run.rejected }
}

function fleetServedByFast(run: FastFleetRun): FleetServed {
  return {
    ...rowsOf(run),
    replica: [...run.replica],
    decodeReplica: [...run.decodeReplica],
    prefillPool: (run.pools[0] ?? []).map(totalsOf),
    decodePool: (run.pools[1] ?? []).map(totalsOf),
  }
}

type RowsServed = Omit<FleetServed, 'replica' | 'decodeReplica' | 'prefillPool' | 'decodePool'>

function rowsOf(run: FastRows): RowsServed {
  return {
    outcome: Array.from(run.status, outcomeOf),
    arrival: [...run.arrival],
    prompt: [...run.prompt],
    output: [...run.output],
    scheduled: ticksOf(run.scheduled),
    firstToken: ticksOf(run.firstToken),
    end: ticksOf(run.end),
    preemptions: [...run.preemptions],
    hitTokens: [...run.hitTokens],
    hostTokens: [...run.hostTokens],
  }
}

function ticksOf(column: Float64Array): (number | null)[] {
  return Array.from(column, (tick) => (Number.isNaN(tick) ? null : tick))
}

function outcomeOf(status: number): Outcome {
  if (status === serving.FINISHED) return 'finished'
  if (status === serving.REJECTED) return 'rejected'
  throw new Error(`status ${status}`)
}

function totalsOf(run: FastTotals): ReplicaTotals {
  return {
    steps: run.steps,
    busy: run.busyTicks,
    preempted: run.preempted,
    peakBlocks: run.peakBlocks,
    waitingTime: run.waitingTicks,
    runningTime: run.runningTicks,
    blockTime: run.blockTicks,
  }
}
