import type { Prediction } from '../predict/index.ts'
import {
  type Estimated,
  type Progress,
  type SobolIndices,
  type Spread,
  type TornadoBar,
  type UncertainInput,
  distributionText,
  meanOf,
  normalQuantile,
  sampleModel,
  sobolIndices,
  spreadOf,
  tornado,
} from '../uncertainty/index.ts'
import { PincerError } from '../issue/index.ts'
import type { Per, Values } from './evaluate.ts'
import { type Player, player } from './player.ts'
import { type Side, type SideInput, moneyNotes, parseSide } from './side.ts'
import { speedFactor } from './speed-band.ts'
import { type Varied, type VariedInput, variedInputs } from './vary.ts'

export interface UncertainQuestion {
  readonly a: SideInput
  readonly b: SideInput
  readonly vary?: Varied
  /** Default 16,384. */
  readonly samples?: number
  /** Default 1. */
  readonly seed?: number
  readonly per?: Per
  /** Correlation of the two predictions' errors; default 1 for the same deployment on both sides, else 0. */
  readonly speedCorrelation?: number
  /** Told while samples are drawn. */
  readonly onProgress?: Progress | undefined
}

/** An input as the answer lists it. */
export interface ListedInput {
  readonly name: string
  readonly unit: string
  readonly sides: readonly ('a' | 'b')[]
  readonly distribution: string
  readonly origin: 'given' | 'catalog' | 'prediction band'
  /** Share of the mass cut off because the input cannot take such values. */
  readonly cut: number
  readonly source?: string
}

export interface UncertainSide {
  readonly label: string
  /** USD per million tokens with every input at its central value: what `predict` says. */
  readonly central: number
  readonly cost: Spread
  /** Absent for an API. */
  readonly prediction?: Prediction
  /** Predictions made, and the largest error of the speed between them, where inputs change the prediction. */
  readonly predictions: number
  readonly interpolationError: number
}

export interface UncertainComparison {
  readonly schema: 'pincer.uncertainty.v1'
  readonly per: Per
  readonly samples: number
  readonly seed: number
  readonly inputs: readonly ListedInput[]
  readonly sides: readonly [UncertainSide, UncertainSide]
  /** Cost of A over cost of B, sample by sample. */
  readonly ratio: Spread
  readonly probability: { readonly aCheaper: Estimated; readonly equal: number }
  /** Of the ratio. */
  readonly tornado: { readonly centre: number; readonly bars: readonly TornadoBar[] }
  /** Of the logarithm of the ratio, and the size of each side's cost likewise in its own. */
  readonly indices: SobolIndices
  readonly speedCorrelation: number
  readonly notes: readonly string[]
}

const DEFAULT_SAMPLES = 16_384
/** Base points of the indices per scrambling, at most. */
const MOST_BASE = 512

/**
 * Two deployments (or a deployment and an API) with all that is not known of them: intervals of $ per million tokens and of their ratio, the
 * probability that A is cheaper, and where the spread comes from. Speeds come from `predict` with their bands; money is computed for every
 * sample by the functions of economics.
 * @throws PincerError for sides, inputs, samples and seed
 */
export function uncertainComparison(question: UncertainQuestion): UncertainComparison {
  const { samples = DEFAULT_SAMPLES, seed = 1, per = 'output', onProgress } = question
  const sides = [parseSide(question.a, ['a']), parseSide(question.b, ['b'])] as const
  const varied = variedInputs(sides, question.vary ?? {})
  const players = sides.map((side, i) => player(side, varied, i as 0 | 1, per)) as [Player, Player]
  const correlation = correlationOf(question.speedCorrelation, sides)
  const model = contestModel(varied, players, correlation)
  const drawn = sampleModel({ inputs: model.inputs, outputs: 2, model: model.costs, samples, seed, onProgress })
  const [a, b] = drawn.outputs as [Float64Array, Float64Array]
  const base = Math.min(MOST_BASE, 2 ** Math.max(3, Math.floor(Math.log2(samples / 16))))
  const bars = tornado(model.inputs, model.ratio)
  return {
    schema: 'pincer.uncertainty.v1',
    per,
    samples: drawn.count,
    seed,
    inputs: [...varied.map(listed), ...model.speeds],
    sides: players.map((each, i) => sideResult(each, spreadOf(i === 0 ? a : b, drawn.replicates))) as unknown as [
      UncertainSide,
      UncertainSide,
    ],
    ratio: spreadOf(
      a.map((cost, i) => cost / b[i]!),
      drawn.replicates,
    ),
    probability: {
      aCheaper: meanOf(
        a.map((cost, i) => Number(cost < b[i]!)),
        drawn.replicates,
      ),
      equal: meanOf(
        a.map((cost, i) => Number(cost === b[i]!)),
        drawn.replicates,
      ).value,
    },
    tornado: { centre: bars.centre, bars: bars.bars.map((bar) => shownBar(bar, players)) },
    indices: sobolIndices({ inputs: model.inputs, model: (x) => Math.log(model.ratio(x)), base, seed }),
    speedCorrelation: correlation,
    notes: [...moneyNotes(sides), ...notesOf(varied, players, drawn.count, samples)],
  }
}

interface ContestModel {
  readonly inputs: readonly UncertainInput[]
  readonly speeds: readonly ListedInput[]
  readonly costs: (inputs: Float64Array, outputs: Float64Array) => void
  readonly ratio: (inputs: Float64Array) => number
}

