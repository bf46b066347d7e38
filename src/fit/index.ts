/**
 * A model → what it takes to hold and serve it on each machine: chips, racks, watts, users, speed, money, what limits and what is
 * left over. Lays nothing out by itself: memory and layout are those of `predict`, and so is every speed.
 */
export { DEFAULT_CONTEXT, fitModel, fitScenario } from './fit-machine.ts'
export type {
  BeyondFit,
  FitQuestion,
  Fits,
  HeldFit,
  HoldLimit,
  MachineFit,
  Remedy,
  ScalingLimit,
  UntimedFit,
} from './types.ts'
