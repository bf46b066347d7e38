import type { Crossover, CrossoverMap, Metric, Ways } from '../../../src/index.ts'
import { ask } from '../../engine/client.ts'
import type { CostAnswer, MarketAnswer, UncertainAnswer } from '../../engine/method/money.ts'
import type { AskOptions } from '../../engine/pool.ts'
import { type Question, question } from '../../engine/question.ts'
import { chipInput } from '../../state/own.ts'
import { type MoneyState, type PartName, commandOf, rangeTexts, scenarioOf, sidesOf } from './schema.ts'

export const cost: Question<CostAnswer> = question()
export const two: Question<UncertainAnswer> = question()
/** Over one parameter, or over two. */
export const crossed: Question<Crossover | CrossoverMap> = question()
export const threeWays: Question<Ways> = question()
export const market: Question<MarketAnswer> = question()

export const QUESTIONS = { hour: cost, two, map: crossed, ways: threeWays, market }

/** Hands may still be moving, ms. */
const SETTLE = 120

/** What every part was last asked, as its command says it. */
const asked = new Map<string, string>()

/** Asks for the part of the view that `state` shows, unless it was asked just that already. */
export function askFor(state: MoneyState): void {
  const part = state.part as PartName
  const command = commandOf(state)
  if (asked.get(part) === command) return
  const delay = asked.has(part) ? SETTLE : 0
  asked.set(part, command)
  switch (part) {
    case 'hour':
      return cost.ask((options) => costOf(state, options), delay)
    case 'two':
      return two.ask((options) => {
        const vary = rangeTexts(state.vary)
        return ask('money.uncertain', { ...sidesOf(state), vary, samples: Number(state.samples) }, options)
      }, delay)
    case 'map':
      return crossed.ask((options) => crossoverOf(state, options), delay)
    case 'ways':
      return threeWays.ask((options) => {
        const api = { input: state.apiIn, output: state.apiOut }
        const rent = state.rent === 0 ? {} : { rent: state.rent }
        return ask('money.ways', { scenario: scenarioOf(state), api, ...rent }, options)
      }, delay)
    case 'market':
      return market.ask((options) => {
        const { point, years } = state
        return ask('money.market', { inputs: rangeTexts(state.market), point, years }, options)
      }, delay)
  }
}

function costOf({ chip, owner, set }: MoneyState, options: AskOptions): Promise<CostAnswer> {
  return ask('money.cost', { chip: chipInput(chip), owner, inputs: Object.fromEntries(set) }, options)
}

function crossoverOf(state: MoneyState, options: AskOptions): Promise<Crossover | CrossoverMap> {
  const { x, y } = state
  const sides = { ...sidesOf(state), metric: state.metric as Metric }
  return y === undefined
    ? ask('money.line', { ...sides, over: x }, options)
    : ask('money.map', { ...sides, x, y }, options)
}
