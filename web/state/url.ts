import { BadField, type Field, type FieldFault } from './field.ts'

/** Version of links; raised when a field changes its meaning. */
export const LINK_VERSION = '1'

/** Longer links are refused whole: no view has so much to say. */
const LONGEST = 4096
/** What a message may quote of a link. */
const QUOTED = 60

// Any field: its own parse and print belong together.
// oxlint-disable-next-line typescript/no-explicit-any -- a field of unknown type can be neither read nor written otherwise
export type Schema = Readonly<Record<string, Field<any>>>
export type StateOf<S extends Schema> = { readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never }

/** Something a link says that is not taken; the default stands in its place. */
export type LinkFault =
  | { readonly kind: 'value'; readonly field: string; readonly text: string; readonly fault: FieldFault }
  | { readonly kind: 'unknown' | 'repeated'; readonly field: string }
  | { readonly kind: 'version'; readonly text: string }
  | { readonly kind: 'long' }
  | { readonly kind: 'view'; readonly text: string }

export interface Decoded<S extends Schema> {
  readonly state: StateOf<S>
  readonly faults: readonly LinkFault[]
}

/** Name of the view and the rest of a hash such as `#/pincer?v=1&gpu=h200-sxm`; both may be empty. */
export function splitHash(hash: string): { readonly view: string; readonly query: string } {
  const text = hash.replace(/^#\/?/, '')
  const at = text.indexOf('?')
  const [path, query] = at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
  return { view: path.replace(/\/$/, ''), query }
}

/** What a link says of a view; whatever it says wrongly is a fault, and the default is used. Never throws. */
export function decode<S extends Schema>(schema: S, query: string): Decoded<S> {
  const values = new Map(Object.entries(schema).map(([name, field]) => [name, field.default as unknown]))
  const faults: LinkFault[] = []
  const done = (): Decoded<S> => ({ state: Object.fromEntries(values) as StateOf<S>, faults })
  if (query === '') return done()
  if (query.length > LONGEST) return { ...done(), faults: [{ kind: 'long' }] }
  const pairs = [...new URLSearchParams(query)]
  const version = pairs.find(([name]) => name === 'v')?.[1] ?? ''
  if (version !== LINK_VERSION) return { ...done(), faults: [{ kind: 'version', text: version.slice(0, QUOTED) }] }
  const seen = new Set<string>()
  for (const [name, text] of pairs) {
    if (name === 'v') continue
    const fault = seen.has(name) ? repeated(name) : take(schema, values, name, text)
    seen.add(name)
    if (fault !== undefined) faults.push(fault)
  }
  return done()
}

function repeated(name: string): LinkFault {
  return { kind: 'repeated', field: name.slice(0, QUOTED) }
}

function take(schema: Schema, values: Map<string, unknown>, name: string, text: string): LinkFault | undefined {
  const field = Object.hasOwn(schema, name) ? schema[name] : undefined
  if (field === undefined) return { kind: 'unknown', field: name.slice(0, QUOTED) }
  try {
    values.set(name, field.parse(text))
    return undefined
  } catch (error) {
    if (!(error instanceof BadField)) throw error
    return { kind: 'value', field: name, text: text.slice(0, QUOTED), fault: error.fault }
  }
}

/** The query that `decode` reads back: what differs from the defaults, or nothing at all. */
export function encode<S extends Schema>(schema: S, state: StateOf<S>): string {
  const parts = Object.entries(schema).flatMap(([name, field]) => {
    const text: string = field.print(state[name])
    return text === field.print(field.default) ? [] : [`${name}=${readable(text)}`]
  })
  return parts.length === 0 ? '' : [`v=${LINK_VERSION}`, ...parts].join('&')
}

// Marks that mean nothing inside a query are left as they are, so that people can read the link.
function readable(text: string): string {
  return encodeURIComponent(text).replaceAll(/%(2F|2C|3A)/g, decodeURIComponent)
}

/** The hash of a view in a state. */
export function hashOf(view: string, query: string): string {
  return query === '' ? `#/${view}` : `#/${view}?${query}`
}
