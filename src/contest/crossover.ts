import { PincerError } from '../issue/index.ts'
import { type AxisInput, type ScanAxis, middlePlace, scanAxis, spacedPlaces } from './axis.ts'
import { Duel, type DuelPoint, METRICS, type Metric, type Setting, type Winner } from './duel.ts'
import type { Per } from './evaluate.ts'
import { type Side, type SideInput, moneyNotes, parseSide } from './side.ts'

export interface CrossoverQuestion {
  readonly a: SideInput
  readonly b: SideInput
  readonly over: AxisInput
  readonly metric?: Metric
  readonly per?: Per
  /** Other inputs, set for both sides or one ("b.utilisation"). */
  readonly set?: Setting
  /** Places of the scan, default 65. Between two of them a pair of crossings is seen only where the ratio bends towards 1. */
  readonly points?: number
}

/** A place of the scan. */
export interface ScanPoint extends DuelPoint {
  readonly x: number
}

/** Where the winner changes. */
export interface Crossing {
  readonly at: number
  /** Both sides were asked at these two places, and have these winners there. */
  readonly below: ScanPoint
  readonly above: ScanPoint
  /** `equal`: the two meet; `whole`: between one whole number and the next; `jump`: one steps past the other; `fit`: one ceases or begins to fit its chips. */
  readonly kind: 'equal' | 'whole' | 'jump' | 'fit'
}

/** A stretch with one winner. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly winner: Winner
}

export interface Crossover {
  readonly schema: 'pincer.crossover.v1'
  readonly metric: Metric
  readonly metricUnit: string
  readonly per: Per
  readonly labels: readonly [string, string]
  readonly over: Omit<ScanAxis, 'at'>
  readonly set: Setting
  readonly crossings: readonly Crossing[]
  readonly stretches: readonly Stretch[]
  readonly points: readonly ScanPoint[]
  readonly notes: readonly string[]
}

const DEFAULT_POINTS = 65
const MOST_POINTS = 2001
/** A crossing is known to this, relative. */
const PRECISION = 1e-10
/** A meeting at which the two still differ by more is a step. */
const JUMP = 1e-6

/**
 * From where on which side is better: scans a parameter on the real path (`predict`, economics), bisects every change of the winner, and says who
 * wins where. Crossings hold by construction: both of their ends were asked.
 * @throws PincerError for sides, parameter, range and settings
 */
export function crossover(question: CrossoverQuestion): Crossover {
  const { metric = 'cost', per = 'output', set = {}, points = DEFAULT_POINTS } = question
  checkPoints(points)
  const sides = [parseSide(question.a, ['a']), parseSide(question.b, ['b'])] as const
  const axis = scanAxis(question.over, sides, metric)
  const duel = new Duel(sides, metric, per, set)
  const ask = (x: number): ScanPoint => ({ x, ...duel.at([axis.at(x)]) })
  const scanned = withBends(spacedPlaces(axis, points).map(ask), axis, ask)
  const crossings = withoutTouches(scanned.slice(1).flatMap((right, i) => between(scanned[i]!, right, axis, ask)))
  const { at: _, ...over } = axis
  return {
    schema: 'pincer.crossover.v1',
    metric,
    metricUnit: METRICS[metric].unit,
    per,
    labels: [sides[0].label, sides[1].label],
    over,
    set,
    crossings,
    stretches: stretchesOf(scanned, crossings),
    points: scanned,
    notes: [...(metric === 'cost' ? moneyNotes(sides) : []), ...notesOf(scanned, sides, axis)],
  }
}

function checkPoints(points: number): void {
  if (Number.isInteger(points) && points >= 3 && points <= MOST_POINTS) return
  const message = `must be a whole number from 3 to ${MOST_POINTS}, got ${points}`
  throw new PincerError({ code: 'invalid_value', path: ['points'], message })
}

type Ask = (x: number) => ScanPoint

/** How far apart the two are: |ln(a / b)|; undefined where not both fit. */
function gap({ a, b }: DuelPoint): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.abs(Math.log(a / b))
}

/** Adds the places where the ratio comes nearest to 1 between scanned ones, if the winner is another one there. */
function withBends(scanned: readonly ScanPoint[], axis: ScanAxis, ask: Ask): ScanPoint[] {
  const added = scanned.slice(1, -1).flatMap((point, k) => {
    const [left, right] = [scanned[k]!, scanned[k + 2]!]
    if (left.winner !== point.winner || right.winner !== point.winner) return []
    const [before, here, after] = [gap(left), gap(point), gap(right)]
    if (before === undefined || here === undefined || after === undefined || here >= before || here >= after) return []
    const found = nearestToEqual(left, point, right, axis, ask)
    return found === undefined ? [] : [found]
  })
  return [...scanned, ...added].toSorted((a, b) => a.x - b.x)
}

