import { type Figure, type Known, type Unknown, isKnown } from '../catalog/index.ts'
import {
  type ApiPrice,
  type PerKind,
  TASKS,
  TOKEN_KINDS,
  type Task,
  type TokenKind,
  type TokenMix,
  apiPrices,
  askedInput,
  callTokens,
  mapFigure,
  mixCost,
  product,
  tokenTimes,
} from '../economics/index.ts'
import { PincerError } from '../issue/index.ts'
import { kvBytesPerToken } from '../model/index.ts'
import type { Usd } from '../units/index.ts'
import { predictScenario } from './predict.ts'
import type { Prediction, Scenario } from './types.ts'
import { meanLength } from './workload.ts'

/** Money, energy and carbon of something, low to high by the price, the power and the grid; speeds at their central value. */
export interface Footprint {
  readonly usd: Known<Usd>
  readonly joules: Known
  readonly grams: Known
}

/** What tokens of a deployment cost. The kinds of one request add up to the request, whatever its mix. */
export interface TokenBill {
  /** Per million tokens: all over all, and by kind. */
  readonly blended: Footprint
  readonly kinds: PerKind<Footprint>
  /** Of the time the machine spends, seconds per token. */
  readonly seconds: PerKind<number>
  /** Tokens of a mean request of the workload, and what it costs. */
  readonly request: Footprint & { readonly tokens: TokenMix }
  readonly grid: Known
}

/** What a task costs, predicted at the lengths of its calls on the same deployment; unknown where it does not fit. */
export interface TaskBill {
  readonly task: Task
  readonly once: Footprint | Unknown
  readonly userMonth: Footprint | Unknown
}

/** Published price of a kind of token beside what the deployment makes it for. */
export interface ApiComparison extends ApiPrice {
  /** Cost over price. */
  readonly ratio: number | Unknown
}

const JOULES_PER_KWH = 3.6e6
const MTOK = 1e6

/**
 * Splits the bill of a prediction by kind of token: money, energy and carbon follow machine time (`tokenTimes`). Blended, input and output
 * are those of the prediction. Energy is that of serving; what is drawn idle is in the money only.
 */
export function tokenBill(scenario: Scenario, prediction: Prediction): TokenBill {
  const { cost, energy, throughput, workload } = prediction
  const rates = { total: throughput.total.value, output: throughput.output.value }
  const seconds = tokenTimes({
    inputTokensPerSecond: rates.total - rates.output,
    outputTokensPerSecond: rates.output,
    prefillShare: cost.split.inputShare,
    ...cachedReads(scenario, prediction),
  })
  const cachedShare = seconds.input === 0 ? 0 : seconds.cachedInput / seconds.input
  const money: PerKind<Known> = {
    input: cost.split.input,
    cachedInput: scaled(cost.split.input, cachedShare),
    output: cost.split.output,
  }
  const grid = askedInput('grid', scenario.tco ?? { inputs: {} })
  const footprint = (usd: Known, perToken: number): Footprint => {
    const joules = scaled(energy.power, perToken * MTOK, { unit: 'J/Mtok', basis: 'derived' })
    return { usd, joules, grams: carbon(joules, grid, 'gCO2/Mtok') }
  }
  const kinds = Object.fromEntries(TOKEN_KINDS.map((kind) => [kind, footprint(money[kind], seconds[kind])])) as Record<
    TokenKind,
    Footprint
  >
  const tokens = {
    input: meanLength(workload.isl, workload.spread),
    cachedInput: 0,
    output: meanLength(workload.osl, workload.spread),
  }
  return {
    blended: footprint(cost.perMtokTotal, 1 / rates.total),
    kinds,
    seconds,
    request: { tokens, ...mixFootprint(tokens, kinds, 1) },
    grid,
  }
}

// A cached prompt comes from the memory of the host; an SRAM machine has none of that kind, and computes all of it.
function cachedReads(
  { model, cache, chip, tco }: Scenario,
  { chips }: Prediction,
): { cachedBytes: number; cacheLink: number } {
  const link = askedInput('cacheLink', tco ?? { inputs: {} })
  const isRead = chip.kind === 'hbm' && isKnown(link)
  if (!isRead) return { cachedBytes: Number.MAX_VALUE, cacheLink: 1 }
  return { cachedBytes: kvBytesPerToken(model, cache), cacheLink: link.value * chips }
}

function carbon(joules: Known, grid: Known, unit: string): Known {
  if (!isKnown(joules)) return joules
  return product(
    mapFigure(joules, (value) => value / JOULES_PER_KWH),
    grid,
    { unit, basis: 'derived', ...sourceOf(grid) },
  )
}

function sourceOf(figure: Known): Partial<Figure> {
  return isKnown(figure) ? { source: figure.source } : {}
}

function scaled(figure: Known, factor: number, change: Partial<Figure> = {}): Known {
  return isKnown(figure) ? mapFigure(figure, (value) => value * factor, change) : figure
}

/** `times` the cost of a mix of tokens, from costs per million by kind. */
function mixFootprint(mix: TokenMix, kinds: PerKind<Footprint>, times: number): Footprint {
  const sum = (of: keyof Footprint, unit: string): Known => {
    const figures = TOKEN_KINDS.map((kind) => kinds[kind][of])
    const missing = figures.find((figure): figure is Unknown => !isKnown(figure))
    if (missing !== undefined) return missing
    const [first] = figures as Figure[]
    const at = (end: 'value' | 'low' | 'high'): number => {
      const value = (kind: TokenKind): number => {
        const figure = kinds[kind][of] as Figure
        return figure[end] ?? figure.value
      }
      const perToken = { input: value('input'), cachedInput: value('cachedInput'), output: value('output') }
      return (times * mixCost(mix, perToken)) / MTOK
    }
    return { ...first!, value: at('value'), low: at('low'), high: at('high'), unit, basis: 'derived' }
  }
  return { usd: sum('usd', 'USD'), joules: sum('joules', 'J'), grams: sum('grams', 'gCO2') }
}

/** What the preset tasks cost on the deployment of a scenario, each predicted at the lengths of its calls. */
export function taskBills(scenario: Scenario): readonly TaskBill[] {
  return TASKS.map((task) => {
    const kinds = kindsAt(scenario, task)
    if ('unknown' in kinds) return { task, once: kinds, userMonth: kinds }
    const of = (times: number): Footprint => mixFootprint(callTokens(task), kinds, times)
    return { task, once: of(task.calls), userMonth: of(task.calls * task.perUserMonth) }
  })
}

function kindsAt(scenario: Scenario, { input, output }: Task): PerKind<Footprint> | Unknown {
  const { concurrency } = scenario.workload
  const asked: Scenario = { ...scenario, workload: { isl: input, osl: output, concurrency, spread: 1 } }
  try {
    return tokenBill(asked, predictScenario(asked)).kinds
  } catch (fault) {
    if (!(fault instanceof PincerError)) throw fault
    return { unknown: fault.issues[0]?.message ?? 'it cannot be predicted' }
  }
}

/** List prices of the model beside what this deployment makes its tokens for. */
export function apiComparison(scenario: Scenario, bill: TokenBill): readonly ApiComparison[] {
  return apiPrices(scenario.model.id).map((row) => {
    const { usd } = bill.kinds[row.kind]
    return { ...row, ratio: isKnown(usd) ? usd.value / row.price.value : usd }
  })
}
