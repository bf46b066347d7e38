import { FORMATS, INPUTS, MARKET_NAMES, METRICS, OWNERS, TCO_NAMES, tcoFlag } from '../../../src/index.ts'
import type { PageSide } from '../../engine/method/money.ts'
import { choiceField, numberField, numbersField } from '../../state/field.ts'
import { chipFinder, chipInput, findModelName, modelInput, pathOf } from '../../state/own.ts'
import type { StateOf } from '../../state/url.ts'
import { type Axis, axisField, rangesField } from './field.ts'

export const PARTS = ['hour', 'two', 'map', 'ways', 'market'] as const
export type PartName = (typeof PARTS)[number]
export const BASES = ['predict', 'own', 'rent'] as const
/** Side B may be tokens bought at list prices. */
export const API = 'api'
export const SAMPLES: readonly string[] = ['2048', '16384', '65536']

export const LENGTH = { from: 2, to: 1_000_000, isWhole: true }
export const CLIENTS = { from: 1, to: 10_000, isWhole: true }
export const COUNT = { from: 1, to: 10_000, isWhole: true }
export const PRICE = { from: 0.001, to: 10_000 }
export const RENT = { from: 0, to: 10_000 }
export const YEARS = { from: 1, to: 15, isWhole: true }

const named = (ids: readonly string[]): { readonly id: string }[] => ids.map((id) => ({ id }))

/** What an owner pays, by the names of `--set`; carbon and cache links change no money. */
export const OWNED: readonly string[] = TCO_NAMES.filter((name) => name !== 'grid' && name !== 'cacheLink').map(tcoFlag)
/** Inputs of both sides, and of either. */
export const VARIED: readonly string[] = [...INPUTS.keys()].flatMap((name) => [name, `a.${name}`, `b.${name}`])

const PRICE_OF_B: Axis = { name: 'b.chip-price', from: 20_000, to: 100_000 }
const CONCURRENCY: Axis = { name: 'concurrency', from: 1, to: 256 }

const findChip = chipFinder()

/** What a link may say of this view. */
export const schema = {
  part: choiceField('hour', named(PARTS)),
  chip: choiceField('b200-sxm', findChip),
  owner: choiceField('typical', named(OWNERS)),
  set: numbersField(named(OWNED), { from: 0, to: 1e12 }),
  model: choiceField('llama3-70b', findModelName),
  precision: choiceField('fp8', named(FORMATS)),
  isl: numberField(1024, LENGTH),
  osl: numberField(1024, LENGTH),
  clients: numberField(64, CLIENTS),
  a: choiceField('h100-sxm', findChip),
  aChips: numberField(4, COUNT),
  aHour: choiceField('own', named(BASES)),
  b: choiceField('b200-sxm', (text) => (text.trim().toLowerCase() === API ? API : findChip(text))),
  bChips: numberField(4, COUNT),
  bHour: choiceField('own', named(BASES)),
  apiIn: numberField(0.6, PRICE),
  apiOut: numberField(0.8, PRICE),
  vary: rangesField(named(VARIED)),
  samples: choiceField('16384', named(SAMPLES)),
  x: axisField<Axis>(PRICE_OF_B, named(VARIED), false),
  y: axisField<Axis | undefined>(CONCURRENCY, named(VARIED), true),
  metric: choiceField('cost', named(Object.keys(METRICS))),
  rent: numberField(0, RENT),
  point: choiceField('cheapest', named(['cheapest', 'fast'])),
  years: numberField(5, YEARS),
  market: rangesField(named(MARKET_NAMES)),
}

export type MoneyState = StateOf<typeof schema>

/** The load and the model of both sides. */
function common(state: MoneyState): Readonly<Record<string, unknown>> {
  const { model, precision, isl, osl, clients } = state
  return { model: modelInput(model), precision, workload: { isl, osl, concurrency: clients } }
}

function commonWords({ model, precision, isl, osl, clients }: MoneyState): string {
  return `--model ${pathOf(model)} --precision ${precision} --workload ${isl}/${osl}@${clients}`
}

/** The deployment of side A; the three ways to get one are asked of it too. */
export function scenarioOf(state: MoneyState): Readonly<Record<string, unknown>> {
  return { ...common(state), chip: chipInput(state.a), chips: state.aChips }
}

export function sidesOf(state: MoneyState): { readonly a: PageSide; readonly b: PageSide } {
  const b: PageSide =
    state.b === API
      ? { api: { input: state.apiIn, output: state.apiOut } }
      : {
          scenario: { ...common(state), chip: chipInput(state.b), chips: state.bChips },
          hour: state.bHour as (typeof BASES)[number],
        }
  return { a: { scenario: scenarioOf(state), hour: state.aHour as (typeof BASES)[number] }, b }
}

const hourWord = (hour: string): string => (hour === 'predict' ? '' : ` --${hour}`)

function sideWords(state: MoneyState): string {
  const a = `--chip ${pathOf(state.a)} --chips ${state.aChips}${hourWord(state.aHour)}`
  const b =
    state.b === API
      ? `--api ${state.apiIn}/${state.apiOut}`
      : `--chip ${pathOf(state.b)} --chips ${state.bChips}${hourWord(state.bHour)}`
  return `${commonWords(state)} --a "${a}" --b "${b}"`
}

/** Equal chances between two ends, or one number, as the engine and the command line read it. */
export function rangeTexts(ranges: MoneyState['vary']): Record<string, string> {
  return Object.fromEntries(
    [...ranges].map(([name, { from, to }]) => [name, from === to ? String(from) : `uniform(${from},${to})`]),
  )
}

function rangeWords(option: string, ranges: MoneyState['vary']): string {
  return Object.entries(rangeTexts(ranges))
    .map(([name, range]) => ` --${option} "${name}=${range}"`)
    .join('')
}

const axisWord = ({ name, from, to }: Axis): string => `--over ${name}=${from}..${to}`

/** The command that prints the numbers of a part of the view. */
export function commandOf(state: MoneyState): string {
  switch (state.part as PartName) {
    case 'hour': {
      const set = [...state.set].map(([name, value]) => `${name}=${value}`).join(',')
      return `pincer cost --chip ${pathOf(state.chip)} --owner ${state.owner}${set === '' ? '' : ` --set ${set}`}`
    }
    case 'two':
      return `pincer uncertain ${sideWords(state)}${rangeWords('vary', state.vary)} --samples ${state.samples}`
    case 'map': {
      const axes = [state.x, ...(state.y === undefined ? [] : [state.y])].map(axisWord).join(' ')
      return `pincer crossover ${sideWords(state)} ${axes} --metric ${state.metric}`
    }
    case 'ways': {
      const rent = state.rent === 0 ? '' : ` --rent-price ${state.rent}`
      const deployment = `${commonWords(state)} --chip ${pathOf(state.a)} --chips ${state.aChips}`
      return `pincer crossover ${deployment} --ways ${state.apiIn}/${state.apiOut}${rent}`
    }
    case 'market':
      return `pincer market --point ${state.point} --years ${state.years}${rangeWords('set', state.market)}`
  }
}
