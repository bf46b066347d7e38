import { BadField, type Field, type Named, type NumberLimits, choiceField, parseNumber } from '../../state/field.ts'

/** Two ends of what a number may be. */
export interface Ends {
  readonly from: number
  readonly to: number
}

const ANY: NumberLimits = { from: -1e15, to: 1e15 }
/** More inputs than this no page could show. */
const MOST = 12

function endsOf(from: string, to: string): Ends {
  const ends = { from: parseNumber(from, ANY), to: parseNumber(to, ANY) }
  // The far end must lie above the near one.
  if (ends.to < ends.from) throw new BadField({ kind: 'range', from: ends.from, to: ANY.to })
  return ends
}

function idOf(name: string, names: readonly Named[]): string {
  return choiceField(names[0]!.id, names).parse(name)
}

/** Ranges for some of `names`, as `name:from:to,name:from:to`; none by default. */
export function rangesField(names: readonly Named[]): Field<ReadonlyMap<string, Ends>> {
  return {
    default: new Map(),
    parse: (text) => {
      const parts = text.split(',', MOST + 1)
      if (parts.length > MOST) throw new BadField({ kind: 'many', most: MOST })
      return new Map(
        parts.map((part) => {
          const [name = '', from, to, ...more] = part.split(':')
          if (from === undefined || to === undefined || more.length > 0) throw new BadField({ kind: 'pair' })
          return [idOf(name, names), endsOf(from, to)]
        }),
      )
    },
    print: (value) => [...value].map(([name, { from, to }]) => `${name}:${from}:${to}`).join(','),
  }
}

/** What is scanned, from where to where. */
export interface Axis extends Ends {
  readonly name: string
}

/** An axis as `name:from:to`, or `none` where there may be none. */
export function axisField<T extends Axis | undefined>(value: T, names: readonly Named[], mayBeNone: boolean): Field<T> {
  return {
    default: value,
    parse: (text) => {
      if (mayBeNone && text === 'none') return undefined as T
      const [name = '', from, to, ...more] = text.split(':')
      if (from === undefined || to === undefined || more.length > 0) throw new BadField({ kind: 'pair' })
      return { name: idOf(name, names), ...endsOf(from, to) } as T
    },
    print: (axis) => (axis === undefined ? 'none' : `${axis.name}:${axis.from}:${axis.to}`),
  }
}
