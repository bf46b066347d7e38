import { type CompareOptions, FORMATS, type Format } from '../../../src/index.ts'
import { catalog } from 'virtual:default-answer'
import type { ChipName, ModelName } from '../../engine/catalog-list.ts'
import { choiceField, choicesField, numberField, numbersField } from '../../state/field.ts'
import type { StateOf } from '../../state/url.ts'

export const MODELS: readonly ModelName[] = catalog.models
export const GPUS: readonly ChipName[] = catalog.chips.filter(({ kind }) => kind === 'hbm')
export const SRAM_MACHINES: readonly ChipName[] = catalog.chips.filter(({ kind }) => kind === 'sram')

export const LENGTH = { from: 1, to: 1_000_000, isWhole: true }
export const SPEED = { from: 1, to: 10_000 }
export const TOKENS = { from: 1e9, to: 1e15 }
export const PRICE = { from: 0.01, to: 1e6 }
/** More columns would not fit a page. */
export const MOST_SRAM = 3

/** What a link may say of this view: all that `pincer compare` takes of the catalog. */
export const schema = {
  dense: choiceField('deepseek-67b', MODELS),
  sparse: choiceField('deepseek-v2', MODELS),
  gpu: choiceField('h100-sxm', GPUS),
  sram: choicesField(['cerebras-wse3', 'groq-lpu-v1'], SRAM_MACHINES, MOST_SRAM),
  isl: numberField(1024, LENGTH),
  osl: numberField(1024, LENGTH),
  speed: numberField(100, SPEED),
  precision: choiceField(
    'fp8',
    FORMATS.map((id) => ({ id })),
  ),
  tokens: numberField(8.1e12, TOKENS),
  prices: numbersField(catalog.chips, PRICE),
}

export type PincerState = StateOf<typeof schema>

/** The question to the engine: what differs from the defaults of `compare`. */
export function optionsOf(state: PincerState): CompareOptions {
  const chips = [state.gpu, ...state.sram]
  const prices = new Map([...state.prices].filter(([chip]) => chips.includes(chip)))
  return {
    models: [state.dense, state.sparse],
    chips,
    workload: { isl: state.isl, osl: state.osl },
    precision: state.precision as Format,
    userSpeed: state.speed,
    trainingTokens: state.tokens,
    ...(prices.size === 0 ? {} : { prices }),
  }
}

/** The command that prints the same numbers. */
export function commandOf(state: PincerState): string {
  const isDefault = (field: keyof PincerState): boolean =>
    schema[field].print(state[field] as never) === schema[field].print(schema[field].default as never)
  const { prices = new Map<string, number>() } = optionsOf(state)
  const parts: readonly (readonly [boolean, string])[] = [
    [!isDefault('dense') || !isDefault('sparse'), `--models ${state.dense},${state.sparse}`],
    [!isDefault('gpu') || !isDefault('sram'), `--chips ${[state.gpu, ...state.sram].join(',')}`],
    [!isDefault('isl') || !isDefault('osl'), `--workload ${state.isl}/${state.osl}`],
    [!isDefault('precision'), `--precision ${state.precision}`],
    [!isDefault('speed'), `--user-speed ${state.speed}`],
    [!isDefault('tokens'), `--training-tokens ${state.tokens}`],
    [prices.size > 0, `--prices ${[...prices].map(([chip, usd]) => `${chip}=${usd}`).join(',')}`],
  ]
  return ['pincer compare', ...parts.flatMap(([isGiven, part]) => (isGiven ? [part] : []))].join(' ')
}

export function modelOf(id: string): ModelName | undefined {
  return catalog.models.find((model) => model.id === id)
}

export function chipOf(id: string): ChipName | undefined {
  return catalog.chips.find((chip) => chip.id === id)
}

export function modelName(id: string): string {
  return modelOf(id)?.name ?? id
}

export function chipName(id: string): string {
  return chipOf(id)?.name ?? id
}
