import { isKnown } from '../../src/catalog/index.ts'
import { type Scenario, parseScenario } from '../../src/predict/index.ts'
import { operatingPoints } from '../../src/search/index.ts'
import type { Partner } from './arm.ts'

/** A model on a machine, whose cheapest deployment is looked for. */
export type Arm = Scenario

export function armOf(model: Partner['model'], chip: string, workload: string | object = 'chat'): Arm {
  return parseScenario({ model, chip, precision: 'fp8', cacheFormat: 'fp8', workload })
}

/** $ per million output tokens of the cheapest deployment that gives every user `speed` tokens/s; undefined where none does. */
export function costAt(arm: Arm, speed: number): number | undefined {
  const { fast } = operatingPoints(arm, speed)
  if ('unreachable' in fast || !isKnown(fast.cost.perMtokOutput)) return undefined
  return fast.cost.perMtokOutput.value
}

/** The speed from which on `b` is cheaper than `a`: `least` where it always is, undefined where it never is before it ends. */
export function crossingSpeed(a: Arm, b: Arm, least: number, most: number): number | undefined {
  const isCheaper = (speed: number): boolean | undefined => {
    const own = costAt(b, speed)
    if (own === undefined) return undefined
    const other = costAt(a, speed)
    return other === undefined || own < other
  }
  const speeds = spaced(least, most, 25)
  const judged = speeds.map((speed) => ({ speed, isCheaper: isCheaper(speed) }))
  const first = judged.findIndex((one) => one.isCheaper === true)
  if (first < 0) return undefined
  if (first === 0) return least
  let [low, high] = [speeds[first - 1]!, speeds[first]!]
  while (high / low > 1.005) {
    const middle = Math.sqrt(low * high)
    if (isCheaper(middle) === true) high = middle
    else low = middle
  }
  return high
}

/** `count` values from `from` to `to`, in equal ratios. */
export function spaced(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from * (to / from) ** (i / (count - 1)))
}
