/**
 * Clients + a step timer → TTFT, TPOT and throughput, in closed form or exactly by simulation. Knows no kernel, chip or
 * money: it is handed a function or a table that times a pass.
 */
export {
  type ClosedLoop,
  type ServingResult,
  type StepTimer,
  promptResponse,
  serveClosedLoop,
} from './steady/closed-loop.ts'
export { type DisaggregatedLoop, serveDisaggregated } from './steady/disaggregated.ts'
export { simulate } from './engine/simulate.ts'
export { type ClientLoop, simulateClosedLoop } from './engine/simulate-closed-loop.ts'
export { type EngineSettings, POLICIES, type Policy, type Speculation } from './engine/engine-settings.ts'
export { simulateFleet } from './fleet/simulate-fleet.ts'
export type { Fleet, FleetLoad, FleetRun, Pool, Transfer } from './fleet/fleet.ts'
export { type FleetSize, type ReplicaFigures, fleetSize, poolSize, replicaFigures } from './fleet/fleet-figure.ts'
export type { ReplicaTotals } from './fleet/replica.ts'
export { ROUTERS, type RouterKind } from './fleet/router.ts'
export { type OfferedLoad, offeredLoad, offeredRate, saturatedRate } from './fleet/saturation.ts'
export type { Observer } from './engine/observer.ts'
export { FleetObserver, type Observed, type PoolTimeline, RunObserver } from './result/run-observer.ts'
export { TIMELINE_SERIES, type Timeline, type TimelineName } from './result/timeline.ts'
export type { RequestTable } from './engine/request-table.ts'
export { FINISHED, REJECTED, type SimulationRun } from './engine/simulation-run.ts'
export {
  type Distribution,
  type LittleIdentity,
  type ServiceLevel,
  type SimulationSummary,
  attainment,
  summary,
} from './result/summary.ts'
export { type LatencyName, latencies, quantileOf } from './result/latency.ts'
export { LAST_TICK, TICKS_PER_SECOND, type TickTimer } from './engine/tick.ts'
export { type RandomStream, rng } from './arrival/random.ts'
export type { ArrivalProcess } from './arrival/arrival-process.ts'
export type { RatePoint } from './arrival/arrival-curve.ts'
export { arrivalTicks, meanRate } from './arrival/arrival.ts'
export { parseArrivalProcess } from './arrival/arrival-parse.ts'
export { type DrawnWorkload, drawRequests, timedTable } from './arrival/arrival-table.ts'
export {
  AGENT_SESSIONS,
  type SessionTable,
  type SessionWorkload,
  drawSessions,
  sessionBlocks,
  unrolledSessions,
} from './arrival/arrival-session.ts'
export { sessionPrefix } from './fleet/session-load.ts'
export type { LengthDistribution } from './arrival/length-distribution.ts'
export { lengthsOfMean } from './arrival/length-entropy.ts'
export { drawLengths, inferencexLengths, lengthSource, meanLength } from './arrival/length.ts'
export { parseLengthDistribution } from './arrival/length-parse.ts'
export {
  LONGEST_LINE,
  type RowCount,
  type Trace,
  type TraceOptions,
  type TraceReport,
  TraceReader,
  parseTrace,
} from './trace/trace.ts'
export type { PrefixBlocks, TraceTable } from './trace/trace-table.ts'
export type { TraceFormat } from './trace/trace-layout.ts'
export type { TimeUnit } from './trace/trace-row.ts'
export { type ServegenWorkload, servegenWorkload } from './trace/trace-servegen.ts'