/** Inputs: those that vary, then the normal scores of the speeds of A and B. Fixed ones are set once. */
function contestModel(
  varied: readonly VariedInput[],
  players: readonly [Player, Player],
  correlation: number,
): ContestModel {
  const values: [Values, Values] = [{}, {}]
  for (const { rule, sides, values: of } of varied) for (const side of sides) values[side][rule.name] = of.at(0.5)
  const free = varied.filter(({ values: of }) => of.of.kind !== 'fixed')
  const [isA, isB] = players.map(({ band }) => band !== undefined) as [boolean, boolean]
  // With a full correlation B's own score would be an input that moves nothing.
  const banded = ([0, 1] as const).filter((i) => (i === 0 ? isA : isB && !(isA && correlation === 1)))
  const inputs: UncertainInput[] = [
    ...free.map(({ shown, values: of }) => ({ name: shown, at: of.at })),
    ...banded.map((i) => ({ name: SPEEDS[i], at: normalQuantile })),
  ]
  const rest = Math.sqrt(1 - correlation ** 2)
  const scores: [number, number] = [0, 0]
  const costs = (x: Float64Array, out: Float64Array): void => {
    for (let d = 0; d < free.length; d++) {
      const { sides, rule } = free[d]!
      for (const side of sides) values[side][rule.name] = x[d]!
    }
    for (let k = 0; k < banded.length; k++) scores[banded[k]!] = x[free.length + k]!
    const scoreB = isA && isB ? correlation * scores[0] + rest * scores[1] : scores[1]
    out[0] = players[0].cost(values[0], scores[0])
    out[1] = players[1].cost(values[1], scoreB)
  }
  const pair = new Float64Array(2)
  const ratio = (x: Float64Array): number => {
    costs(x, pair)
    return pair[0]! / pair[1]!
  }
  return { inputs, speeds: banded.map((i) => listedSpeed(i, correlation, players)), costs, ratio }
}

const SPEEDS = ['a.speed', 'b.speed'] as const

function listedSpeed(i: 0 | 1, correlation: number, players: readonly [Player, Player]): ListedInput {
  const isShared = i === 0 && correlation === 1 && players[1].band !== undefined
  const [lo, innerLo, innerHi, hi] = players[i].band!.map((end) => Math.exp(end).toPrecision(3))
  return {
    name: SPEEDS[i],
    unit: 'ratio',
    sides: isShared ? ['a', 'b'] : [i === 0 ? 'a' : 'b'],
    distribution: `quantiles(0.05:${lo},0.1:${innerLo},0.5:1,0.9:${innerHi},0.95:${hi})`,
    origin: 'prediction band',
    cut: 0,
  }
}

/** Scores mean nothing to a reader: the bar of a speed goes from factor to factor. */
function shownBar(bar: TornadoBar, players: readonly [Player, Player]): TornadoBar {
  const band = bar.name === SPEEDS[0] ? players[0].band : bar.name === SPEEDS[1] ? players[1].band : undefined
  if (band === undefined) return bar
  return { ...bar, input: { low: speedFactor(bar.input.low, band), high: speedFactor(bar.input.high, band) } }
}

function listed({ shown, rule, sides, values, origin, source }: VariedInput): ListedInput {
  return {
    name: shown,
    unit: rule.unit,
    sides: sides.map((i) => (i === 0 ? 'a' : 'b')),
    distribution: distributionText(values.of),
    origin,
    cut: values.cut,
    ...(source === undefined ? {} : { source }),
  }
}

function sideResult({ label, central, table, prediction }: Player, cost: Spread): UncertainSide {
  return {
    label,
    central,
    cost,
    ...(prediction === undefined ? {} : { prediction }),
    predictions: table?.predictions ?? 0,
    interpolationError: table?.error ?? 0,
  }
}

function correlationOf(given: number | undefined, sides: readonly [Side, Side]): number {
  if (given === undefined) return isSameDeployment(sides) ? 1 : 0
  if (given >= 0 && given <= 1) return given
  throw new PincerError({
    code: 'invalid_value',
    path: ['speedCorrelation'],
    message: `must be from 0 to 1, got ${given}`,
  })
}

function isSameDeployment([a, b]: readonly [Side, Side]): boolean {
  if (a.kind === 'api' || b.kind === 'api') return false
  const essence = ({ scenario }: typeof a): string => {
    const { model, chip, weights, cache, engine, mapping, machines, disaggregated, workload } = scenario
    return JSON.stringify([model.id, chip.id, weights, cache, engine, mapping, machines, disaggregated, workload])
  }
  return essence(a) === essence(b)
}

function notesOf(varied: readonly VariedInput[], players: readonly Player[], count: number, asked: number): string[] {
  const notes = varied
    .filter(({ values }) => values.cut > 0)
    .map(
      ({ shown, values }) =>
        `${shown}: ${(100 * values.cut).toPrecision(2)} % of ${distributionText(values.of)} cannot be and was cut off, the rest scaled up`,
    )
  for (const [i, { table, label }] of players.entries()) {
    if (table === undefined || table.predictions < 2) continue
    notes.push(
      `${i === 0 ? 'A' : 'B'} (${label}): interpolated between ${table.predictions} predictions, off by at most ${(100 * table.error).toPrecision(2)} % in the middle between them`,
    )
  }
  if (count !== asked) notes.push(`${count} samples instead of ${asked}: as many for each of 8 scramblings`)
  return notes
}
