import type { Basis } from '../../../src/index.ts'
import { BadField, type Field, choiceField } from '../../state/field.ts'
import type { StateOf } from '../../state/url.ts'

export const PARTS = ['figures', 'sources', 'accuracy', 'dates'] as const
export type PartName = (typeof PARTS)[number]
export const OF = ['all', 'chips', 'models', 'prices'] as const
export const BASES: readonly Basis[] = ['measured', 'vendor', 'paper', 'derived', 'secondary', 'analyst', 'estimate']
export const ANY = 'any'
export const GROUPS = ['mode', 'engine', 'chip', 'model', 'precision'] as const
export type Group = (typeof GROUPS)[number]

/** Longer searches find nothing. */
const LONGEST = 80

const names = (ids: readonly string[]): { id: string }[] => ids.map((id) => ({ id }))

/** Any short text: it is only ever compared with. */
const searchField: Field<string> = {
  default: '',
  parse: (text) => {
    if (text.length > LONGEST) throw new BadField({ kind: 'letters', most: LONGEST })
    return text
  },
  print: (value) => value,
}

/** What a link may say of this view. */
export const schema = {
  part: choiceField('figures', names(PARTS)),
  of: choiceField('all', names(OF)),
  basis: choiceField(ANY, names([ANY, 'unknown', ...BASES])),
  find: searchField,
  quantity: choiceField('tpot', names(['tpot', 'ttft'])),
  by: choiceField('mode', names(GROUPS)),
}

export type EvidenceState = StateOf<typeof schema>

/** The command that prints the same. */
export function commandOf({ part, of }: EvidenceState): string {
  if (part === 'accuracy') return 'pincer validate'
  if (part === 'sources') return 'pincer catalog sources'
  return of === 'all' ? 'pincer catalog' : `pincer catalog ${of}`
}
