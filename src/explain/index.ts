/**
 * A scenario → why it is as fast as it is: roofline, waterfall, distance from the speed of light, levers. Takes the same passes
 * apart that `predict` times; a lever is a prediction with one input changed. Must not know: money, pictures.
 */
export { explainLevers, explainScenario, explainStep } from './explain.ts'
export type { Cause, Explained, ExplainedStep, Lever, OperatorRow, Roofs, Stretch } from './types.ts'
