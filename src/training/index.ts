/**
 * Training runs. In: a model (architecture or two counts), a chip, chips, tokens. Out: time, chip-hours, MFU, memory, energy
 * and cost with bands and the causes of the distance from the peak. Must not know: serving, prices' origin, claims.
 */
export { type Estimate } from './band.ts'
export { catalogTrainingChip, type Network, type TrainingChip, trainingChip, type TrainingPrecision } from './chip.ts'
export { TRAINING_CONSTANTS, TRAINING_RESIDUALS, type ResidualQuantiles, type TrainingConstants } from './constant.ts'
export {
  memoryPerChip,
  minimumChips,
  type Recompute,
  type TrainingBatch,
  type TrainingMapping,
  type TrainingMemory,
} from './mapping.ts'
export { predictTraining, type TrainingInput, type TrainingPrediction } from './predict-training.ts'
export { predictTrainingRow, runModelNames, type TrainingRow } from './row.ts'
export { type TrainingTime } from './step.ts'
export { archWork, type DeclaredModel, declaredWork, trainingFlopsPerToken, type TrainingWork } from './work.ts'
