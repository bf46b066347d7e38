import { runEngine } from './engine-loop.ts'
import { type EngineSettings, checkLoneEngine } from './engine-settings.ts'
import { Engine } from './engine.ts'
import type { Observer } from './observer.ts'
import { type RequestTable, admissible, checkTable } from './request-table.ts'
import { PrefixCache } from '../prefix/prefix-cache.ts'
import { prefixTable } from '../prefix/prefix-table.ts'
import { type SimulationRun, runOf } from './simulation-run.ts'
import { type TickTimer, checkTimer } from './tick.ts'

/**
 * One replica serving `requests` under a scheduler, exact to the tick. Costs time per step with prompts, per run of
 * decoding steps and per request, not per token. Throws PincerError for input out of range.
 */
export function simulate(
  requests: RequestTable,
  timer: TickTimer,
  settings: EngineSettings,
  observer?: Observer,
): SimulationRun {
  checkLoneEngine(settings)
  checkTimer(timer)
  checkTable(requests)
  const isReady = requests.ready === true
  // Caches that come from elsewhere are shared with nobody.
  const table = isReady ? null : prefixTable(requests.prefix, requests.count, settings)
  const { rows, order, longestOutput } = admissible(requests, settings)
  const engine = new Engine(rows, {
    timer,
    settings,
    longestOutput,
    source: null,
    prefix: table === null ? null : new PrefixCache(table, settings),
    rowOf: order,
    isReady,
  })
  engine.nextArrival = rows.arrival[0] ?? Infinity
  runEngine(engine, observer)
  const { count, arrival, prompt, output } = requests
  return runOf(engine, { count, arrival, prompt, output }, order)
}
