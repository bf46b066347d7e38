/**
 * Clients + a step timer → TTFT, TPOT and throughput, in closed form or exactly by simulation. Knows no kernel, chip or
 * money: it is handed a function or a table that times a pass.
 */
export { type ClosedLoop, type ServingResult, type StepTimer, promptResponse, serveClosedLoop } from './closed-loop.ts'
export { type DisaggregatedLoop, serveDisaggregated } from './disaggregated.ts'
export { startBurstTtft } from './burst.ts'
export { simulate } from './simulate.ts'
export { type ClientLoop, simulateClosedLoop } from './simulate-closed-loop.ts'
export { type EngineSettings, POLICIES, type Policy } from './engine-settings.ts'
export type { RequestTable } from './request-table.ts'
export { FINISHED, REJECTED, STRANDED, type SimulationRun, UNSENT } from './simulation-run.ts'
export {
  type Distribution,
  type LittleIdentity,
  type ServiceLevel,
  type SimulationSummary,
  summary,
} from './summary.ts'
export { LAST_TICK, TICKS_PER_SECOND, type TickTimer } from './tick.ts'
