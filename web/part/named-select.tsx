import { useMemo } from 'preact/hooks'
import { text } from '../i18n/index.ts'
import { CHIPS, MODELS, ownChips, ownModels } from '../state/own.ts'
import { type Choice, Select } from './select.tsx'

interface NamedSelectProps {
  readonly label: string
  readonly value: string
  readonly onChange: (id: string) => void
}

interface ModelSelectProps extends NamedSelectProps {
  /** Names of the two groups of the catalog. */
  readonly groups: { readonly sparse: string; readonly dense: string }
  /** The group that is likelier. */
  readonly first?: 'sparse' | 'dense'
}

/** A model of the catalog or one's own. */
export function ModelSelect({ groups, first = 'sparse', ...select }: ModelSelectProps) {
  const { sparse, dense } = groups
  const own = ownModels.value
  const { group } = text.value.own
  const choices = useMemo(() => {
    const listed = (isSparse: boolean): Choice[] =>
      MODELS.filter((model) => model.isSparse === isSparse).map(({ id, name }) => ({
        id,
        label: name,
        group: isSparse ? sparse : dense,
      }))
    return [...ownChoices(own, group), ...listed(first === 'sparse'), ...listed(first !== 'sparse')]
  }, [own, group, sparse, dense, first])
  return <Select {...select} choices={choices} />
}

interface ChipSelectProps extends NamedSelectProps {
  /** Names of the two kinds; or the kinds that are offered without a name. */
  readonly groups: { readonly hbm: string; readonly sram: string } | 'hbm' | 'sram' | 'all'
  /** A choice that is no chip, before all others. */
  readonly other?: Choice | undefined
}

/** A chip of the catalog or one's own. */
export function ChipSelect({ groups, other, ...select }: ChipSelectProps) {
  const own = ownChips.value
  const { group } = text.value.own
  const key = typeof groups === 'string' ? groups : `${groups.hbm}|${groups.sram}`
  const choices = useMemo(() => {
    const isOffered = (kind: 'hbm' | 'sram'): boolean =>
      groups !== 'hbm' && groups !== 'sram' ? true : kind === groups
    const groupOf = (kind: 'hbm' | 'sram'): { readonly group?: string } =>
      typeof groups === 'string' ? {} : { group: groups[kind] }
    const listed = CHIPS.filter(({ kind }) => isOffered(kind)).map(({ id, name, kind }) => ({
      id,
      label: name,
      ...groupOf(kind),
    }))
    const ordered = typeof groups === 'string' ? listed : listed.toSorted((x, y) => order(x, groups) - order(y, groups))
    const mine = own.filter(({ machine }) => isOffered(machine))
    return [...(other === undefined ? [] : [other]), ...ownChoices(mine, group), ...ordered]
  }, [own, group, key, other?.id, other?.label])
  return <Select {...select} choices={choices} />
}

function order({ group }: { readonly group?: string }, groups: { readonly hbm: string }): number {
  return group === groups.hbm ? 0 : 1
}

function ownChoices(own: readonly { readonly id: string; readonly name: string }[], group: string): Choice[] {
  return own.map(({ id, name }) => ({ id, label: name, group }))
}

/** The way to the view in which one adds a model or chip. */
export function AddOwn() {
  return (
    <a class="add-own" href="#/own">
      {text.value.own.add}
    </a>
  )
}
