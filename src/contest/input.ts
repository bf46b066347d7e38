import { type CostName, TCO_FIELDS, tcoFlag } from '../economics/index.ts'
import { PincerError, nearest } from '../issue/index.ts'
import type { Support } from '../uncertainty/index.ts'

/** A number of a contest that may be varied. */
export interface InputRule {
  readonly name: string
  readonly unit: string
  /** What it is, for people. */
  readonly what: string
  readonly support: Support
  /** Where a scan goes when no range is given. */
  readonly range: readonly [from: number, to: number]
  readonly scale: 'linear' | 'log'
  /** Only whole numbers can be asked of the predictor. */
  readonly isWhole: boolean
  /** Field of an owned chip-hour that it stands for. */
  readonly owned?: string
}

const share = { min: 0, max: 1 }
const amount = { min: 0, max: 1e12 }

function rule(
  name: string,
  unit: string,
  what: string,
  support: Support,
  range: readonly [number, number],
  more: Partial<InputRule> = {},
): InputRule {
  return { name, unit, what, support, range, scale: 'linear', isWhole: false, ...more }
}

const log = { scale: 'log' } as const
const whole = { scale: 'log', isWhole: true } as const

/** What a chip-hour is built up from, with where a scan of it goes. */
const OWNED: readonly (readonly [CostName, readonly [number, number], Partial<InputRule>?])[] = [
  ['chipPrice', [1000, 100_000], log],
  ['server', [100, 50_000], log],
  ['network', [100, 50_000], log],
  ['spares', [0, 0.2]],
  ['life', [1, 10]],
  ['residual', [0, 0.5]],
  ['interest', [0, 0.25]],
  ['maintenance', [0, 0.2]],
  ['power', [100, 5000]],
  ['idlePower', [0, 1]],
  ['pue', [1, 2]],
  ['powerPrice', [0, 0.4]],
  ['provisioned', [100, 5000]],
  ['building', [1e6, 5e7], log],
  ['buildingLife', [5, 40]],
  ['hosting', [0, 300]],
  ['staff', [0, 5000]],
  ['availability', [0.5, 1]],
]

function ownedRule([field, range, more = {}]: (typeof OWNED)[number]): InputRule {
  const { unit, meaning, min, max, minOpen } = TCO_FIELDS.get(field)!
  return rule(tcoFlag(field), unit, meaning, { min, max, minOpen }, range, { ...more, owned: field })
}

/** All inputs by name. Supports are those of economics' and predict's own checks. */
export const INPUTS: ReadonlyMap<string, InputRule> = new Map(
  [
    rule('chip-hour', 'USD/h', 'price of a chip-hour, quoted', { ...amount, minOpen: true }, [0.1, 100], log),
    rule(
      'api-price',
      'USD/Mtok',
      'API price of output tokens, that of input tokens in proportion',
      { ...amount, minOpen: true },
      [0.01, 100],
      log,
    ),
    rule('utilisation', 'share', 'share of the paid hours that is used', { ...share, minOpen: true }, [0.02, 1], log),
    ...OWNED.map(ownedRule),
    rule('year', 'years', 'years from now, in which quoted prices fall', { min: 0, max: 50 }, [0, 10]),
    rule('decline', '1/year', 'yearly fall of quoted prices', { min: -1, max: 0.99 }, [0, 0.6]),
    rule('speed', 'ratio', 'tokens per second over the predicted', { min: 0, max: 1e6, minOpen: true }, [0.25, 4], log),
    rule('context', 'tokens', 'upper end of the prompt length', { min: 1, max: 1e8 }, [128, 131_072], whole),
    rule('output', 'tokens', 'upper end of the output length', { min: 2, max: 1e8 }, [16, 16_384], whole),
    rule('concurrency', 'clients', 'clients that each wait for their answer', { min: 1, max: 1e7 }, [1, 1024], whole),
    rule('acceptance', 'share', 'probability that a drafted token is accepted', share, [0, 1]),
  ].map((input) => [input.name, input]),
)

/** Inputs that change what is predicted, not only what it costs. */
export const PREDICTION_INPUTS: readonly string[] = ['context', 'output', 'concurrency', 'acceptance']

/** Other words for them. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['price', 'chip-hour'],
  ['utilization', 'utilisation'],
  ['isl', 'context'],
  ['prompt', 'context'],
  ['osl', 'output'],
  ['batch', 'concurrency'],
  ['clients', 'concurrency'],
  ['kwh', 'power-price'],
  ['electricity', 'power-price'],
  ['purchase', 'chip-price'],
  ['years', 'year'],
])

/** An input of both sides, or of one. */
export interface InputName {
  readonly rule: InputRule
  /** Which side it is of; undefined = of every side it has a meaning for. */
  readonly side?: 0 | 1
  /** As it is shown: "utilisation", "b.utilisation". */
  readonly shown: string
}

/**
 * `utilisation`, or `a.utilisation` for one side.
 * @throws PincerError `unknown_field` with a suggestion
 */
export function inputName(text: string, path: readonly (string | number)[]): InputName {
  const plain = text.trim().toLowerCase().replaceAll('_', '-')
  const [, of, name = ''] = /^(?:([ab])\.)?(.*)$/.exec(plain) ?? []
  const known = INPUTS.get(ALIASES.get(name) ?? name)
  if (known !== undefined) {
    if (of === undefined) return { rule: known, shown: known.name }
    return { rule: known, side: of === 'a' ? 0 : 1, shown: `${of}.${known.name}` }
  }
  const names = [...INPUTS.keys()]
  const near = nearest(name, [...names, ...ALIASES.keys()])
  const suggestion = near === undefined ? `use one of ${names.join(', ')}` : `did you mean "${near}"?`
  throw new PincerError({ code: 'unknown_field', path, message: `unknown input "${text.slice(0, 60)}"`, suggestion })
}
