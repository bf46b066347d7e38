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
/** So near to the rest a stretch is the rest. */
const NEAR = 1e-3

/** What layers of SRAM machines do not have in them: the links from one stage to the next. */
export const BETWEEN_STAGES = 'between stages'

/** The operators of a step, and what is left of it: together exactly the step. */
export function barsOf({ step, shape }: Pick<DeploymentAnswer, 'step' | 'shape'>): Bar[] {
  const { operators, stepSeconds, waterfall } = step
  const bars = operators.map(({ name, count, seconds, bound }, place) => ({ name, count, seconds, bound, place }))
  const rest = stepSeconds - bars.reduce((sum, { seconds }) => sum + seconds, 0)
  if (Math.abs(rest) <= ROUNDING * stepSeconds) return bars
  const others = waterfall.filter(({ cause }) => cause === 'queue' || cause === 'drafts')
  const [whole] = others.filter(({ seconds }) => Math.abs(seconds - rest) <= NEAR * Math.abs(rest))
  const isBetween = whole === undefined && shape.kind === 'sram'
  const name = whole?.name ?? (isBetween ? BETWEEN_STAGES : others.map((other) => other.name).join(' + '))
  return [...bars, { name, count: 1, seconds: rest, bound: isBetween ? 'network' : 'queue' }]
}
