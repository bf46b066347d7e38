import type { DeploymentAnswer } from '../../engine/method/deployment.ts'

/** An operator of a step, or what else a step takes. */
export interface Bar {
  readonly name: string
  readonly count: number
  readonly seconds: number
  /** What bounds it: a bound of the engine, or `queue`. */
  readonly bound: string
  /** Place among the operators; undefined for what is none. */
  readonly place?: number
}

/** Below this share of a step a rest is rounding. */
const ROUNDING = 1e-9

/** The operators of a step, and what is left of it: together exactly the step. */
export function barsOf({ step }: DeploymentAnswer): Bar[] {
  const { operators, stepSeconds, waterfall } = step
  const bars = operators.map(({ name, count, seconds, bound }, place) => ({ name, count, seconds, bound, place }))
  const rest = stepSeconds - bars.reduce((sum, { seconds }) => sum + seconds, 0)
  if (Math.abs(rest) <= ROUNDING * stepSeconds) return bars
  // What the engine calls the rest of a step that its operators do not make.
  const [stretch] = waterfall
    .filter(({ cause }) => cause === 'queue' || cause === 'drafts' || cause === 'links')
    .toSorted((a, b) => Math.abs(b.seconds) - Math.abs(a.seconds))
  const isOne = stretch !== undefined && Math.abs(stretch.seconds - rest) < 0.01 * Math.abs(rest)
  return [...bars, { name: isOne ? stretch.name : '', count: 1, seconds: rest, bound: 'queue' }]
}
