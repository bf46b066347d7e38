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
}

/** A model of the catalog or one's own. */
export function ModelSelect({ groups, ...select }: ModelSelectProps) {
  const own = ownModels.value.map(({ id, name }) => ({ id, label: name, group: text.value.own.group }))
  const listed = MODELS.map(({ id, name, isSparse }) => ({
    id,
    label: name,
    group: isSparse ? groups.sparse : groups.dense,
  }))
  return <WithOwn {...select} choices={[...own, ...listed.toSorted((a, b) => b.group.localeCompare(a.group))]} />
}

interface ChipSelectProps extends NamedSelectProps {
  readonly groups: { readonly hbm: string; readonly sram: string }
}

/** A chip of the catalog or one's own. */
export function ChipSelect({ groups, ...select }: ChipSelectProps) {
  const own = ownChips.value.map(({ id, name }) => ({ id, label: name, group: text.value.own.group }))
  const listed = (['hbm', 'sram'] as const).flatMap((kind) =>
    CHIPS.filter((chip) => chip.kind === kind).map(({ id, name }) => ({ id, label: name, group: groups[kind] })),
  )
  return <WithOwn {...select} choices={[...own, ...listed]} />
}

// The view in which one adds one's own is a link away.
function WithOwn(select: NamedSelectProps & { readonly choices: readonly Choice[] }) {
  return (
    <div class="named-select">
      <Select {...select} />
      <a href="#/own">{text.value.own.add}</a>
    </div>
  )
}
