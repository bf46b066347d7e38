import { runEngine } from './engine-loop.ts'
import { type EngineSettings, checkSettings } from './engine-settings.ts'
import { Engine } from './engine.ts'
import type { Observer } from './observer.ts'
import { type RequestTable, admissible, checkTable } from './request-table.ts'
import { REJECTED, type SimulationRun, runOf } from './simulation-run.ts'
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
  checkSettings(settings)
  checkTimer(timer)
  checkTable(requests)
  const { rows, order, longestOutput } = admissible(requests, settings)
  const engine = new Engine(rows, { timer, settings, longestOutput, source: null })
  engine.nextArrival = rows.arrival[0] ?? Infinity
  runEngine(engine, observer)
  const { count, arrival, prompt, output } = requests
  const status = new Uint8Array(count)
  if (order !== null) status.fill(REJECTED)
  return runOf(engine, { count, arrival, prompt, output }, order, status)
}
