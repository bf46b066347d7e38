/** Public API of Pincer, grouped like the documentation. Shells import from here only. */

// Ask: one question, one answer
export {
  type Band,
  type DeploymentQuestion,
  type DeploymentRow,
  type Evidence,
  HARNESS,
  type MemoryMap,
  type Pool,
  type Prediction,
  type Scenario,
  WORKLOADS,
  type Workload,
  chipHour,
  deploymentQuestion,
  meanLength,
  parseScenario,
  predict,
  predictScenario,
} from './predict/index.ts'
export {
  type Cell,
  type CompareOptions,
  type Comparison,
  DEFAULT_CHIPS,
  DEFAULT_MODELS,
  type HighestLoad,
  type LoadLimit,
  type LoadPoint,
  type LoadQuestion,
  type LonePoint,
  type OperatingPoint,
  type OperatingPoints,
  type Relative,
  type TrainingOutcome,
  compare,
  highestClients,
  highestRate,
  operatingPoints,
} from './search/index.ts'

export {
  type Assertion,
  type Claim,
  type ClaimTest,
  type Condition,
  type Outcome,
  type Verdict,
  type VerdictOptions,
  claims,
  outcomeOf,
  parseClaims,
  verdicts,
} from './claims/index.ts'

// Training
export {
  type Estimate,
  type TrainingInput,
  type TrainingPrediction,
  type TrainingRow,
  type TrainingTime,
  predictTraining,
  predictTrainingRow,
} from './training/index.ts'

// Catalog: chips, models, prices and where their numbers come from
export {
  type Basis,
  type Chip,
  type Figure,
  type Known,
  type MemoryTier,
  type ModelEntry,
  type Price,
  type Source,
  type Unknown,
  chipIds,
  chips,
  findChip,
  findModelEntry,
  findPrice,
  findSource,
  isKnown,
  modelEntries,
  parseChip,
  parsePrices,
  prices,
  sources,
  storeOf,
  valueOf,
} from './catalog/index.ts'

// Models: from a Hugging Face config to operators
export {
  type ModelArch,
  type Operator,
  type ParamCounts,
  type Pass,
  type WeightFormats,
  checkpointBytes,
  declaredArch,
  decodePass,
  distinctExperts,
  findModel,
  flopsPerToken,
  formatsFor,
  kvBreakdown,
  kvBytes,
  kvBytesPerToken,
  modelArch,
  paramCounts,
  parseConfig,
  parseConfigText,
  passOperators,
  prefillPass,
  stateBytes,
  supportedFamilies,
  totalLayers,
  weightBytes,
} from './model/index.ts'
export { type Mapping, chipWork, chipsOf, parseMapping, residentBytes } from './parallel/index.ts'

// Machines: times of operators, steps and whole pipelines
export {
  type KernelConstants,
  type Machine,
  collectiveLightTime,
  collectiveTime,
  kernelConstants,
  lightTime,
  machineOf,
  operatorTime,
} from './kernel/index.ts'
export {
  DATAFLOW_MACHINES,
  type Deployment,
  type DeploymentSpeed,
  type Placement,
  decodeTime,
  deploymentSpeed,
  fewestMachines,
  machineConstants,
  placement,
  prefillTime,
  serveOn,
} from './dataflow/index.ts'
export {
  type Engine,
  ENGINES,
  type Speculation,
  type StepBreakdown,
  type StepPart,
  engineProfile,
  passBreakdown,
  passTime,
  stepTokenBudget,
  tokensPerStep,
} from './step/index.ts'
export { type ServingResult, type StepTimer, serveClosedLoop, serveDisaggregated } from './serving/index.ts'

// Serving, request by request
export {
  type ArrivalProcess,
  type ClientLoop,
  type Distribution,
  type EngineSettings,
  FINISHED,
  type LatencyName,
  type LengthDistribution,
  type Observed,
  type Observer,
  type OfferedLoad,
  POLICIES,
  type Policy,
  REJECTED,
  type RequestTable,
  RunObserver,
  type ServiceLevel,
  type SimulationRun,
  type SimulationSummary,
  TICKS_PER_SECOND,
  TIMELINE_SERIES,
  type TickTimer,
  type Timeline,
  type TimelineName,
  type Trace,
  type TraceOptions,
  TraceReader,
  type TraceReport,
  type TraceTable,
  attainment,
  drawLengths,
  drawRequests,
  inferencexLengths,
  latencies,
  meanRate,
  offeredLoad,
  offeredRate,
  parseArrivalProcess,
  quantileOf,
  rng,
  saturatedRate,
  simulate,
  simulateClosedLoop,
  summary,
  timedTable,
} from './serving/index.ts'
export {
  type RunBill,
  type ServingSetup,
  type SimulatedScenario,
  type SimulationOptions,
  servingSetup,
  simulateClients,
  simulateRequests,
  tickTimer,
} from './predict/index.ts'

// Pictures
export { type DrawnRun, figureSvg, simulationFigure } from './chart/index.ts'

// Energy and money
export { type EnergyUse, energyUse } from './energy/index.ts'
export {
  type ChipHourCost,
  type ChipHourInput,
  breakEvenUtilisation,
  chipHourCost,
  costMargin,
  costPerMtok,
  defaultChipHour,
  fleetCost,
  joulesPerToken,
  tokenCost,
  tokenRevenue,
} from './economics/index.ts'

// Quantities and errors
export {
  FORMATS,
  type Format,
  bytesPerWeight,
  formatBytes,
  formatCount,
  formatPercent,
  formatSeconds,
  formatSi,
  formatUsd,
} from './units/index.ts'
export { type Issue, type IssueCode, PincerError, nearest } from './issue/index.ts'
