import { PincerError } from '../issue/index.ts'
import { inputName } from './input.ts'
import { effectiveSides } from './vary.ts'
import { type Per, Predictor, type Values, apiCost, deploymentCost, rateOf } from './evaluate.ts'
import type { Side } from './side.ts'

/** What two sides are compared by. Less is better, but for `throughput` and `speed`. */
export const METRICS = {
  cost: { unit: 'USD/Mtok', what: '$ per million tokens', isMore: false },
  tpot: { unit: 's', what: 'time per output token', isMore: false },
  ttft: { unit: 's', what: 'time to first token', isMore: false },
  throughput: { unit: 'tokens/s', what: 'output tokens per second and chip', isMore: true },
} as const
export type Metric = keyof typeof METRICS

/** Who is better at one place; `only a`: B cannot serve there. */
export type Winner = 'a' | 'b' | 'tie' | 'only a' | 'only b' | 'neither'

/** Both sides at one place. */
export interface DuelPoint {
  /** In the unit of the metric; undefined where the side does not fit its chips. */
  readonly a?: number
  readonly b?: number
  readonly winner: Winner
}

/** Closer than this, relative, is a tie: rounding. */
const TIE = 1e-12

/** A number set for both sides or one. */
export type Setting = Readonly<Record<string, number>>

/** Two sides that can be asked at any place. Every setting is predicted once. */
export class Duel {
  private readonly sides: readonly [Side, Side]
  private readonly metric: Metric
  private readonly per: Per
  private readonly predictors: readonly (Predictor | undefined)[]
  private readonly fixed: readonly [Values, Values]

  /** @throws PincerError for settings that are unknown, out of range or without effect */
  constructor(sides: readonly [Side, Side], metric: Metric, per: Per, settings: Setting) {
    this.sides = sides
    this.metric = metric
    this.per = per
    this.predictors = sides.map((side) => (side.kind === 'api' ? undefined : new Predictor(side)))
    this.fixed = [{}, {}]
    for (const [text, value] of Object.entries(settings)) {
      const name = inputName(text, ['set', text])
      checkValue(value, name.rule, ['set', text])
      for (const side of effectiveSides(sides, name, ['set', text])) this.fixed[side][name.rule.name] = value
    }
    for (const [i, side] of sides.entries()) {
      if (metric === 'cost' || side.kind !== 'api') continue
      const message = `is an API, of which only the cost is known`
      throw new PincerError({
        code: 'invalid_value',
        path: [i === 0 ? 'a' : 'b'],
        message,
        suggestion: 'compare by cost',
      })
    }
  }

  at(places: readonly Place[]): DuelPoint {
    const [a, b] = ([0, 1] as const).map((i) => this.value(i, places))
    return { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }), winner: this.winner(a, b) }
  }

  private winner(a: number | undefined, b: number | undefined): Winner {
    if (a === undefined || b === undefined) return a === b ? 'neither' : a === undefined ? 'only b' : 'only a'
    if (Math.abs(Math.log(a / b)) < TIE) return 'tie'
    return a < b === METRICS[this.metric].isMore ? 'b' : 'a'
  }

  private value(i: 0 | 1, places: readonly Place[]): number | undefined {
    const values: Values = { ...this.fixed[i] }
    for (const { name, sides, x } of places) if (sides.includes(i)) values[name] = x
    const side = this.sides[i]
    if (side.kind === 'api') return apiCost(side, values, this.per)
    const prediction = fitting(() => this.predictors[i]!.at(values))
    if (prediction === undefined) return undefined
    const speed = values['speed'] ?? 1
    if (this.metric === 'cost')
      return deploymentCost(side, values, prediction.chips, rateOf(prediction, this.per).value * speed)
    if (this.metric === 'throughput') return prediction.throughput.outputPerChip.value * speed
    return prediction[this.metric].value / speed
  }
}

/** An input at a value, for the sides it is of. */
export interface Place {
  readonly name: string
  readonly sides: readonly (0 | 1)[]
  readonly x: number
}

function fitting<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch (error) {
    if (error instanceof PincerError && error.issues.every(({ code }) => code === 'does_not_fit')) return undefined
    throw error
  }
}

export function checkValue(
  value: number,
  { support, unit, isWhole }: ReturnType<typeof inputName>['rule'],
  path: readonly (string | number)[],
): void {
  const { min, max, minOpen = false } = support
  const isInside = (minOpen ? value > min : value >= min) && value <= max
  if (isInside && (!isWhole || Number.isInteger(value))) return
  const range = `${minOpen ? 'above' : 'at least'} ${min} and at most ${max} ${unit}`
  const message = `must be ${isInside ? `a whole number of ${unit}` : range}, got ${value}`
  throw new PincerError({ code: 'invalid_value', path, message })
}
