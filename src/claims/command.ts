import { isKnown } from '../catalog/index.ts'
import { findModel } from '../model/index.ts'
import { HARNESS, type Workload } from '../predict/index.ts'
import {
  type Cell,
  type Comparison,
  DEFAULT_CHIPS,
  DEFAULT_MODELS,
  DEFAULT_PRECISION,
  DEFAULT_TRAINING_TOKENS,
  DEFAULT_USER_SPEED,
} from '../search/index.ts'
import type { TrainingRun } from './types.ts'

/** The command that makes `comparison`, with `prices` ($ per machine-hour by chip id) in place of its own. */
export function compareCommand(comparison: Comparison, prices: ReadonlyMap<string, number> = new Map()): string {
  const { cells, workload, precision, userSpeed, trainingTokens } = comparison
  const models = [...new Set(cells.map(({ model }) => model))]
  const chips = [...new Set(cells.map(({ chip }) => chip))]
  const parts = ['pincer compare']
  if (
    !isSame(
      models,
      DEFAULT_MODELS.map((id) => findModel(id).id),
    )
  )
    parts.push(`--models ${models.join(',')}`)
  if (!isSame(chips, DEFAULT_CHIPS)) parts.push(`--chips ${chips.join(',')}`)
  const load = workloadFlag(workload)
  if (load !== undefined) parts.push(load)
  if (precision !== DEFAULT_PRECISION) parts.push(`--precision ${precision}`)
  if (userSpeed !== DEFAULT_USER_SPEED) parts.push(`--user-speed ${userSpeed}`)
  if (trainingTokens !== DEFAULT_TRAINING_TOKENS) parts.push(`--training-tokens ${plain(trainingTokens)}`)
  const priced = new Map([...givenPrices(cells, comparison.isBuiltUp === true), ...prices])
  if (priced.size > 0) parts.push(`--prices ${[...priced].map(([chip, usd]) => `${chip}=${plain(usd)}`).join(',')}`)
  return parts.join(' ')
}

function workloadFlag({ isl, osl, spread, rounds }: Workload): string | undefined {
  if (spread !== HARNESS.spread || rounds !== undefined) {
    return `--workload '${JSON.stringify({ isl, osl, spread, rounds })}'`
  }
  return isl === 1024 && osl === 1024 ? undefined : `--workload ${isl}/${osl}`
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index])
}

/** Prices the caller gave for this comparison, by chip; built-up ones are given again as numbers. */
function givenPrices(cells: readonly Cell[], areAll: boolean): Map<string, number> {
  const prices = new Map<string, number>()
  for (const { chip, cheapest } of cells) {
    if ('unreachable' in cheapest) continue
    const { chipHour } = cheapest.cost
    if (isKnown(chipHour) && (areAll || chipHour.source === 'given')) prices.set(chip, chipHour.value)
  }
  return prices
}

export function trainCommand({ model, chip, tokens, chips, precision, recipe, price }: TrainingRun): string {
  const parts = [`pincer train --model ${model} --chip ${chip}`]
  if (chips !== undefined) parts.push(`--chips ${chips}`)
  parts.push(`--tokens ${plain(tokens)}`)
  if (precision !== undefined) parts.push(`--precision ${precision}`)
  if (recipe !== undefined) parts.push(`--recipe ${recipe}`)
  if (price !== undefined) parts.push(`--price ${price}`)
  return parts.join(' ')
}

function plain(value: number): string {
  return value >= 1e9 ? value.toExponential().replace('+', '') : String(value)
}

/** `value` to four digits, towards zero: a bound from above that is still kept after rounding. */
export function roundedDown(value: number): number {
  return rounded(value, Math.floor)
}

/** `value` to four digits, away from zero: a bound from below that is still kept after rounding. */
export function roundedUp(value: number): number {
  return rounded(value, Math.ceil)
}

function rounded(value: number, toward: (value: number) => number): number {
  const scale = 10 ** (3 - Math.floor(Math.log10(value)))
  return Number((toward(value * scale) / scale).toPrecision(4))
}
