/** What a fleet's run says, in one plain form that `toEqual` can compare. */
import { type Fleet, type FleetRun, type Load, type Row, runFleet } from './fleet.ts'
import { type ReplicaTotals, totalsOf } from './replica.ts'
import { type Sequence } from './sequence.ts'
import { type Outcome, type Served } from './served.ts'

type Columns = Pick<Served, 'scheduled' | 'firstToken' | 'end' | 'preemptions' | 'hitTokens' | 'hostTokens'>

export interface FleetServed extends Columns {
  readonly outcome: readonly Outcome[]
  readonly arrival: readonly number[]
  readonly prompt: readonly number[]
  readonly output: readonly number[]
  /** −1 if there is none. */
  readonly replica: readonly number[]
  readonly decodeReplica: readonly number[]
  readonly prefillPool: readonly ReplicaTotals[]
  readonly decodePool: readonly ReplicaTotals[]
}

export type ServeFleet = (load: Load, fleet: Fleet) => FleetServed

export const fleetReference: ServeFleet = (load, fleet) => servedByFleet(runFleet(load, fleet))

export function servedByFleet({ load, rows, prefill, decode }: FleetRun): FleetServed {
  const { prompt, output } = load.kind === 'requests' ? load.table : load.loop
  const parts = ({ prefill: first, decode: second }: Row): Sequence[] =>
    [first, second].filter((one) => one !== undefined)
  const total = (row: Row, part: (one: Sequence) => number): number =>
    parts(row).reduce((sum, one) => sum + part(one), 0)
  return {
    outcome: rows.map((row) => (row.prefill === undefined ? 'rejected' : 'finished')),
    arrival: rows.map(({ arrival }) => arrival),
    prompt: [...prompt],
    output: [...output],
    scheduled: rows.map((row) => row.prefill?.scheduled ?? null),
    firstToken: rows.map((row) => parts(row).at(-1)?.emitted[0] ?? null),
    end: rows.map((row) => parts(row).at(-1)?.end ?? null),
    preemptions: rows.map((row) => total(row, ({ preemptedAt }) => preemptedAt.length)),
    hitTokens: rows.map((row) => total(row, ({ hitTokens }) => hitTokens)),
    hostTokens: rows.map((row) => total(row, ({ hostTokens }) => hostTokens)),
    replica: rows.map(({ replica }) => replica),
    decodeReplica: rows.map(({ decodeReplica }) => decodeReplica),
    prefillPool: prefill.replicas.map(totalsOf),
    decodePool: decode?.replicas.map(totalsOf) ?? [],
  }
}

/** One replica and clients, as the single closed loop has them. */
export function singleFleet(timer: Fleet['timer'], settings: Fleet['settings']): Fleet {
  return { replicas: 1, router: 'round-robin', timer, settings }
}
