/**
 * Operators and collectives of one chip + times per kernel + engine overhead → one forward pass, with its breakdown.
 * Knows no arrivals, no queues, no money.
 */
export {
  type Engine,
  type EngineProfile,
  ENGINES,
  engineProfile,
  inProcess,
  isEngine,
  stepTokenBudget,
} from './engine.ts'
export {
  type Bound,
  type PassTimer,
  type StepBreakdown,
  type StepPart,
  type StepSetting,
  attentionTime,
  launchTime,
  passBreakdown,
  passTime,
  passTimer,
  sharedTime,
  tokenTime,
} from './pass-time.ts'
export { type Speculation, draftTime, tokensPerStep } from './speculation.ts'
export { type Overlap } from './two-batch.ts'
