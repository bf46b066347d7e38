import type { SessionTable } from '../arrival/arrival-session.ts'
import type { FleetLoad } from './fleet.ts'
import { type RequestTable, checkTable } from '../engine/request-table.ts'
import { type ClientLoop, checkLoop } from '../engine/simulate-closed-loop.ts'
import { sessionStarts } from './session-load.ts'
import type { PrefixBlocks } from '../trace/trace-table.ts'

/** Requests as a fleet takes them: from one source in order of arrival, or from clients or sessions. */
export interface FleetInput {
  readonly count: number
  readonly prompt: Int32Array | Float64Array
  readonly output: Int32Array | Float64Array
  readonly longestOutput: number
  readonly prefix: PrefixBlocks | undefined
  readonly isClosed: boolean
  /** Requests come with the cache of their prompt and their first token. */
  readonly isReady: boolean
  readonly sources: number
  /** Tick of the source's next request after one that was answered (clients, sessions) or sent at `tick`; Infinity: it has no more. */
  readonly nextTick: (source: number, tick: number) => number
  /** The source's next request, which is taken. */
  readonly take: (source: number) => number
  readonly sourceOf: (row: number) => number
}

/** Throws PincerError `invalid_value` for a table or loop that is out of range. */
export function fleetInput(load: FleetLoad): FleetInput {
  if (load.kind === 'sessions') return sessionInput(load.sessions, load.prefix)
  return load.kind === 'clients' ? clientInput(load.loop) : tableInput(load.table)
}

function tableInput(table: RequestTable): FleetInput {
  checkTable(table)
  const { count, arrival, prompt, output, prefix } = table
  const order = Int32Array.from({ length: count }, (_, row) => row)
  if (!isSorted(arrival, count)) order.sort((a, b) => (arrival[a] ?? 0) - (arrival[b] ?? 0) || a - b)
  let at = 0
  return {
    ...columns({ prompt, output, prefix }, count),
    isClosed: false,
    isReady: table.ready === true,
    sources: 1,
    nextTick: () => (at < count ? (arrival[order[at] ?? 0] ?? 0) : Infinity),
    take: () => order[at++] ?? 0,
    sourceOf: () => 0,
  }
}

function clientInput(loop: ClientLoop): FleetInput {
  const count = checkLoop(loop)
  const { clients, rounds, thinkTicks, start, prompt, output, prefix } = loop
  const sent = new Int32Array(clients)
  return {
    ...columns({ prompt, output, prefix }, count),
    isClosed: true,
    isReady: false,
    sources: clients,
    nextTick: (client, tick) => {
      const done = sent[client] ?? 0
      if (done === 0) return start?.[client] ?? 0
      return done < rounds ? tick + thinkTicks : Infinity
    },
    take: (client) => {
      const round = sent[client] ?? 0
      sent[client] = round + 1
      return client * rounds + round
    },
    sourceOf: (row) => Math.floor(row / rounds),
  }
}

function sessionInput(sessions: SessionTable, prefix: PrefixBlocks | undefined): FleetInput {
  const starts = sessionStarts(sessions)
  const { release, prompt, output } = sessions
  const count = sessions.turn.length
  const next = starts.slice(0, -1)
  const sessionOf = new Int32Array(count)
  for (let source = 0; source < next.length; source++) sessionOf.fill(source, starts[source], starts[source + 1])
  return {
    ...columns({ prompt, output, prefix }, count),
    isClosed: true,
    isReady: false,
    sources: next.length,
    nextTick: (source, tick) => {
      const row = next[source] ?? 0
      if (row === starts[source + 1]) return Infinity
      return (row === starts[source] ? 0 : tick) + (release[row] ?? 0)
    },
    take: (source) => {
      const row = next[source] ?? 0
      next[source] = row + 1
      return row
    },
    sourceOf: (row) => sessionOf[row] ?? 0,
  }
}

function columns(
  given: Pick<FleetInput, 'prompt' | 'output' | 'prefix'>,
  count: number,
): Pick<FleetInput, 'count' | 'prompt' | 'output' | 'longestOutput' | 'prefix'> {
  return { ...given, count, longestOutput: longest(given.output, count) }
}

function isSorted(arrival: Float64Array, count: number): boolean {
  for (let row = 1; row < count; row++) if ((arrival[row] ?? 0) < (arrival[row - 1] ?? 0)) return false
  return true
}

function longest(column: Int32Array | Float64Array, count: number): number {
  let most = 0
  for (let row = 0; row < count; row++) if ((column[row] ?? 0) > most) most = column[row] ?? 0
  return most
}
