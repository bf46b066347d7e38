import { type Engine, type SearchQuestion, ENGINES } from '../../../src/index.ts'
import {
  BadField,
  type Field,
  choiceField,
  choicesField,
  numberField,
  numbersField,
  parseNumber,
} from '../../state/field.ts'
import { optionalNumberField } from '../../state/optional-field.ts'
import { chipFinder, chipInput, engineId, findModelName, modelInput, pathOf } from '../../state/own.ts'
import type { StateOf } from '../../state/url.ts'

/** Those that serving measurements exist of: the default of `pincer search`. */
export const DEFAULT_CHIPS: readonly string[] = ['b200-sxm', 'b300-sxm', 'gb200-nvl72', 'h100-sxm', 'h200-sxm']
/** As many as there are colours that can be told apart. */
export const MOST_CHIPS = 12
/** More columns would not fit a page. */
export const MOST_PINS = 4

export const LENGTH = { from: 1, to: 1_000_000, isWhole: true }
export const SPEED = { from: 0.1, to: 100_000 }
export const TTFT = { from: 0.1, to: 1e7 }
export const PRICE = { from: 0.01, to: 1e6 }
const AXIS = { from: 0, to: 1e12 }

/** A part of the picture: from and to, in tokens per second of a user and in the measure of the other axis. */
export interface Region {
  readonly speed: readonly [number, number]
  readonly worth: readonly [number, number]
}

const regionField: Field<Region | undefined> = {
  default: undefined,
  parse: (text) => {
    const parts = text.split(':', 5)
    if (parts.length !== 4) throw new BadField({ kind: 'edges' })
    const [a, b, c, d] = parts.map((part) => parseNumber(part, AXIS)) as [number, number, number, number]
    return { speed: [Math.min(a, b), Math.max(a, b)], worth: [Math.min(c, d), Math.max(c, d)] }
  },
  print: (region) => (region === undefined ? '' : [...region.speed, ...region.worth].join(':')),
}

const PIN = /^[\w.-]{1,60}(?:\/[\w.-]{1,60}){2,4}$/

const pinsField: Field<readonly string[]> = {
  default: [],
  parse: (text) => {
    const ids = [...new Set(text.split(',', MOST_PINS + 1))]
    if (ids.length > MOST_PINS) throw new BadField({ kind: 'many', most: MOST_PINS })
    if (!ids.every((id) => PIN.test(id))) throw new BadField({ kind: 'choice', nearest: undefined })
    return ids
  },
  print: (ids) => ids.join(','),
}

const named = (...ids: string[]): { id: string }[] => ids.map((id) => ({ id }))
/** Every engine, or one of them. */
export const ENGINE_CHOICES: readonly string[] = ['any', ...ENGINES]

/** What a link may say of this view. */
export const schema = {
  model: choiceField('deepseek-r1', findModelName),
  chips: choicesField(DEFAULT_CHIPS, chipFinder(), MOST_CHIPS),
  isl: numberField(1024, LENGTH),
  osl: numberField(1024, LENGTH),
  by: choiceField('chip', named('chip', 'cost')),
  scale: choiceField('log', named('log', 'linear')),
  speed: optionalNumberField(SPEED),
  ttft: optionalNumberField(TTFT),
  engine: choiceField('any', named(...ENGINE_CHOICES)),
  prices: numbersField(chipFinder(), PRICE),
  measured: choiceField('on', named('on', 'off')),
  pins: pinsField,
  region: regionField,
}

export type FrontierState = StateOf<typeof schema>

/** The question to the engine; how the answer is looked at is no part of it. */
export function questionOf({ model, chips, isl, osl, by, speed, ttft, engine, prices }: FrontierState): SearchQuestion {
  const given = [...prices].filter(([chip]) => chips.includes(chip))
  const paid = Object.fromEntries(given.map(([chip, price]) => [engineId(chip), price]))
  const goal = {
    ...(ttft === undefined ? {} : { ttft: ttft / 1000 }),
    ...(speed === undefined ? {} : { userSpeed: speed }),
  }
  return {
    model: modelInput(model),
    chips: chips.map(chipInput),
    workload: { isl, osl },
    by: by as 'chip' | 'cost',
    ...(Object.keys(goal).length === 0 ? {} : { goal }),
    ...(engine === 'any' ? {} : { engines: [engine as Engine] }),
    ...(Object.keys(paid).length === 0 ? {} : { prices: paid }),
  }
}

/** The command that searches the same. */
export function commandOf(state: FrontierState): string {
  const { model, chips, isl, osl, by, speed, ttft, engine } = state
  const prices = Object.entries(questionOf(state).prices ?? {})
  const parts: readonly (readonly [boolean, string])[] = [
    [chips.join(',') !== DEFAULT_CHIPS.join(','), `--chips ${chips.map(pathOf).join(',')}`],
    [true, `--isl ${isl} --osl ${osl}`],
    [engine !== 'any', `--engines ${engine}`],
    [prices.length > 0, `--prices ${prices.map(([chip, usd]) => `${chip}=${usd}`).join(',')}`],
    [by !== 'chip', `--by ${by}`],
    [ttft !== undefined, `--slo-ttft ${ttft}`],
    [speed !== undefined, `--user-speed ${speed}`],
  ]
  return [`pincer search ${pathOf(model)}`, ...parts.flatMap(([isGiven, part]) => (isGiven ? [part] : []))].join(' ')
}
