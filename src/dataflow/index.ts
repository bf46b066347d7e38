/**
 * Machines whose weights reside on the chip: Groq, Cerebras, d-Matrix, Graphcore, and SambaNova's HBM-fed dataflow.
 * In: a ModelArch, a Chip and the machine's fitted constants. Out: where every byte lies and what a token costs in
 * time, part by part. Must not know: requests and queues, money, watts, claims.
 */
export {
  type Constant,
  type DraftingPractice,
  DATAFLOW_MACHINES,
  type MachineConstants,
  type SoftwareConstants,
  type Tier as EvidenceTier,
  machineConstants,
} from './machine.ts'
export { cacheBytesPerUser, cacheFormat } from './cache.ts'
export { matrixPeak } from './rate.ts'
export { type Tier as MemoryStore, storeTiers } from './tier.ts'
export { HEAD_PHASES, type LayerWork, type ModelWork, layerFlops, modelWork } from './work.ts'
export { machineFor } from './relative.ts'
export { type Placement, type PlacementOptions, fewestMachines, placement, servedPrecision } from './placement.ts'
export {
  type DataflowStep,
  type DecodeOptions,
  type Speculation,
  type StepParts,
  decodeTime,
  tokensPerPass,
} from './decode.ts'
export { type DataflowPrefill, prefillTime } from './prefill.ts'
export { type ServeOptions, type ServeResult, serveOn } from './serve.ts'
export { typicalSpeculation } from './drafting.ts'
export { type Deployment, type DeploymentSpeed, deploymentSpeed } from './deployment.ts'
export { type MicroBatch, type PassParts, type RoutedWork, headTime, layerTime, passTime } from './pass.ts'
export { placeRates } from './rate.ts'
export { type PassHops, type StagePass, passHops, passStages } from './stage.ts'
