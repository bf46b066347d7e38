/**
 * Clients + a step timer → TTFT, TPOT and throughput. Knows no kernel, chip or money: it is handed a function that
 * times a pass.
 */
export { type ClosedLoop, type ServingResult, type StepTimer, promptResponse, serveClosedLoop } from './closed-loop.ts'
export { type DisaggregatedLoop, serveDisaggregated } from './disaggregated.ts'
export { startBurstTtft } from './burst.ts'
