import { PincerError } from '../issue/index.ts'
import type { Prediction } from '../predict/index.ts'
import type { Truncated } from '../uncertainty/index.ts'
import { type Per, type Predictor, type Values, rateOf } from './evaluate.ts'
import { INPUTS } from './input.ts'
import { type BandEnds, bandEnds } from './speed-band.ts'

/** What a sample needs of a prediction. */
export interface Speed {
  readonly chips: number
  /** ln(tokens per second). */
  readonly logRate: number
  readonly ends: BandEnds
}

/** Predictions of a side over inputs that change them. */
export interface SpeedTable {
  readonly at: (values: Values) => Speed
  /** Settings that were predicted. */
  readonly predictions: number
  /** Largest relative error of the speed in the middle between knots; 0 where every setting is predicted. */
  readonly error: number
}

/** One input with the knots at which it is predicted, ascending. */
interface Axis {
  readonly name: string
  readonly knots: readonly number[]
}

/** Between knots the logarithm of the speed shall be off by less. */
const TOLERANCE = 0.005
const FIRST_KNOTS = 5
const MOST_KNOTS = { one: 33, two: 17 } as const
/** An unbounded distribution of such an input is kept to its central 99.8 %. */
export const KEPT_TAIL = 0.001

/**
 * Predicts a side on knots and interpolates the logarithms of speed and band in between, linearly in ln(lengths and clients). Knots are
 * added where the middle between two of them is off by more than 0.5 %, the other input at its median; counts are taken as continuous.
 * @throws PincerError `too_large` for more than two inputs, and as `predict` does where a knot cannot be served
 */
export function speedTable(
  predictor: Predictor,
  varied: readonly { readonly name: string; readonly shown: string; readonly values: Truncated }[],
  fixed: Values,
  per: Per,
): SpeedTable {
  const speedAt = (values: Values): Speed => speedOf(predictor.at({ ...fixed, ...values }), per)
  if (varied.length === 0) {
    const only = speedAt({})
    return { at: () => only, predictions: 1, error: 0 }
  }
  if (varied.length > 2) throw tooMany(varied[2]!.shown)
  const medians: Values = Object.fromEntries(varied.map(({ name, values }) => [name, settled(name, values.at(0.5))]))
  const most = varied.length === 1 ? MOST_KNOTS.one : MOST_KNOTS.two
  const refined = varied.map(({ name, shown, values }) => {
    const at = (x: number): Speed => inWords(shown, x, () => speedAt({ ...medians, [name]: x }))
    return refine(name, [values.at(KEPT_TAIL), values.at(1 - KEPT_TAIL)], at, most)
  })
  const [x, y] = refined.map(({ axis }) => axis) as [Axis, Axis | undefined]
  const table = y === undefined ? lineTable(x, speedAt) : planeTable(x, y, speedAt)
  const errors = [...refined.map(({ error }) => error), ...(y === undefined ? [] : [centreError(x, y, table, speedAt)])]
  return { at: table, predictions: predictor.count, error: Math.expm1(Math.max(...errors)) }
}

function speedOf(prediction: Prediction, per: Per): Speed {
  const rate = rateOf(prediction, per)
  return { chips: prediction.chips, logRate: Math.log(rate.value), ends: bandEnds(rate) }
}

/** Whole where only whole numbers can be predicted. */
function settled(name: string, x: number): number {
  return INPUTS.get(name)!.isWhole ? Math.max(1, Math.round(x)) : x
}

function place(name: string, x: number): number {
  return INPUTS.get(name)!.scale === 'log' ? Math.log(x) : x
}

function unplaced(name: string, t: number): number {
  return settled(name, INPUTS.get(name)!.scale === 'log' ? Math.exp(t) : t)
}

function refine(
  name: string,
  [from, to]: readonly [number, number],
  at: (x: number) => Speed,
  most: number,
): { axis: Axis; error: number } {
  const [low, high] = [place(name, settled(name, from)), place(name, settled(name, to))]
  const even = Array.from({ length: FIRST_KNOTS }, (_, i) =>
    unplaced(name, low + ((high - low) * i) / (FIRST_KNOTS - 1)),
  )
  let knots = [...new Set(even)]
  for (;;) {
    const faults = middleFaults(name, knots, at)
    const worst = Math.max(0, ...faults.map(({ error }) => error))
    const bad = faults.filter(({ error }) => error > TOLERANCE).toSorted((a, b) => b.error - a.error)
    const added = bad.slice(0, most - knots.length).map(({ middle }) => middle)
    if (added.length === 0) return { axis: { name, knots }, error: worst }
    knots = [...knots, ...added].toSorted((a, b) => a - b)
  }
}

