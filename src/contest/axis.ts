import { PincerError } from '../issue/index.ts'
import { type Metric, type Place, checkValue } from './duel.ts'
import { inputName } from './input.ts'
import type { Side } from './side.ts'
import { effectiveSides } from './vary.ts'

/** A parameter and where it is looked at. */
export interface AxisInput {
  /** "utilisation", "b.chip-hour". */
  readonly name: string
  readonly from?: number
  readonly to?: number
}

/** A parameter that is scanned, checked. */
export interface ScanAxis {
  readonly name: string
  readonly unit: string
  readonly what: string
  readonly from: number
  readonly to: number
  readonly scale: 'linear' | 'log'
  readonly isWhole: boolean
  /** The input at `x`. */
  readonly at: (x: number) => Place
}

/** Fields of a range, as issues name them. */
const ENDS = { low: `from`, high: `to` } as const

/** Money cannot change a speed. */
const SPEED_INPUTS = ['context', 'output', 'concurrency', 'acceptance', 'speed']

/**
 * @throws PincerError for an unknown parameter, one without effect, and a range that is reversed, empty or outside of what it may be
 */
export function scanAxis(input: AxisInput, sides: readonly [Side, Side], metric: Metric): ScanAxis {
  const path = ['over', input.name]
  const name = inputName(input.name, path)
  const { rule } = name
  const found = effectiveSides(sides, name, path)
  if (metric !== 'cost' && !SPEED_INPUTS.includes(rule.name)) {
    const message = `has no effect on ${metric}: it changes money only`
    throw new PincerError({ code: 'invalid_value', path, message, suggestion: 'compare by cost' })
  }
  const [from, to] = [input.from ?? rule.range[0], input.to ?? rule.range[1]]
  checkValue(from, rule, [...path, ENDS.low])
  checkValue(to, rule, [...path, ENDS.high])
  if (!(to > from)) {
    const message = to === from ? `the range ${from}..${to} is one point` : `the range ${from}..${to} is reversed`
    const suggestion = to === from ? 'predict it instead' : `write ${to}..${from}`
    throw new PincerError({ code: 'invalid_value', path, message, suggestion })
  }
  return {
    name: name.shown,
    unit: rule.unit,
    what: rule.what,
    from,
    to,
    scale: rule.scale === 'log' && from > 0 ? 'log' : 'linear',
    isWhole: rule.isWhole,
    at: (x) => ({ name: rule.name, sides: found, x }),
  }
}

/** `count` places from end to end, even in the scale of the axis; fewer where only whole numbers count. */
export function spacedPlaces({ from, to, scale, isWhole }: ScanAxis, count: number): number[] {
  const even = Array.from({ length: count }, (_, i) => {
    if (i === 0 || i === count - 1) return i === 0 ? from : to
    const share = i / (count - 1)
    const x = scale === 'log' ? from * (to / from) ** share : from + (to - from) * share
    return isWhole ? Math.round(x) : x
  })
  return [...new Set(even)]
}

/** The place half-way between two, in the scale of the axis; undefined where there is none. */
export function middlePlace({ scale, isWhole }: ScanAxis, low: number, high: number): number | undefined {
  if (isWhole && high - low <= 1) return undefined
  const exact = scale === 'log' && low > 0 ? Math.sqrt(low * high) : low + (high - low) / 2
  const middle = isWhole ? Math.min(high - 1, Math.max(low + 1, Math.round(exact))) : exact
  return middle > low && middle < high ? middle : undefined
}
