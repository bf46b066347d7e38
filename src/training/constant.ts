import fit from '../../catalog/fits/training.json' with { type: 'json' }

/**
 * The seven fitted numbers of the training model. Everything else is a datasheet figure, a published law or
 * counting. Fitted by `calibrate/fit-training.ts`; values and residuals live in `catalog/fits/training.json`.
 */
export interface TrainingConstants {
  /** Share of the dense BF16 peak that large matrix products sustain. */
  readonly gemm: number
  /** The same share for FP8, relative to BF16 (quantisation and finer accumulation included). */
  readonly fp8: number
  /** Expert width F at which an expert product reaches half the efficiency of a dense one: F / (F + this). */
  readonly expertWidth: number
  /** Bytes of elementwise traffic per layer, token and unit of width D, forward and backward together. */
  readonly elementwise: number
  /** Share of tensor- and data-parallel communication that is not hidden behind compute. */
  readonly exposed: number
  /** Time of expert all-to-all that shows, relative to a perfectly driven network. */
  readonly exposedExpert: number
  /** Time of a run lost beyond the steady state (restarts, evaluation, warm-up, annealing), relative to it. */
  readonly runLoss: number
}

/** Quantiles of |ln(predicted / reported)|, leave-one-out, per kind of result. */
export interface ResidualQuantiles {
  readonly q50: number
  readonly q80: number
  readonly q90: number
}

/** Constants in use unless a caller passes others. */
export const TRAINING_CONSTANTS: TrainingConstants = fit.constants

/** How far a run's chip-hours and a steady MFU lie from the model, leave-one-out. */
export const TRAINING_RESIDUALS: { readonly chipHours: ResidualQuantiles; readonly mfu: ResidualQuantiles } = fit.bands
