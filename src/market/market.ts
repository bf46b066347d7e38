import {
  type Estimated,
  type Progress,
  SHARES,
  type Spread,
  type Truncated,
  type UncertainInput,
  meanOf,
  sampleModel,
  spreadOf,
  tornado,
  type TornadoBar,
  truncated,
} from '../uncertainty/index.ts'
import { MARKET_SUPPORT } from './input.ts'
import { marketPath, revenueRatio } from './path.ts'
import { type Threshold, revenueThreshold } from './threshold.ts'
import { MARKET_NAMES, type MarketScenario, type MarketValues, type MarketYear } from './types.ts'

export interface MarketOptions {
  readonly scenario: MarketScenario
  readonly samples?: number
  readonly seed?: number
  /** Told while samples are drawn. */
  readonly onProgress?: Progress | undefined
}

/** What is said of a year: quantiles in the order of `SHARES`. */
export interface MarketOutcome {
  readonly year: number
  readonly tokens: Spread
  readonly gpuDemand: Spread
  readonly baselineRevenue: Spread
  readonly revenue: Spread
  /** Revenue over the baseline's, sample by sample. */
  readonly ratio: Spread
  readonly sramRevenue: Spread
}

/** A scenario computed: no forecast, and no advice. */
export interface MarketResult {
  readonly scenario: MarketScenario
  readonly samples: number
  readonly seed: number
  readonly shares: readonly number[]
  /** The path with every input at its median. */
  readonly central: readonly MarketYear[]
  readonly years: readonly MarketOutcome[]
  /** Revenue of all years after the base year over the baseline's. */
  readonly ratio: Spread
  /** Share of the samples in which GPU vendors sell less than in the baseline over these years. */
  readonly chanceOfLess: Estimated
  readonly tornado: { readonly centre: number; readonly bars: readonly TornadoBar[] }
  /** Elasticity at which GPU vendors sell as much as in the baseline. */
  readonly threshold: Threshold
  /** Inputs whose distribution was cut to what they can be, with the share cut off. */
  readonly cuts: readonly { readonly name: string; readonly share: number }[]
}

const PER_YEAR = 6

/**
 * Samples the scenario’s inputs and follows the market down each path. Same seed, same bytes.
 * @throws PincerError for a bad number of samples or seed, and inputs more than half of which is impossible
 */
export function market({ scenario, samples = 8192, seed = 1, onProgress }: MarketOptions): MarketResult {
  const kept = scenario.inputs.map(({ name, distribution }) =>
    truncated(distribution, MARKET_SUPPORT[name], ['inputs', name]),
  )
  const inputs: UncertainInput[] = scenario.inputs.map(({ name }, i) => ({ name, at: kept[i]!.at }))
  const pathOf = (values: ArrayLike<number>): MarketYear[] => marketPath(valuesOf(scenario, values), scenario)
  const count = scenario.years + 1
  const drawn = sampleModel({
    inputs,
    outputs: count * PER_YEAR + 1,
    samples,
    seed,
    onProgress,
    model: (values, out) => {
      const path = pathOf(values)
      for (const [t, year] of path.entries()) writeYear(year, out, t * PER_YEAR)
      out[count * PER_YEAR] = revenueRatio(path)
    },
  })
  const spread = (i: number): Spread => spreadOf(drawn.outputs[i]!, drawn.replicates)
  const ratios = drawn.outputs[count * PER_YEAR]!
  const central = pathOf(inputs.map(({ at }) => at(0.5)))
  return {
    scenario,
    samples: drawn.count,
    seed,
    shares: SHARES,
    central,
    years: central.map(({ year }, t) => outcomeOf(year, (k) => spread(t * PER_YEAR + k))),
    ratio: spread(count * PER_YEAR),
    chanceOfLess: meanOf(
      ratios.map((ratio) => (ratio < 1 ? 1 : 0)),
      drawn.replicates,
    ),
    tornado: tornado(inputs, (values) => revenueRatio(pathOf(values))),
    threshold: revenueThreshold(
      valuesOf(
        scenario,
        inputs.map(({ at }) => at(0.5)),
      ),
      scenario,
    ),
    cuts: cutsOf(scenario, kept),
  }
}

function writeYear(year: MarketYear, out: Float64Array, at: number): void {
  out[at] = year.tokens
  out[at + 1] = year.gpuDemand
  out[at + 2] = year.baselineRevenue.total
  out[at + 3] = year.revenue.total
  // A year in which nothing is bought in either is a year without a difference.
  out[at + 4] = year.baselineRevenue.total === 0 ? 1 : year.revenue.total / year.baselineRevenue.total
  out[at + 5] = year.sramRevenue
}

function outcomeOf(year: number, spread: (k: number) => Spread): MarketOutcome {
  return {
    year,
    tokens: spread(0),
    gpuDemand: spread(1),
    baselineRevenue: spread(2),
    revenue: spread(3),
    ratio: spread(4),
    sramRevenue: spread(5),
  }
}

function cutsOf({ inputs }: MarketScenario, kept: readonly Truncated[]): MarketResult['cuts'] {
  return inputs.flatMap(({ name }, i) => (kept[i]!.cut > 0 ? [{ name, share: kept[i]!.cut }] : []))
}

/** One value per input, by name. */
function valuesOf({ inputs }: MarketScenario, values: ArrayLike<number>): MarketValues {
  const named = Object.fromEntries(inputs.map(({ name }, i) => [name, values[i]!]))
  return Object.fromEntries(MARKET_NAMES.map((name) => [name, named[name]!])) as MarketValues
}