function middleFaults(
  name: string,
  knots: readonly number[],
  at: (x: number) => Speed,
): { middle: number; error: number }[] {
  return knots.slice(1).flatMap((right, i) => {
    const left = knots[i]!
    const middle = unplaced(name, (place(name, left) + place(name, right)) / 2)
    if (middle <= left || middle >= right) return []
    const weight = weightOf(name, left, right, middle)
    const guess = blend(at(left), at(right), weight)
    return [{ middle, error: Math.abs(guess.logRate - at(middle).logRate) }]
  })
}

function weightOf(name: string, left: number, right: number, x: number): number {
  return (place(name, x) - place(name, left)) / (place(name, right) - place(name, left))
}

function blend(left: Speed, right: Speed, weight: number): Speed {
  if (weight <= 0) return left
  const mix = (a: number, b: number): number => a + weight * (b - a)
  const ends = [0, 1, 2, 3].map((i) => mix(left.ends[i]!, right.ends[i]!)) as unknown as BandEnds
  // A system that grows with its load is paid for in whole machines; their number goes with the cost, so it is mixed like the rest.
  return { chips: mix(left.chips, right.chips), logRate: mix(left.logRate, right.logRate), ends }
}

function lineTable({ name, knots }: Axis, speedAt: (values: Values) => Speed): (values: Values) => Speed {
  const speeds = knots.map((x) => inWords(name, x, () => speedAt({ [name]: x })))
  return (values) => {
    const { i, weight } = located(name, knots, values[name]!)
    return weight === 0 ? speeds[i]! : blend(speeds[i]!, speeds[i + 1]!, weight)
  }
}

function planeTable(x: Axis, y: Axis, speedAt: (values: Values) => Speed): (values: Values) => Speed {
  const rows = y.knots.map((yAt) =>
    x.knots.map((xAt) => inWords(`${x.name} ${xAt}, ${y.name}`, yAt, () => speedAt({ [x.name]: xAt, [y.name]: yAt }))),
  )
  return (values) => {
    const across = located(x.name, x.knots, values[x.name]!)
    const up = located(y.name, y.knots, values[y.name]!)
    const along = (row: readonly Speed[]): Speed =>
      across.weight === 0 ? row[across.i]! : blend(row[across.i]!, row[across.i + 1]!, across.weight)
    return up.weight === 0 ? along(rows[up.i]!) : blend(along(rows[up.i]!), along(rows[up.i + 1]!), up.weight)
  }
}

// Rounding to whole knots may leave a sample half a token outside: it gets the outermost knot.
function located(name: string, knots: readonly number[], x: number): { i: number; weight: number } {
  const last = knots.length - 1
  if (x <= knots[0]!) return { i: 0, weight: 0 }
  if (x >= knots[last]!) return { i: last, weight: 0 }
  let [low, high] = [0, last]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (knots[middle]! <= x) low = middle
    else high = middle
  }
  return { i: low, weight: weightOf(name, knots[low]!, knots[high]!, x) }
}

/** The error in the middle of cells, of which at most 64 are looked at. */
function centreError(x: Axis, y: Axis, table: (values: Values) => Speed, speedAt: (values: Values) => Speed): number {
  const cells = x.knots.slice(1).flatMap((right, i) =>
    y.knots.slice(1).map((top, k) => ({
      [x.name]: unplaced(x.name, (place(x.name, x.knots[i]!) + place(x.name, right)) / 2),
      [y.name]: unplaced(y.name, (place(y.name, y.knots[k]!) + place(y.name, top)) / 2),
    })),
  )
  const step = Math.max(1, Math.floor(cells.length / 64))
  const looked = cells.filter((_, i) => i % step === 0)
  return Math.max(0, ...looked.map((values) => Math.abs(table(values).logRate - speedAt(values).logRate)))
}

function inWords<T>(name: string, x: number, ask: () => T): T {
  try {
    return ask()
  } catch (error) {
    if (!(error instanceof PincerError)) throw error
    throw new PincerError(error.issues.map((issue) => ({ ...issue, message: `at ${name} ${x}: ${issue.message}` })))
  }
}

function tooMany(shown: string): PincerError {
  const message = 'is the third input that changes the prediction of this side; at most two can vary at once'
  return new PincerError({ code: 'too_large', path: ['vary', shown], message })
}
