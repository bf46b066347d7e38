import { PincerError } from '../issue/index.ts'
import type { Scenario } from '../predict/index.ts'
import { type Parameter, findParameter, parametersOf } from './parameter.ts'
import { type Goal, QUANTITIES, goalOf, isReached, pointOf, sampleOf } from './quantity.ts'
import type {
  Crossing,
  FreeParameter,
  LimitingTerm,
  Sample,
  SearchedParameter,
  Solution,
  SolveQuestion,
} from './types.ts'

/** Values of a parameter tried before any is bisected; of the first of two parameters fewer. */
const GRID = 49
const CURVE = 17
/** Ends of a crossing lie this close together, relative; whole numbers are neighbours. */
const TOLERANCE = 1e-7
/** A range of more than this factor is divided by logarithms. */
const WIDE = 8

/**
 * What value of a parameter makes a deployment reach a target: the range is scanned, so that a quantity which turns back is
 * seen, and every change between reached and missed is bisected on the real prediction. With two parameters the second is solved
 * for values of the first.
 * @throws PincerError for an unknown parameter, a range or target out of bounds, and a parameter that changes nothing
 */
export function solve({ scenario, target, free }: SolveQuestion): Solution {
  const [first, second, ...more] = free
  if (first === undefined || more.length > 0) throw fault(['free'], 'name one or two parameters')
  const goal = goalOf(target)
  if (second === undefined) return solveOne(scenario, goal, searched(scenario, first))
  const [across, up] = [searched(scenario, first), searched(scenario, second)]
  if (across.parameter.path === up.parameter.path) throw fault(['free'], `names ${up.parameter.path} twice`)
  const points = gridOf(across, CURVE).map((at) => {
    const { status, crossings } = crossingsOf(() => across.parameter.apply(scenario, at), goal, up)
    return { at, status, crossings }
  })
  return { ...solveOne(scenario, goal, up), curve: { parameter: described(across), points } }
}

interface Searched {
  readonly parameter: Parameter
  readonly from: number
  readonly to: number
  readonly reason: string
}

function searched(scenario: Scenario, { path, from, to }: FreeParameter): Searched {
  const parameter = findParameter(scenario, path)
  const { limits } = parameter
  const range = { from: from ?? limits.from, to: to ?? limits.to }
  for (const value of [range.from, range.to]) checkValue(parameter, value)
  if (range.from >= range.to) throw fault(['free', path], `has an empty range, ${range.from} to ${range.to}`)
  const isOwn = from !== undefined || to !== undefined
  return { parameter, ...range, reason: isOwn ? 'the range asked for' : limits.reason }
}

/** Figures beyond this are no machine's. */
const MOST = 1e24

function checkValue({ path, isWhole, limits, unit }: Parameter, value: number): void {
  const isShare = unit === '1'
  const most = isWhole || isShare ? limits.to : MOST
  const isEnough = isWhole || limits.from === 0 ? value >= limits.from : value > 0
  if (isEnough && value <= most && (!isWhole || Number.isInteger(value))) return
  const kind = isWhole ? 'whole numbers' : 'numbers'
  const least = isWhole || limits.from === 0 ? `from ${limits.from}` : 'above 0'
  throw fault(['free', path], `cannot be searched at ${value}: it takes ${kind} ${least} to ${most}`)
}

function fault(path: readonly string[], message: string): PincerError {
  return new PincerError({ code: 'invalid_value', path, message })
}

function described({ parameter, from, to, reason }: Searched): SearchedParameter {
  const { path, unit, given } = parameter
  return { path, unit, from, to, reason, ...(given === undefined ? {} : { given }) }
}

function solveOne(scenario: Scenario, goal: Goal, range: Searched): Solution {
  const { target, base } = goal
  const { samples, status, crossings } = crossingsOf(() => scenario, goal, range)
  requireEffect(scenario, goal, range, samples)
  const best = closest(samples, goal)
  const limit = limitOf(() => range.parameter.apply(scenario, best.at), goal)
  const { against, ...asked } = target
  return {
    schema: 'pincer.solution.v1',
    target: {
      ...asked,
      ...(against === undefined
        ? {}
        : { against: { chip: against.chip.name, model: against.model.name, costPerMtok: base } }),
    },
    parameter: described(range),
    status,
    crossings,
    isMonotone: isMonotone(samples),
    now: { at: range.parameter.given ?? 0, ...sampleOf(scenario, goal) },
    best,
    ...(limit === undefined ? {} : { limit }),
    samples,
  }
}

type Found = Pick<Solution, 'samples' | 'status' | 'crossings'>

