/**
 * Clients + a step timer → TTFT, TPOT and throughput, in closed form or exactly by simulation. Knows no kernel, chip or
 * money: it is handed a function or a table that times a pass.
 */
export { type ClosedLoop, type ServingResult, type StepTimer, promptResponse, serveClosedLoop } from './closed-loop.ts'
export { type DisaggregatedLoop, serveDisaggregated } from './disaggregated.ts'
export { simulate } from './simulate.ts'
export { type ClientLoop, simulateClosedLoop } from './simulate-closed-loop.ts'
export { type EngineSettings, POLICIES, type Policy, type Speculation } from './engine-settings.ts'
export { simulateFleet } from './simulate-fleet.ts'
export type { Fleet, FleetLoad, FleetRun, Pool, Transfer } from './fleet.ts'
export { type FleetSize, type ReplicaFigures, fleetSize, poolSize, replicaFigures } from './fleet-figure.ts'
export type { ReplicaTotals } from './replica.ts'
export { ROUTERS, type RouterKind } from './router.ts'
export { type OfferedLoad, offeredLoad, offeredRate, saturatedRate } from './saturation.ts'
export type { Observer } from './observer.ts'
export { FleetObserver, type Observed, type PoolTimeline, RunObserver } from './run-observer.ts'
export { TIMELINE_SERIES, type Timeline, type TimelineName } from './timeline.ts'
export type { RequestTable } from './request-table.ts'
export { FINISHED, REJECTED, type SimulationRun } from './simulation-run.ts'
export {
  type Distribution,
  type LittleIdentity,
  type ServiceLevel,
  type SimulationSummary,
  attainment,
  summary,
} from './summary.ts'
export { type LatencyName, latencies, quantileOf } from './latency.ts'
export { LAST_TICK, TICKS_PER_SECOND, type TickTimer } from './tick.ts'
export { type RandomStream, rng } from './random.ts'
export type { ArrivalProcess } from './arrival-process.ts'
export type { RatePoint } from './arrival-curve.ts'
export { arrivalTicks, meanRate } from './arrival.ts'
export { parseArrivalProcess } from './arrival-parse.ts'
export { type DrawnWorkload, drawRequests, timedTable } from './arrival-table.ts'
export {
  AGENT_SESSIONS,
  type SessionTable,
  type SessionWorkload,
  drawSessions,
  sessionBlocks,
  unrolledSessions,
} from './arrival-session.ts'
export { sessionPrefix } from './session-load.ts'
export type { LengthDistribution } from './length-distribution.ts'
export { drawLengths, inferencexLengths, lengthSource, meanLength } from './length.ts'
export { parseLengthDistribution } from './length-parse.ts'
export {
  LONGEST_LINE,
  type RowCount,
  type Trace,
  type TraceOptions,
  type TraceReport,
  TraceReader,
  parseTrace,
} from './trace.ts'
export type { PrefixBlocks, TraceTable } from './trace-table.ts'
export type { TraceFormat } from './trace-layout.ts'
export type { TimeUnit } from './trace-row.ts'
export { type ServegenWorkload, servegenWorkload } from './trace-servegen.ts'
