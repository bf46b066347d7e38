import { type ClientHeap, clientHeap, firstTick, popClient, pushClient } from './client-heap.ts'
import { runEngine } from './engine-loop.ts'
import { type EngineSettings, MOST_COUNT, checkLoneEngine } from './engine-settings.ts'
import type { ArrivalSource } from './engine-rules.ts'
import { Engine, WAITING } from './engine.ts'
import { addProduct } from './exact-sum.ts'
import { PrefixCache } from '../prefix/prefix-cache.ts'
import { prefixTable } from '../prefix/prefix-table.ts'
import type { Observer } from './observer.ts'
import { checkTokens, emptyRows, isServable } from './request-table.ts'
import { type SimulationRun, runOf } from './simulation-run.ts'
import { type TickTimer, checkTimer, invalid, isWhole } from './tick.ts'
import type { PrefixBlocks } from '../trace/trace-table.ts'

/** Clients that each send their next request when the last one has ended and they have thought. */
export interface ClientLoop {
  readonly clients: number
  /** Requests that each client sends. */
  readonly rounds: number
  /** Whole ticks between the end of a request and the client's next. */
  readonly thinkTicks: number
  /** Tick of each client's first request; 0 for all when absent. */
  readonly start?: Float64Array
  /** Tokens by request: row client·rounds + round, drawn beforehand, so that no result depends on the order of events. */
  readonly prompt: Int32Array
  readonly output: Int32Array
  /** Which of the requests begin with the same tokens. */
  readonly prefix?: PrefixBlocks
}

/** State of the clients: who sends when, and which request each engine row is. */
interface Clients {
  readonly loop: ClientLoop
  readonly settings: EngineSettings
  readonly heap: ClientHeap
  readonly sent: Int32Array
  readonly arrival: Float64Array
  readonly order: Int32Array
}

/**
 * One replica serving clients that wait for their answers; rows of the run are client·rounds + round. A request that the
 * cache can never hold is rejected as it arrives, and its client goes on to the next. Throws PincerError for input out of
 * range.
 */
export function simulateClosedLoop(
  loop: ClientLoop,
  timer: TickTimer,
  settings: EngineSettings,
  observer?: Observer,
): SimulationRun {
  checkLoneEngine(settings)
  checkTimer(timer)
  const count = checkLoop(loop)
  const clients: Clients = {
    loop,
    settings,
    heap: clientHeap(loop.clients),
    sent: new Int32Array(loop.clients),
    arrival: new Float64Array(count).fill(Number.NaN),
    order: new Int32Array(count),
  }
  const rows = emptyRows(new Float64Array(count), new Int32Array(count), new Int32Array(count))
  const longestOutput = loop.output.reduce((longest, tokens) => Math.max(longest, tokens), 0)
  const table = prefixTable(loop.prefix, count, settings)
  const engine = new Engine(rows, {
    timer,
    settings,
    longestOutput,
    source: sourceOf(clients),
    prefix: table === null ? null : new PrefixCache(table, settings),
    rowOf: clients.order,
  })
  for (let client = 0; client < loop.clients; client++) pushClient(clients.heap, client, loop.start?.[client] ?? 0)
  engine.nextArrival = firstTick(clients.heap)
  runEngine(engine, observer)
  const { prompt, output } = loop
  return runOf(engine, { count, arrival: clients.arrival, prompt, output }, clients.order)
}

function sourceOf(clients: Clients): ArrivalSource {
  return {
    receive: (engine) => {
      while (firstTick(clients.heap) <= engine.clock) receiveFirst(clients, engine)
      engine.nextArrival = firstTick(clients.heap)
    },
    ended: (engine, id, tick) => {
      think(clients, Math.floor((clients.order[id] ?? 0) / clients.loop.rounds), tick)
      engine.nextArrival = firstTick(clients.heap)
    },
  }
}

function receiveFirst(clients: Clients, engine: Engine): void {
  const { loop, settings, heap, sent } = clients
  const tick = firstTick(heap)
  const client = popClient(heap)
  const row = client * loop.rounds + (sent[client] ?? 0)
  sent[client] = (sent[client] ?? 0) + 1
  clients.arrival[row] = tick
  const prompt = loop.prompt[row] ?? 0
  const output = loop.output[row] ?? 0
  if (!isServable(prompt, output, settings)) {
    think(clients, client, tick)
    return
  }
  const id = engine.known
  clients.order[id] = row
  engine.arrival[id] = tick
  engine.prompt[id] = prompt
  engine.output[id] = output
  engine.known = id + 1
  addProduct(engine.sums, WAITING, 1, engine.clock - tick)
}

// The client has its answer (or refusal) and sends again after thinking, if it has requests left.
function think(clients: Clients, client: number, tick: number): void {
  if ((clients.sent[client] ?? 0) < clients.loop.rounds)
    pushClient(clients.heap, client, tick + clients.loop.thinkTicks)
}

/** Requests in all. Throws PincerError `invalid_value` for a loop out of range. */
export function checkLoop(loop: ClientLoop): number {
  const { clients, rounds, thinkTicks, start, prompt, output } = loop
  const count = clients * rounds
  for (const [field, value] of Object.entries({ clients, rounds })) {
    if (!(Number.isInteger(value) && value >= 1)) throw invalid(['loop', field], `is ${value}`, 'give 1 or more')
  }
  if (count > MOST_COUNT) throw invalid(['loop', 'rounds'], `make ${count} requests`, `give at most ${MOST_COUNT}`)
  checkTick(['loop', 'thinkTicks'], thinkTicks)
  for (const [field, column] of Object.entries({ prompt, output })) {
    if (column.length < count) {
      throw invalid(['loop', field], `has ${column.length} rows of ${count}`, 'give a length for every request')
    }
    for (let row = 0; row < count; row++) checkTokens(field, row, column[row] ?? 0)
  }
  if (start !== undefined) {
    for (let client = 0; client < clients; client++) {
      checkTick(['loop', 'start', client], start[client] ?? Number.NaN)
    }
  }
  return count
}

function checkTick(path: readonly (string | number)[], tick: number): void {
  if (isWhole(tick)) return
  throw invalid(path, `is ${tick}`, 'give whole ticks (1/32 ns) from 0')
}
