/**
 * Training runs. In: a model (architecture or two counts), a chip, chips, tokens. Out: time, chip-hours, MFU, memory, energy
 * and cost with bands and the causes of the distance from the peak. Must not know: serving, prices' origin, claims.
 */
export { type Estimate } from './band.ts'
export {
  chinchillaLoss,
  denseLoss,
  denseTwin,
  LOSS_LAWS,
  type LossLaw,
  mixtureLoss,
  type MixtureShape,
} from './equal-loss.ts'
export { catalogTrainingChip, type Network, type TrainingChip, trainingChip, type TrainingPrecision } from './chip.ts'
export { TRAINING_CONSTANTS, TRAINING_RESIDUALS, type ResidualQuantiles, type TrainingConstants } from './constant.ts'
export {
  memoryPerChip,
  minimumChips,
  type Recompute,
  type TrainingBatch,
  type TrainingMapping,
  type TrainingMemory,
  type TrainingPlan,
} from './mapping.ts'
export { predictTraining, type TrainingInput, type TrainingPrediction } from './predict-training.ts'
export { type DenseRival, denseRivals } from './rival.ts'
export { findRecipe, recipeFor, recipeInput, trainingRecipes, type TrainingRecipe } from './recipe.ts'
export { type Reliability, type ReliabilityInput, reliability } from './reliability.ts'
export { predictTrainingRow, runModelNames, type TrainingRow } from './row.ts'
export { SCHEDULES, type PipelineSchedule } from './schedule.ts'
export { type TrainingTime } from './step.ts'
export { type Tuning } from './tuning.ts'
export { archWork, type DeclaredModel, declaredWork, trainingFlopsPerToken, type TrainingWork } from './work.ts'