// The least gap, by halving the wider half; ends as soon as the winner changes.
function nearestToEqual(
  left: ScanPoint,
  point: ScanPoint,
  right: ScanPoint,
  axis: ScanAxis,
  ask: Ask,
): ScanPoint | undefined {
  let [low, best, high] = [left, point, right]
  for (let step = 0; step < 60; step++) {
    const isLeft = best.x - low.x > high.x - best.x
    const x = isLeft ? middlePlace(axis, low.x, best.x) : middlePlace(axis, best.x, high.x)
    if (x === undefined) return undefined
    const tried = ask(x)
    if (tried.winner !== point.winner) return tried
    const isBetter = gap(tried)! < gap(best)!
    if (isBetter) [low, best, high] = isLeft ? [low, tried, best] : [best, tried, high]
    else if (isLeft) low = tried
    else high = tried
    if (high.x - low.x <= 1e-6 * Math.abs(high.x)) return undefined
  }
  return undefined
}

/** All changes of the winner between two places: bisected, and again on both sides of what the bisection finds. */
function between(low: ScanPoint, high: ScanPoint, axis: ScanAxis, ask: Ask): Crossing[] {
  if (low.winner === high.winner) return []
  let [left, right] = [low, high]
  for (;;) {
    if (right.x - left.x <= PRECISION * Math.max(Math.abs(left.x), Math.abs(right.x))) break
    const x = middlePlace(axis, left.x, right.x)
    if (x === undefined) break
    const middle = ask(x)
    if (middle.winner === left.winner) left = middle
    else right = middle
  }
  const crossing = { at: placeOf(left, right, axis), below: left, above: right, kind: kindOf(left, right, axis) }
  return [crossing, ...between(right, high, axis, ask)]
}

/** Stretches of a tie that are narrower, relative, are the crossing itself, hit by the halving. */
const TOUCH = 1e-6

function withoutTouches(found: readonly Crossing[]): Crossing[] {
  const merged: Crossing[] = []
  for (const crossing of found) {
    const last = merged.at(-1)
    const isTouch = last?.above.winner === 'tie' && crossing.at - last.at <= TOUCH * Math.abs(crossing.at)
    if (!isTouch) merged.push(crossing)
    else {
      merged.pop()
      // One that only touches and turns back changes no winner.
      if (last.below.winner !== crossing.above.winner) merged.push({ ...crossing, below: last.below })
    }
  }
  return merged
}

function placeOf(left: ScanPoint, right: ScanPoint, { isWhole }: ScanAxis): number {
  return isWhole ? right.x : left.x + (right.x - left.x) / 2
}

function kindOf(left: ScanPoint, right: ScanPoint, { isWhole }: ScanAxis): Crossing['kind'] {
  const [before, after] = [gap(left), gap(right)]
  if (before === undefined || after === undefined) return 'fit'
  if (isWhole) return 'whole'
  return Math.max(before, after) > JUMP ? 'jump' : 'equal'
}

function stretchesOf(scanned: readonly ScanPoint[], crossings: readonly Crossing[]): Stretch[] {
  const ends = [scanned[0]!.x, ...crossings.map(({ at }) => at), scanned.at(-1)!.x]
  const winners = [scanned[0]!.winner, ...crossings.map(({ above }) => above.winner)]
  return winners.map((winner, i) => ({ from: ends[i]!, to: ends[i + 1]!, winner }))
}

function notesOf(scanned: readonly ScanPoint[], sides: readonly [Side, Side], axis: ScanAxis): string[] {
  const changes = (of: (point: ScanPoint) => number | undefined): boolean => {
    const values = scanned.flatMap((point) => of(point) ?? [])
    return Math.max(...values) - Math.min(...values) > 1e-12 * Math.abs(values[0] ?? 0)
  }
  const notes: string[] = []
  const both = scanned.filter((point) => gap(point) !== undefined)
  if (both.length > 1) {
    if (!changes(({ a }) => a) && !changes(({ b }) => b)) notes.push(`${axis.name} changes neither side in this range`)
    else if (!changes(({ a, b }) => (a === undefined || b === undefined ? undefined : a / b)))
      notes.push(`${axis.name} changes both sides alike: their ratio stays the same`)
  }
  for (const side of sides) {
    if (side.kind === 'api' || axis.isWhole === false) continue
    if (side.scenario.chip.kind === 'hbm') notes.push(`${side.label}: its mapping stays as it is at every ${axis.name}`)
  }
  return [...new Set(notes)]
}
