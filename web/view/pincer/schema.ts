import { type CompareOptions, FORMATS, type Format } from '../../../src/index.ts'
import { choiceField, choicesField, numberField, numbersField } from '../../state/field.ts'
import { chipFinder, chipInput, engineId, findModelName, modelInput, pathOf } from '../../state/own.ts'
import type { StateOf } from '../../state/url.ts'

export const LENGTH = { from: 1, to: 1_000_000, isWhole: true }
export const SPEED = { from: 1, to: 10_000 }
export const TOKENS = { from: 1e9, to: 1e15 }
export const PRICE = { from: 0.01, to: 1e6 }
/** More columns would not fit a page. */
export const MOST_SRAM = 3

/** What a link may say of this view: all that `pincer compare` takes. */
export const schema = {
  dense: choiceField('deepseek-67b', findModelName),
  sparse: choiceField('deepseek-v2', findModelName),
  gpu: choiceField('h100-sxm', chipFinder('hbm')),
  sram: choicesField(['cerebras-wse3', 'groq-lpu-v1'], chipFinder('sram'), MOST_SRAM),
  isl: numberField(1024, LENGTH),
  osl: numberField(1024, LENGTH),
  speed: numberField(100, SPEED),
  precision: choiceField(
    'fp8',
    FORMATS.map((id) => ({ id })),
  ),
  tokens: numberField(8.1e12, TOKENS),
  prices: numbersField(chipFinder(), PRICE),
}

export type PincerState = StateOf<typeof schema>

/** The question to the engine: what differs from the defaults of `compare`. */
export function optionsOf(state: PincerState): CompareOptions {
  const chips = [state.gpu, ...state.sram]
  const given = [...state.prices].filter(([chip]) => chips.includes(chip))
  const prices = new Map(given.map(([chip, price]) => [engineId(chip), price]))
  return {
    models: [state.dense, state.sparse].map(modelInput),
    chips: chips.map(chipInput),
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
    [!isDefault('dense') || !isDefault('sparse'), `--models ${[state.dense, state.sparse].map(pathOf).join(',')}`],
    [!isDefault('gpu') || !isDefault('sram'), `--chips ${[state.gpu, ...state.sram].map(pathOf).join(',')}`],
    [!isDefault('isl') || !isDefault('osl'), `--workload ${state.isl}/${state.osl}`],
    [!isDefault('precision'), `--precision ${state.precision}`],
    [!isDefault('speed'), `--user-speed ${state.speed}`],
    [!isDefault('tokens'), `--training-tokens ${state.tokens}`],
    [prices.size > 0, `--prices ${[...prices].map(([chip, usd]) => `${chip}=${usd}`).join(',')}`],
  ]
  return ['pincer compare', ...parts.flatMap(([isGiven, part]) => (isGiven ? [part] : []))].join(' ')
}
