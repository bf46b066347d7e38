import * as z from 'zod/mini'
import defaults from '../../catalog/market.json' with { type: 'json' }
import { parseFailure } from '../catalog/index.ts'
import { PincerError, nearest } from '../issue/index.ts'
import { type Comparison, compare } from '../search/index.ts'
import { parseDistribution, type Support } from '../uncertainty/index.ts'
import { predictedRatios } from './ratio.ts'
import { MARKET_NAMES, type MarketInput, type MarketName, type MarketScenario, RATIO_NAMES } from './types.ts'

const share: Support = { min: 0, max: 1 }
const growth: Support = { min: -0.9, max: 10 }
const money: Support = { min: 0, max: 1e15, minOpen: true }
const ratio: Support = { min: 0, max: 1000, minOpen: true }

/** What each input can be. */
export const MARKET_SUPPORT: Readonly<Record<MarketName, Support>> = {
  accelerators: money,
  inferenceShare: share,
  gpuShare: { min: 0, max: 1, minOpen: true },
  acceleratorPrice: money,
  tokenGrowth: growth,
  trainingGrowth: growth,
  pastGrowth: growth,
  improvement: { min: 0, max: 0.95 },
  // A fleet that is bought anew more often than once a year has no vintages.
  life: { min: 1, max: 30 },
  elasticity: { min: 0, max: 10 },
  trainingElasticity: { min: 0, max: 10 },
  passThrough: share,
  sparseCeiling: share,
  sparseMidpoint: { min: 0, max: 50 },
  sparseRate: { min: 0, max: 20, minOpen: true },
  sramCeiling: share,
  sramMidpoint: { min: 0, max: 50 },
  sramRate: { min: 0, max: 20, minOpen: true },
  sramByGpuVendors: share,
  sparseCost: ratio,
  sramCost: ratio,
  sramSparseCost: ratio,
  sparseTrainingCost: ratio,
}

const text = z.string().check(z.minLength(1), z.maxLength(1000))
const fileSchema = z.strictObject({
  schema: z.optional(z.literal('pincer.market.v1')),
  name: z.optional(text),
  baseYear: z.optional(z.number().check(z.int(), z.gte(2000), z.lte(2100))),
  years: z.optional(z.number().check(z.int(), z.gte(1), z.lte(30))),
  point: z.optional(z.enum(['cheapest', 'fast'])),
  models: z.optional(z.tuple([text, text])),
  chips: z.optional(z.array(text).check(z.minLength(1), z.maxLength(8))),
  inputs: z.optional(z.record(z.string(), z.unknown())),
})
const figureSchema = z.strictObject({
  value: z.unknown(),
  unit: z.optional(text),
  source: z.optional(text),
  basis: z.optional(text),
  note: z.optional(text),
})

/**
 * A scenario from untrusted data: `{ name, baseYear, years, point, models, chips, inputs: { elasticity: 1.2, life: "uniform(4,6)",
 * sramCost: { value, source, note } } }`. What is left out takes the catalog’s default; cost ratios that are not given are predicted by
 * `compare` for `models` (dense, sparse) on `chips`.
 * @throws PincerError naming each fault with its path
 */
export function parseMarket(input: unknown = {}): MarketScenario {
  const parsed = z.safeParse(fileSchema, input)
  if (!parsed.success) throw parseFailure(parsed.error, input, () => Object.keys(fileSchema.shape))
  const {
    name = 'default',
    baseYear = defaults.baseYear,
    years = defaults.years,
    point = 'cheapest',
    inputs = {},
  } = parsed.data
  for (const key of Object.keys(inputs)) requireName(key)
  const given = new Map(
    Object.entries(inputs).map(([key, value]) => [key as MarketName, givenInput(key as MarketName, value)]),
  )
  const wanted = new Set(RATIO_NAMES.filter((each) => !given.has(each)))
  const predicted = wanted.size === 0 ? [] : predictedRatios(comparisonOf(parsed.data), point, wanted)
  const found = new Map<MarketName, MarketInput>([
    ...catalogInputs(),
    ...predicted.map((each) => [each.name, each] as const),
    ...given,
  ])
  return { name, baseYear, years, point, inputs: MARKET_NAMES.map((each) => found.get(each)!) }
}

function comparisonOf({ models, chips }: z.infer<typeof fileSchema>): Comparison {
  return compare({ ...(models === undefined ? {} : { models }), ...(chips === undefined ? {} : { chips }) })
}

function requireName(key: string): void {
  if (MARKET_NAMES.some((name) => name === key)) return
  const near = nearest(key, MARKET_NAMES)
  throw new PincerError({
    code: 'unknown_field',
    path: ['inputs', key.slice(0, 60)],
    message: `unknown input "${key.slice(0, 60)}"`,
    suggestion: near === undefined ? `inputs: ${MARKET_NAMES.join(', ')}` : `did you mean "${near}"?`,
  })
}

type DefaultFigure = {
  readonly value: number | string
  readonly unit: string
  readonly source: string
  readonly basis: string
  readonly note?: string
}

// The file is checked by a test; its literals only widen on import.
const DEFAULTS = defaults.inputs as Readonly<Record<string, DefaultFigure>>

function catalogInputs(): (readonly [MarketName, MarketInput])[] {
  return Object.entries(DEFAULTS).map(([key, { value, ...rest }]) => {
    const name = key as MarketName
    return [name, { name, distribution: parseDistribution(value, ['inputs', name]), ...rest }]
  })
}

const UNITS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(DEFAULTS).map(([name, { unit }]) => [name, unit]),
)

/** A number, a distribution as text or object, or either as `value` of a figure with its source. */
function givenInput(name: MarketName, input: unknown): MarketInput {
  const path = ['inputs', name]
  const unit = UNITS[name] ?? 'ratio'
  if (typeof input !== 'object' || input === null || !('value' in input) || 'kind' in input)
    return { name, distribution: parseDistribution(input, path), unit, source: 'given', basis: 'estimate' }
  const parsed = z.safeParse(figureSchema, input)
  if (!parsed.success) throw parseFailure(parsed.error, input, () => Object.keys(figureSchema.shape))
  const { value, unit: own, source = 'given', basis = 'estimate', note } = parsed.data
  if (own !== undefined && own !== unit) {
    const message = `"${own}" is not the unit of ${name}`
    throw new PincerError({ code: 'invalid_value', path: [...path, 'unit'], message, suggestion: `write ${unit}` })
  }
  const distribution = parseDistribution(value, [...path, 'value'])
  return { name, distribution, unit, source, basis, ...(note === undefined ? {} : { note }) }
}
