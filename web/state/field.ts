/** One thing that a link may say about a view. */
export interface Field<T> {
  readonly default: T
  /** @throws BadField for a text that is no value of the field */
  parse(text: string): T
  /** The text that `parse` reads back. */
  print(value: T): string
}

/** Why a text is no value; the page words it in its language. */
export type FieldFault =
  | { readonly kind: 'number' | 'whole' }
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'choice'; readonly nearest: string | undefined }
  | { readonly kind: 'many' | 'letters'; readonly most: number }
  | { readonly kind: 'pair' }
  /** One name with two numbers. */
  | { readonly kind: 'twice' }
  /** Not the four edges of a region. */
  | { readonly kind: 'edges' }
  /** Something that somebody brought along, which links do not hold. */
  | { readonly kind: 'own' }

export class BadField extends Error {
  readonly fault: FieldFault

  constructor(fault: FieldFault) {
    super(fault.kind)
    this.fault = fault
  }
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

export interface NumberLimits {
  readonly from: number
  readonly to: number
  readonly isWhole?: boolean
}

/** A number within limits, both included. */
export function numberField(value: number, limits: NumberLimits): Field<number> {
  return { default: value, parse: (text) => parseNumber(text, limits), print: String }
}

/** The number in `text`: digits only, no hexadecimal, no "Infinity". @throws BadField */
export function parseNumber(text: string, { from, to, isWhole = false }: NumberLimits): number {
  const value = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN
  if (!Number.isFinite(value)) throw new BadField({ kind: 'number' })
  if (isWhole && !Number.isInteger(value)) throw new BadField({ kind: 'whole' })
  if (value < from || value > to) throw new BadField({ kind: 'range', from, to })
  return value
}

/** A limit as it is told: 1,000,000 and 0.000001. */
export function limitText(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 15 })
}

/** A name that has an id: what a link may call it leads to the id. */
export interface Named {
  readonly id: string
  readonly aliases?: readonly string[]
}

/** The id that a text calls. @throws BadField for a name that is none */
export type Finder = (text: string) => string
type Names = readonly Named[] | Finder

/** One of `names`, by id or alias, whatever its case. */
export function choiceField(id: string, names: Names): Field<string> {
  const find = finderOf(names)
  return { default: find(id), parse: find, print: (value) => value }
}

/** Up to `most` different ones of `names`, at least one, separated by commas. */
export function choicesField(ids: readonly string[], names: Names, most: number): Field<readonly string[]> {
  const find = finderOf(names)
  const parse = (text: string): readonly string[] => {
    const parts = [...new Set(text.split(',', most + 1).map(find))]
    if (parts.length > most) throw new BadField({ kind: 'many', most })
    return parts
  }
  return { default: ids.map(find), parse, print: (value) => value.join(',') }
}

/** No view has more machines. */
const MOST_PAIRS = 200

/** A number for some of `names`, as `name:number,name:number`; none by default. */
export function numbersField(names: Names, limits: NumberLimits): Field<ReadonlyMap<string, number>> {
  const find = finderOf(names)
  return {
    default: new Map(),
    parse: (text) => {
      const pairs = text.split(',', MOST_PAIRS + 1)
      if (pairs.length > MOST_PAIRS) throw new BadField({ kind: 'many', most: MOST_PAIRS })
      return onlyOnce(pairs.map((pair) => pairOf(pair, find, limits)))
    },
    print: (value) => [...value].map(([name, number]) => `${name}:${number}`).join(','),
  }
}

/** Pairs as a map. @throws BadField where a name has two numbers */
export function onlyOnce<T>(pairs: readonly (readonly [string, T])[]): ReadonlyMap<string, T> {
  const map = new Map(pairs)
  if (map.size < pairs.length) throw new BadField({ kind: 'twice' })
  return map
}

function pairOf(text: string, find: Finder, limits: NumberLimits): [string, number] {
  const at = text.lastIndexOf(':')
  if (at <= 0) throw new BadField({ kind: 'pair' })
  return [find(text.slice(0, at)), parseNumber(text.slice(at + 1), limits)]
}

/** Finds one of `names`; the message about another says which is like it. */
export function finderOf(names: Names): Finder {
  if (typeof names === 'function') return names
  // A Map: `__proto__` and `constructor` are just absent.
  const byName = new Map(
    names.flatMap(({ id, aliases = [] }) => [id, ...aliases].map((name) => [name.toLowerCase(), { id, name }])),
  )
  return (text) => {
    const name = text.trim().toLowerCase()
    const found = byName.get(name)
    if (found !== undefined) return found.id
    throw new BadField({ kind: 'choice', nearest: byName.get(similar(name, [...byName.keys()]) ?? '')?.name })
  }
}

// A name that starts or ends alike; the engine's own search for the nearest stays in its worker.
function similar(name: string, names: readonly string[]): string | undefined {
  const start = name.slice(0, 3)
  return start.length < 3 ? undefined : names.find((each) => each.startsWith(start) || each.includes(name))
}