function crossingsOf(base: () => Scenario, goal: Goal, range: Searched): Found {
  const ask = (at: number): Sample => ({ at, ...sampleOf(() => range.parameter.apply(base(), at), goal) })
  const samples = gridOf(range, GRID).map(ask)
  const crossings = samples.slice(1).flatMap((high, i) => {
    const low = samples[i]!
    return isReached(low, goal.target) === isReached(high, goal.target) ? [] : [bisected(low, high, goal, range, ask)]
  })
  const status = crossings.length > 0 ? 'crosses' : isReached(samples[0]!, goal.target) ? 'always' : 'never'
  return { samples, status, crossings }
}

/** Both ends and what lies between, even by logarithms where the range is wide. */
function gridOf({ from, to, parameter }: Searched, count: number): number[] {
  const isWide = from > 0 && to / from > WIDE
  const values = Array.from({ length: count }, (_, i) => {
    const share = i / (count - 1)
    return isWide ? from * (to / from) ** share : from + (to - from) * share
  })
  values[count - 1] = to
  if (!parameter.isWhole) return values
  const whole = values.map(Math.round).filter((value) => value >= from && value <= to)
  return [...new Set(whole)]
}

function bisected(
  first: Sample,
  last: Sample,
  { target }: Goal,
  { parameter }: Searched,
  ask: (at: number) => Sample,
): Crossing {
  let [low, high] = [first, last]
  const isLowReached = isReached(low, target)
  for (let at = between(low.at, high.at, parameter); at !== undefined; at = between(low.at, high.at, parameter)) {
    const sample = ask(at)
    if (isReached(sample, target) === isLowReached) low = sample
    else high = sample
  }
  const [reached, missed] = isLowReached ? [low, high] : [high, low]
  return { reached: reached as Crossing['reached'], missed, side: isLowReached ? 'at most' : 'at least' }
}

function between(low: number, high: number, { isWhole }: Parameter): number | undefined {
  if (isWhole) return high - low > 1 ? Math.floor((low + high) / 2) : undefined
  if (high - low <= TOLERANCE * high) return undefined
  return low > 0 ? Math.sqrt(low * high) : (low + high) / 2
}

function isMonotone(samples: readonly Sample[]): boolean {
  const values = samples.flatMap((sample) => ('value' in sample ? [sample.value] : []))
  const turns = values.slice(1).map((value, i) => {
    const change = value - values[i]!
    return Math.abs(change) <= 1e-9 * Math.abs(value) ? 0 : Math.sign(change)
  })
  return !(turns.includes(1) && turns.includes(-1))
}

function closest(samples: readonly Sample[], { target }: Goal): Sample {
  const { isFloor } = QUANTITIES[target.quantity]
  return samples.reduce((best, sample) => {
    if ('fault' in sample) return best
    if ('fault' in best) return sample
    return isFloor === sample.value > best.value && sample.value !== best.value ? sample : best
  })
}

/** A lone step of the pipeline says most: the largest part of it, of the prefill for TTFT. */
function limitOf(scenario: () => Scenario, { target }: Goal): LimitingTerm | undefined {
  const point = pointOf(scenario, target)
  if ('fault' in point) return undefined
  const step = target.quantity === 'ttft' ? point.prefillStep : point.decodeStep
  const most = step.parts.reduce((a, b) => (b.seconds > a.seconds ? b : a))
  return { part: most.name, bound: most.bound, share: most.seconds / step.seconds }
}

function requireEffect(scenario: Scenario, goal: Goal, range: Searched, samples: readonly Sample[]): void {
  const [first] = samples
  const isSame = (sample: Sample): boolean => {
    if (first === undefined || 'fault' in first || 'fault' in sample) {
      return first !== undefined && 'fault' in first && 'fault' in sample && first.fault === sample.fault
    }
    return Math.abs(sample.value - first.value) <= 1e-12 * Math.abs(first.value)
  }
  if (!samples.every(isSame)) return
  const { path } = range.parameter
  if (first !== undefined && 'fault' in first) {
    const message = `no value of ${path} gives an answer: ${first.fault}`
    throw new PincerError({ code: 'invalid_value', path: ['free', path], message })
  }
  const others = effective(scenario, goal).filter((one) => one !== path)
  throw new PincerError({
    code: 'invalid_value',
    path: ['free', path],
    message: `has no effect on ${goal.target.quantity} between ${range.from} and ${range.to}`,
    ...(others.length === 0 ? {} : { suggestion: `these have: ${others.join(', ')}` }),
  })
}

/** Parameters that change the quantity when they are halved. */
function effective(scenario: Scenario, goal: Goal): string[] {
  const now = sampleOf(scenario, goal)
  return parametersOf(scenario).flatMap((parameter) => {
    const { given, path, isWhole, apply } = parameter
    if (given === undefined || given / 2 < parameter.limits.from) return []
    const half = sampleOf(() => apply(scenario, isWhole ? Math.floor(given / 2) : given / 2), goal)
    return 'value' in now && 'value' in half && half.value === now.value ? [] : [path]
  })
}
