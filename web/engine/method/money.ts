import {
  type AxisInput,
  type ChipCost,
  type Crossover,
  type CrossoverMap,
  type HourBasis,
  type MarketResult,
  type Metric,
  type SideInput,
  type Source,
  type UncertainComparison,
  type Ways,
  chipCost,
  crossover,
  crossoverMap,
  findChip,
  isKnown,
  market,
  parseChip,
  parseMarket,
  parseScenario,
  parseTco,
  uncertainComparison,
  uncertainDocument,
  ways,
} from '../../../src/index.ts'
import type { Call } from '../protocol.ts'
import { sourceList } from './source-list.ts'

type Sources = Readonly<Record<string, Source>>

/** An hour of a chip, as `pincer cost --json` prints it. */
export interface CostAnswer {
  readonly cost: ChipCost
  readonly sources: Sources
}

interface CostQuestion {
  /** As in a scenario file. */
  readonly chip: string | Readonly<Record<string, unknown>>
  readonly owner: string
  readonly inputs: Readonly<Record<string, number>>
}

function cost({ chip, owner, inputs }: CostQuestion): CostAnswer {
  const found = chipCost(typeof chip === 'string' ? findChip(chip) : parseChip(chip), parseTco({ owner, inputs }))
  const { bill } = found
  const figures = Object.values(bill.inputs).flatMap((figure: unknown) =>
    typeof figure === 'object' && figure !== null && 'source' in figure ? [String(figure.source)] : [],
  )
  const quoted = isKnown(found.chipHour) ? [found.chipHour.source] : []
  return { cost: found, sources: sourceList([...figures, ...quoted, ...bill.market.map(({ price }) => price.source)]) }
}

/** A deployment as a page holds it, or an API’s prices in $ per million tokens. */
export type PageSide =
  | { readonly scenario: Readonly<Record<string, unknown>>; readonly hour: HourBasis }
  | { readonly api: { readonly input: number; readonly output: number } }

interface Sides {
  readonly a: PageSide
  readonly b: PageSide
}

// As the command line has it: an API answers the load of the other side.
function sidesOf({ a, b }: Sides): { readonly a: SideInput; readonly b: SideInput } {
  const deployment = [a, b].find((side) => 'scenario' in side)
  const workload = deployment === undefined ? undefined : parseScenario(deployment.scenario).workload
  const side = (given: PageSide): SideInput => ('api' in given ? { api: given.api, workload: workload! } : given)
  return { a: side(a), b: side(b) }
}

/** Two sides with all that is not known of them, and the document of `pincer uncertain --json`. */
export interface UncertainAnswer {
  readonly answer: UncertainComparison
  readonly document: object
  readonly sources: Sources
}

interface UncertainAsk extends Sides {
  readonly vary: Readonly<Record<string, string>>
  readonly samples: number
}

function uncertain({ vary, samples, ...sides }: UncertainAsk, { progress }: Call): UncertainAnswer {
  const answer = uncertainComparison({ ...sidesOf(sides), vary, samples, onProgress: progress })
  const cited = [
    ...answer.inputs.flatMap(({ source }) => source ?? []),
    ...answer.sides.flatMap(({ prediction }) => prediction?.evidence.sources ?? []),
  ]
  return { answer, document: uncertainDocument(answer), sources: sourceList(cited) }
}

interface CrossoverAsk extends Sides {
  readonly metric: Metric
}

function line({ over, metric, ...sides }: CrossoverAsk & { readonly over: AxisInput }): Crossover {
  return crossover({ ...sidesOf(sides), over, metric })
}

function map(
  { x, y, metric, ...sides }: CrossoverAsk & { readonly x: AxisInput; readonly y: AxisInput },
  { progress }: Call,
): CrossoverMap {
  return crossoverMap({ ...sidesOf(sides), x, y, metric, onProgress: progress })
}

interface WaysAsk {
  readonly scenario: Readonly<Record<string, unknown>>
  readonly api: { readonly input: number; readonly output: number }
  readonly rent?: number
}

function buyRentApi({ scenario, api, rent }: WaysAsk): Ways {
  const { workload } = parseScenario(scenario)
  return ways({ scenario, api, workload, set: {}, ...(rent === undefined ? {} : { rent }) })
}

/** The scenario of the market, as `pincer market --json` prints it. */
export interface MarketAnswer {
  readonly result: MarketResult
  readonly sources: Sources
}

interface MarketAsk {
  readonly inputs: Readonly<Record<string, string>>
  readonly point: string
  readonly years: number
}

function marketScenario({ inputs, point, years }: MarketAsk, { progress }: Call): MarketAnswer {
  const given = Object.keys(inputs).length === 0 ? {} : { inputs }
  const result = market({ scenario: parseMarket({ ...given, point, years }), onProgress: progress })
  return { result, sources: sourceList(result.scenario.inputs.map(({ source }) => source)) }
}

export const methods = { cost, uncertain, line, map, ways: buyRentApi, market: marketScenario }
