import { PincerError, nearest } from '../issue/index.ts'
import type { Distribution } from './distribution.ts'

type Path = readonly (string | number)[]

/** Fields of each kind in the order of the text form. */
const FIELDS = {
  fixed: ['value'],
  normal: ['mean', 'sd'],
  lognormal: ['median', 'factor'],
  triangular: ['lo', 'mode', 'hi'],
  uniform: ['lo', 'hi'],
} as const

const KINDS = [...Object.keys(FIELDS), 'quantiles']
const HOW =
  'write a number, normal(mean,sd), lognormal(median,factor), triangular(lo,mode,hi), uniform(lo,hi) or quantiles(0.1:x,0.9:y)'

/**
 * A number, or an object `{ "kind": "normal", "mean", "sd" }`, `lognormal` (`median`, `factor` above 1: e^σ), `triangular` (`lo`, `mode`,
 * `hi`), `uniform` (`lo`, `hi`), `quantiles` (`at`: `{ "0.1": x, "0.9": y }`), or its text form.
 * @throws PincerError with the path of the faulty field
 */
export function parseDistribution(input: unknown, path: Path = []): Distribution {
  if (typeof input === 'string') return parseDistributionText(input, path)
  if (typeof input === 'number') return checked({ kind: 'fixed', value: finite(input, path) }, path)
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw fault(path, 'is no distribution', HOW)
  const { kind, ...fields } = input as Readonly<Record<string, unknown>>
  const name = kindOf(kind, [...path, 'kind'])
  if (name === 'quantiles') return quantiles(fields, path)
  const wanted: readonly string[] = FIELDS[name]
  for (const field of Object.keys(fields)) {
    if (wanted.includes(field)) continue
    const near = nearest(field, wanted)
    const hint = near === undefined ? `${name} has ${wanted.join(', ')}` : `did you mean "${near}"?`
    const message = `unknown field "${field.slice(0, 40)}"`
    throw new PincerError({ code: 'unknown_field', path: [...path, field], message, suggestion: hint })
  }
  const values = wanted.map((field) => [field, finite(fields[field], [...path, field])] as const)
  return checked({ kind: name, ...Object.fromEntries(values) } as Distribution, path)
}

/**
 * The text form: `uniform(0.3,0.8)`, `lognormal(2,1.5)`, `quantiles(0.1:1,0.5:2,0.9:4)`, or a plain number.
 * @throws PincerError as `parseDistribution` does
 */
export function parseDistributionText(text: string, path: Path = []): Distribution {
  const shown = text.slice(0, 60)
  const [, name, list] = /^\s*([a-z]+)\s*\(([^()]*)\)\s*$/i.exec(text) ?? []
  if (name === undefined || list === undefined) {
    const value = decimal(text)
    if (value === undefined) throw fault(path, `"${shown}" is no distribution`, HOW)
    return { kind: 'fixed', value }
  }
  const kind = kindOf(name.toLowerCase(), path)
  const items = list.split(',')
  if (kind === 'quantiles') return parseDistribution({ kind, at: pairs(items, path) }, path)
  const fields: readonly string[] = FIELDS[kind]
  if (items.length !== fields.length)
    throw fault(path, `"${shown}" has ${items.length} numbers`, `${kind}(${fields.join(',')}) has ${fields.length}`)
  const values = fields.map((field, i) => [field, decimal(items[i]!) ?? Number.NaN])
  return parseDistribution({ kind, ...Object.fromEntries(values) }, path)
}

function pairs(items: readonly string[], path: Path): Record<string, number> {
  const found: Record<string, number> = {}
  for (const item of items) {
    const [share = '', value = '', more] = item.split(':')
    const [at, number] = [decimal(share), decimal(value)]
    if (at === undefined || number === undefined || more !== undefined)
      throw fault(path, `"${item.slice(0, 40)}" is no quantile`, 'write share:value, e.g. 0.9:4')
    if (Object.hasOwn(found, String(at))) throw fault(path, `the quantile ${at} stands twice`)
    found[String(at)] = number
  }
  return found
}

function decimal(text: string): number | undefined {
  const trimmed = text.trim()
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : undefined
}

function kindOf(kind: unknown, path: Path): keyof typeof FIELDS | 'quantiles' {
  if (typeof kind === 'string' && KINDS.includes(kind)) return kind as keyof typeof FIELDS | 'quantiles'
  if (kind === undefined)
    throw new PincerError({ code: 'missing_field', path, message: 'is required', suggestion: HOW })
  const near = nearest(String(kind), KINDS)
  const hint = near === undefined ? HOW : `did you mean "${near}"?`
  throw fault(path, `unknown distribution "${String(kind).slice(0, 40)}"`, hint)
}

function finite(value: unknown, path: Path): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  const given = value === undefined ? 'is required' : 'must be a finite number'
  throw new PincerError({ code: value === undefined ? 'missing_field' : 'invalid_value', path, message: given })
}

function checked(of: Distribution, path: Path): Distribution {
  const at = (field: string, message: string): PincerError => fault([...path, field], message)
  if (of.kind === 'normal' && !(of.sd > 0)) throw at('sd', `must be above 0, got ${of.sd}`)
  if (of.kind === 'lognormal') {
    if (!(of.median > 0)) throw at('median', `must be above 0, got ${of.median}`)
    if (!(of.factor > 1))
      throw at('factor', `must be above 1, got ${of.factor}: 68 % lie between median / factor and median · factor`)
  }
  if (of.kind === 'uniform' || of.kind === 'triangular') {
    if (!(of.hi > of.lo)) throw at('hi', `must be above lo (${of.lo}), got ${of.hi}`)
    if (!Number.isFinite(of.hi - of.lo)) throw at('hi', 'the range is too wide')
  }
  if (of.kind === 'triangular' && !(of.mode >= of.lo && of.mode <= of.hi))
    throw at('mode', `must lie from ${of.lo} to ${of.hi}, got ${of.mode}`)
  return of
}

function quantiles(fields: Readonly<Record<string, unknown>>, path: Path): Distribution {
  const at = fields['at']
  if (typeof at !== 'object' || at === null || Array.isArray(at) || Object.keys(fields).length > 1)
    throw fault([...path, 'at'], 'must be an object of share: value', 'e.g. {"0.1": 1, "0.5": 2, "0.9": 4}')
  const points = Object.entries(at)
    .map(([share, value]) => ({
      share: decimal(share) ?? Number.NaN,
      value: finite(value, [...path, 'at', share]),
      name: share,
    }))
    .toSorted((a, b) => a.share - b.share)
  for (const [i, { share, value, name }] of points.entries()) {
    if (!(share > 0 && share < 1)) throw fault([...path, 'at', name], 'a share must lie between 0 and 1')
    const before = points[i - 1]
    if (before !== undefined && !(share > before.share)) throw fault([...path, 'at', name], 'stands twice')
    if (before !== undefined && !(value >= before.value))
      throw fault(
        [...path, 'at', name],
        `must be at least ${before.value}, the quantile of ${before.share}; got ${value}`,
      )
  }
  const values = points.map(({ value }) => value)
  if (points.length < 2 || values[0] === values.at(-1))
    throw fault(
      [...path, 'at'],
      'needs two different quantiles at least',
      'for a number that is known, write the number',
    )
  return { kind: 'quantiles', shares: points.map(({ share }) => share), values, isLog: values[0]! > 0 }
}

function fault(path: Path, message: string, suggestion?: string): PincerError {
  return new PincerError({ code: 'invalid_value', path, message, ...(suggestion === undefined ? {} : { suggestion }) })
}
