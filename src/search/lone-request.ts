import type { Unknown } from '../catalog/index.ts'
import type { ServingSetup } from '../predict/index.ts'
import {
  type ClientLoop,
  type RequestTable,
  type ServiceLevel,
  type SimulationRun,
  attainment,
  latencies,
  quantileOf,
  simulateClosedLoop,
  simulateFleet,
} from '../serving/index.ts'
import type { Seconds } from '../units/index.ts'

/** Requests served one at a time: no load gives them more. */
export interface LonePoint {
  /** Share of them that keep the level. */
  readonly attainment: number
  /** The latencies that the asked share of them keeps, seconds. */
  readonly ttft: Seconds | Unknown
  readonly tpot: Seconds | Unknown
}

/** Requests of one run; a run of lone requests must not outlast the simulator's clock. */
const CHUNK = 64
/** Requests looked at, evenly spread. */
const MOST_LONE = 20_000

/** The requests of a table, each on an idle replica. Throws PincerError as `simulateClosedLoop` does. */
export function lonePoint(
  requests: RequestTable,
  setup: ServingSetup,
  { slo, attain }: { readonly slo: ServiceLevel; readonly attain: number },
): LonePoint {
  const rows = spreadRows(requests.count)
  const ttft: number[] = []
  const tpot: number[] = []
  let kept = 0
  for (let from = 0; from < rows.length; from += CHUNK) {
    const part = rows.slice(from, from + CHUNK)
    const prompt = Int32Array.from(part, (row) => requests.prompt[row] ?? 0)
    const output = Int32Array.from(part, (row) => requests.output[row] ?? 0)
    const loop = { clients: 1, rounds: part.length, thinkTicks: 0, prompt, output }
    const run = servedAlone(loop, setup)
    kept += attainment(run, slo) * run.count
    ttft.push(...latencies(run, 'ttft'))
    tpot.push(...latencies(run, 'tpot'))
  }
  const at = (values: readonly number[]): Seconds | Unknown => quantileOf(Float64Array.from(values).sort(), attain)
  return { attainment: rows.length === 0 ? 1 : Math.round(kept) / rows.length, ttft: at(ttft), tpot: at(tpot) }
}

// One request at a time needs one replica of each pool.
function servedAlone(loop: ClientLoop, { fleet, isSingle }: ServingSetup): SimulationRun {
  if (isSingle) return simulateClosedLoop(loop, fleet.timer, fleet.settings)
  const { decode } = fleet
  const one = { ...fleet, replicas: 1, ...(decode === undefined ? {} : { decode: { ...decode, replicas: 1 } }) }
  return simulateFleet({ kind: 'clients', loop }, one)
}

function spreadRows(count: number): number[] {
  const used = Math.min(count, MOST_LONE)
  return Array.from({ length: used }, (_, i) => Math.floor((i * count) / used))
}
