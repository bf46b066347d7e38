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
    rule('electricity', 'USD/kWh', 'price of electricity', amount, [0, 0.4], { owned: 'usdPerKwh' }),
    rule('purchase', 'USD', 'purchase price of a chip', amount, [1000, 100_000], { ...log, owned: 'purchase' }),
    rule('host-uplift', 'ratio', 'chip with its host and network over the chip', { min: 1, max: 1e6 }, [1, 3], {
      owned: 'hostUplift',
    }),
    rule('life', 'years', 'years of use', { min: 0, max: 100, minOpen: true }, [1, 10], { owned: 'lifeYears' }),
    rule('residual', 'share', 'share of the price recovered at the end', share, [0, 0.5], { owned: 'residualShare' }),
    rule('interest', '1/year', 'cost of capital', share, [0, 0.25], { owned: 'interest' }),
    rule('power', 'W', 'power to pay for, per chip', amount, [100, 5000], { owned: 'watts' }),
    rule('pue', 'ratio', 'power at the meter over power at the server', { min: 1, max: 10 }, [1, 2], { owned: 'pue' }),
    rule('hosting', 'USD/kW/month', 'building and operations', amount, [0, 300], { owned: 'hostingPerKwMonth' }),
    rule('maintenance', '1/year', 'repairs over the price of the hardware', share, [0, 0.2], {
      owned: 'maintenanceShare',
    }),
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
  ['kwh', 'electricity'],
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
