import { quantile } from '../../cli/validate/score.ts'
import type { ResidualQuantiles, TrainingConstants } from '../../src/training/index.ts'
import { type Observation, prediction, predicted, residual } from './fit.ts'

/** Residuals without the row itself, without all rows of its model, without all models of its family. */
export type LeftOut = Readonly<Record<'row' | 'model' | 'family', ReadonlyMap<Observation, number>>>

interface Outcome {
  readonly all: readonly Observation[]
  readonly constants: TrainingConstants
  readonly leftOut: LeftOut
  readonly withoutPair: TrainingConstants
}

/** The file to commit and the table to read. */
export function report(outcome: Outcome): { readonly fit: object; readonly text: string } {
  const { all, constants, leftOut } = outcome
  const rows = all.map((each) => residualRow(each, constants, leftOut))
  const of = (kind: Observation['kind'], field: 'inSample' | keyof typeof FIELDS): number[] =>
    rows.flatMap((row) => (row.kind === kind && row.excluded === undefined ? [row[field] ?? Number.NaN] : []))
  const summaryOf = (kind: Observation['kind']): Summary => ({
    inSample: quantiles(of(kind, 'inSample')),
    rowLeftOut: quantiles(of(kind, 'rowLeftOut')),
    modelLeftOut: quantiles(of(kind, 'modelLeftOut')),
    familyLeftOut: quantiles(of(kind, 'familyLeftOut')),
  })
  const summary = { chipHours: summaryOf('chipHours'), mfu: summaryOf('mfu') }
  const fit = {
    about:
      'Constants of src/training, fitted by calibrate/fit-training.ts to published runs; residuals are ln(predicted / reported), models left out whole.',
    constants: Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, digits(value, 4)])),
    bands: { chipHours: summary.chipHours.modelLeftOut, mfu: summary.mfu.modelLeftOut },
    summary,
    mixtureAgainstDense: {
      about: 'Chip-hours per token of DeepSeek-V2 relative to DeepSeek 67B on H800, minus 1; reported −0.425',
      fitted: digits(mixtureSaving(all, constants), 3),
      bothLeftOut: digits(mixtureSaving(all, outcome.withoutPair), 3),
    },
    rows,
  }
  return { fit, text: table(rows, all, constants) + `${JSON.stringify({ ...fit, rows: undefined }, null, 1)}\n` }
}

const FIELDS = { rowLeftOut: 'row', modelLeftOut: 'model', familyLeftOut: 'family' } as const

type Summary = Readonly<Record<'inSample' | keyof typeof FIELDS, ResidualQuantiles>>

interface ResidualRow extends Partial<Record<keyof typeof FIELDS, number>> {
  readonly id: string
  readonly kind: Observation['kind']
  readonly inSample: number
  readonly excluded?: string
}

function residualRow(each: Observation, constants: TrainingConstants, leftOut: LeftOut): ResidualRow {
  const left = Object.entries(FIELDS).flatMap(([field, map]) => {
    const value = leftOut[map].get(each)
    return value === undefined ? [] : [[field, digits(value, 2)] as const]
  })
  return {
    id: each.row.id,
    kind: each.kind,
    inSample: digits(residual(each, constants), 2),
    ...Object.fromEntries(left),
    ...(each.excluded === undefined ? {} : { excluded: each.excluded }),
  }
}

function mixtureSaving(all: readonly Observation[], constants: TrainingConstants): number {
  const perToken = (id: string): number => {
    const each = all.find(({ row }) => row.id === id)
    if (each?.row.tokens === undefined) return Number.NaN
    return predicted(each, constants) / each.row.tokens
  }
  return perToken('deepseek_v2') / perToken('deepseek_67b') - 1
}

/** Quantiles of the absolute values. */
function quantiles(residuals: readonly number[]): ResidualQuantiles {
  const sizes = residuals.map(Math.abs)
  const at = (q: number): number => digits(quantile(sizes, q), 3)
  return { q50: at(0.5), q80: at(0.8), q90: at(0.9) }
}

function table(rows: readonly ResidualRow[], all: readonly Observation[], constants: TrainingConstants): string {
  return rows
    .map((row, i) => {
      const run = prediction(all[i]!, constants)
      const { tp, pp, zero, recompute, ep } = run.mapping
      const time = Object.entries(run.timePerToken)
        .filter(([name]) => name !== 'total')
        .map(([name, seconds]) => `${name.slice(0, 7)} ${(seconds / run.timePerToken.ideal).toFixed(2)}`)
        .join(' ')
      const map = `n${run.chips} tp${tp} pp${pp} ep${ep.toFixed(0)} z${zero} ${recompute}`
      const value = `${predicted(all[i]!, constants).toPrecision(3)} / ${all[i]!.measured}`
      return `${row.excluded === undefined ? ' ' : 'x'} ${row.id.padEnd(34)} ${row.kind.padEnd(9)} ${value.padEnd(22)} in ${row.inSample} row ${row.rowLeftOut ?? '-'} model ${row.modelLeftOut ?? '-'} family ${row.familyLeftOut ?? '-'} | ${map} | ${time}\n`
    })
    .join('')
}

function digits(value: number, count: number): number {
  return Number(value.toPrecision(count))
}
