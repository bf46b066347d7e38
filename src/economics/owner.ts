import file from '../../catalog/tco.json' with { type: 'json' }
import { type Figure, type Known, isKnown } from '../catalog/index.ts'
import { PincerError, nearest } from '../issue/index.ts'
import { DEFAULT_GRID, gridCarbon } from './grid.ts'
import { TCO_FIELDS, TCO_NAMES, type TcoName } from './tco-field.ts'

/** Who owns the chips: the kinds of owner that the catalog has inputs for. */
export const OWNERS = ['typical', 'hyperscaler', 'neocloud'] as const
export type Owner = (typeof OWNERS)[number]

/** Inputs that differ from the defaults, by name. */
export type TcoInputs = Readonly<Partial<Record<TcoName, Known>>>

/** A question about an owner's cost: the kind of owner (default `typical`) and what is known better. */
export interface TcoQuestion {
  readonly owner?: Owner
  readonly inputs: TcoInputs
}

// The file is checked by a test; its literals only widen on import.
const DEFAULTS = file as unknown as {
  readonly common: TcoInputs
  readonly baseboard: Readonly<Record<'server' | 'network', Figure>>
  readonly serverShare: Figure
  readonly owners: Readonly<Record<Owner, { readonly name: string; readonly inputs: TcoInputs }>>
}

/** Server and network of a chip that shares a server with seven others, and of any other chip. */
export const BASEBOARD: typeof DEFAULTS.baseboard = DEFAULTS.baseboard
export const SERVER_SHARE: Figure = DEFAULTS.serverShare

/** What the catalog says of a kind of owner, over what it says of all. */
export function ownerInputs(owner: Owner): TcoInputs {
  return { ...DEFAULTS.common, ...DEFAULTS.owners[owner].inputs }
}

/** In words: how this owner builds and borrows. */
export function ownerName(owner: Owner): string {
  return DEFAULTS.owners[owner].name
}

/**
 * The kind of owner called `name`.
 * @throws PincerError `invalid_value` at `path`
 */
export function parseOwner(name: string, path: readonly string[]): Owner {
  const owner = OWNERS.find((known) => known === name)
  if (owner !== undefined) return owner
  const near = nearest(name, OWNERS)
  const suggestion = near === undefined ? `use one of ${OWNERS.join(', ')}` : `did you mean "${near}"?`
  throw new PincerError({ code: 'invalid_value', path, message: `unknown owner "${name.slice(0, 60)}"`, suggestion })
}

/** Whether the question asks for a build-up: use, carbon and the cache alone leave a quoted price as it is. */
export function isBuildUp(question: TcoQuestion | undefined): boolean {
  if (question === undefined) return false
  if (question.owner !== undefined) return true
  return TCO_NAMES.some((name) => question.inputs[name] !== undefined && !BESIDE_PRICE.has(name))
}

const BESIDE_PRICE: ReadonlySet<TcoName> = new Set(['utilisation', 'grid', 'cacheLink'])

/** An input as it enters a question: the caller's, else the owner's; for the grid, that of the default price of electricity. */
export function askedInput(name: TcoName, question: TcoQuestion): Known {
  const own = question.inputs[name] ?? ownerInputs(question.owner ?? 'typical')[name]
  if (own === undefined && name === 'grid') return gridCarbon(DEFAULT_GRID)
  return own ?? { unknown: `${TCO_FIELDS.get(name)!.meaning}: not given` }
}

/** A figure with value and ends run through `of`. */
export function mapFigure(figure: Figure, of: (value: number) => number, change: Partial<Figure> = {}): Figure {
  const { low, high } = figure
  return {
    ...figure,
    value: of(figure.value),
    ...(low === undefined ? {} : { low: of(low) }),
    ...(high === undefined ? {} : { high: of(high) }),
    ...change,
  }
}

/** The product of two figures, end by end; unknown when one is. */
export function product(a: Known, b: Known, change: Pick<Figure, 'unit'> & Partial<Figure>): Known {
  if (!isKnown(a)) return a
  if (!isKnown(b)) return b
  const low = (a.low ?? a.value) * (b.low ?? b.value)
  const high = (a.high ?? a.value) * (b.high ?? b.value)
  return { ...a, value: a.value * b.value, low, high, ...change }
}
