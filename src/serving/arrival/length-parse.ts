import { Fields, fault } from './arrival-field.ts'
import { type LengthDistribution, LONGEST } from './length-distribution.ts'
import { logMoments, normalCdf } from './length-normal.ts'

const KINDS: ReadonlyMap<LengthDistribution['kind'], readonly string[]> = new Map([
  ['fixed', ['tokens']],
  ['uniform', ['low', 'high']],
  ['lognormal', ['mean', 'cv', 'max']],
  ['samples', ['samples']],
  ['quantiles', ['shares', 'values', 'mean']],
])

const TOKENS = { atLeast: 1, atMost: LONGEST, whole: true }

/**
 * A length distribution as data, checked field by field.
 * @throws PincerError `missing_field`, `unknown_field`, `invalid_value` with the path of the field
 */
export function parseLengthDistribution(input: unknown, path: readonly (string | number)[] = []): LengthDistribution {
  const fields = new Fields(input, path)
  const kind = fields.kind(KINDS)
  switch (kind) {
    case 'fixed':
      return { kind, tokens: fields.number('tokens', TOKENS) }
    case 'uniform': {
      const low = fields.number('low', TOKENS)
      return { kind, low, high: fields.number('high', { ...TOKENS, atLeast: low }) }
    }
    case 'lognormal':
      return parseLognormal(fields)
    case 'samples':
      return { kind, samples: fields.numbers('samples', TOKENS) }
    case 'quantiles':
      return parseQuantiles(fields)
  }
}

function parseLognormal(fields: Fields): LengthDistribution {
  const mean = fields.number('mean', { atLeast: 1, atMost: LONGEST })
  const cv = fields.number('cv', { above: 0, atMost: 100 })
  const max = fields.has('max') ? fields.number('max', TOKENS) : LONGEST
  const { mu, sigma } = logMoments(mean, cv)
  const kept = normalCdf((Math.log(max + 0.5) - mu) / sigma) - normalCdf((Math.log(0.5) - mu) / sigma)
  if (kept < 0.05) {
    const percent = (100 * kept).toPrecision(2)
    const path = [...fields.path, 'max']
    throw fault('invalid_value', path, `only ${percent} % of this distribution lies in 1 … ${max} tokens`)
  }
  return { kind: 'lognormal', mean, cv, max }
}

function parseQuantiles(fields: Fields): LengthDistribution {
  const shares = fields.numbers('shares', { atLeast: 0, atMost: 1 })
  const values = fields.numbers('values', { atLeast: 0, atMost: LONGEST })
  const mean = fields.has('mean') ? { mean: fields.number('mean', { above: 0 }) } : {}
  if (shares.length !== values.length || shares.length < 2) {
    throw fault('invalid_value', [...fields.path, 'values'], 'shares and values need the same length, at least 2')
  }
  if (shares[0] !== 0 || shares.at(-1) !== 1) {
    throw fault('invalid_value', [...fields.path, 'shares'], 'shares do not go from 0 to 1')
  }
  for (let i = 1; i < shares.length; i++) {
    if (shares[i]! <= shares[i - 1]!) throw fault('invalid_value', [...fields.path, 'shares', i], 'does not ascend')
    if (values[i]! < values[i - 1]!) throw fault('invalid_value', [...fields.path, 'values', i], 'descends')
  }
  return { kind: 'quantiles', shares, values, ...mean }
}
