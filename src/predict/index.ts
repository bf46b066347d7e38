/**
 * Scenario → Prediction: the only room that composes the others. Command line, web and service all call `predict`, so that
 * one question has one answer.
 */
export { type Adjustment, type HostFactors, adjustedKernel } from './adjustment.ts'
export { MEASURED_CHIPS, type Spread } from './band.ts'
export { type DeploymentQuestion, type DeploymentRow, deploymentQuestion } from './deployment-row.ts'
export {
  MOST_STAGES,
  type MappingSetting,
  defaultMapping,
  holdsModel,
  mappingForChips,
  replicaMappings,
} from './default-mapping.ts'
export { type Calibration, fitted } from './calibration.ts'
export { type MemoryRoom, memoryRoom } from './memory.ts'
export type { Timing } from './timing.ts'
export { timeOnGpu } from './gpu.ts'
export { type ChipCost, chipCost } from './chip-cost.ts'
export { chipHour, usedAt } from './money.ts'
export { predict, predictScenario } from './predict.ts'
export { type LoadPrediction, type PreparedScenario, prepareScenario } from './prepare.ts'
export { timeOnSram } from './sram.ts'
export { serveMost, serveOptions } from './sram-placement.ts'
export { parseScenario } from './scenario.ts'
export type { Band, Evidence, MemoryMap, Pool, PredictedBand, Prediction, Scenario, Workload } from './types.ts'
export {
  type ClientsLoad,
  DEFAULT_REQUESTS,
  MOST_REQUESTS,
  type OpenLoad,
  arrivalsLoad,
  clientsLoad,
  traceLoad,
} from './drawn-load.ts'
export type { FleetOptions, HostTier } from './fleet-plan.ts'
export type { RunBill } from './run-bill.ts'
export { type ServedRun, betweenPools, runDocument, runRemarks } from './run-document.ts'
export {
  type ServingSetup,
  type SimulatedScenario,
  type SimulationOptions,
  servingSetup,
  simulateClients,
  simulateRequests,
  simulateSessions,
} from './simulate-scenario.ts'
export { tickTimer } from './tick-timer.ts'
export {
  type ApiComparison,
  type Footprint,
  type TaskBill,
  type TokenBill,
  apiComparison,
  taskBills,
  tokenBill,
} from './token-bill.ts'
export { HARNESS, WORKLOADS, meanLength } from './workload.ts'
export { type ReinforceInput, type ReinforcePrediction, reinforce } from './reinforce.ts'
