import type { Prediction } from '../predict/index.ts'
import { type Per, Predictor, type Values, apiCost, chipHourMeter, costAt, deploymentCost, rateOf } from './evaluate.ts'
import { PREDICTION_INPUTS } from './input.ts'
import { type SpeedTable, speedTable } from './knots.ts'
import type { Side } from './side.ts'
import { type BandEnds, speedFactor } from './speed-band.ts'
import type { VariedInput } from './vary.ts'

/** One side, ready to be asked for its cost many times. */
export interface Player {
  readonly side: Side
  readonly label: string
  /** USD per million tokens at these values and this normal score of the speed. */
  readonly cost: (values: Values, score: number) => number
  /** The same with every input that is not fixed at the side's own value, and the predicted speed: what `predict` says. */
  readonly central: number
  /** The band of its speed, where that is an input: not for an API, nor where the user gives the speed. */
  readonly band?: BandEnds
  readonly table?: SpeedTable
  readonly prediction?: Prediction
}

/** A side with the inputs that are varied. Throws PincerError as `speedTable` does. */
export function player(side: Side, varied: readonly VariedInput[], index: 0 | 1, per: Per): Player {
  const own = varied.filter(({ sides }) => sides.includes(index))
  const fixed: Values = Object.fromEntries(
    own.filter(({ values }) => values.of.kind === 'fixed').map(({ rule, values }) => [rule.name, values.at(0.5)]),
  )
  if (side.kind === 'api') {
    const cost = (values: Values): number => apiCost(side, values, per)
    return { side, label: side.label, cost, central: cost(fixed) }
  }
  const axes = own
    .filter(({ rule, values }) => PREDICTION_INPUTS.includes(rule.name) && values.of.kind !== 'fixed')
    .map(({ rule, shown, values }) => ({ name: rule.name, shown, values }))
  const predictor = new Predictor(side)
  const prediction = predictor.at(fixed)
  const table = speedTable(predictor, axes, fixed, per)
  const hour = chipHourMeter(
    side,
    own.map(({ rule }) => rule.name),
  )
  const cost = (values: Values, score: number): number => {
    const { chips, logRate, ends } = table.at(values)
    const rate = Math.exp(logRate) * (values['speed'] ?? speedFactor(score, ends))
    return costAt(side, values, hour(values), chips, rate)
  }
  const rate = rateOf(prediction, per).value * (fixed['speed'] ?? 1)
  const medians: Values = Object.fromEntries(axes.map(({ name, values }) => [name, values.at(0.5)]))
  return {
    side,
    label: side.label,
    cost,
    central: deploymentCost(side, fixed, prediction.chips, rate),
    table,
    prediction,
    ...(own.some(({ rule }) => rule.name === 'speed') ? {} : { band: table.at(medians).ends }),
  }
}
