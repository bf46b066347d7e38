import { useId } from 'preact/hooks'
import { text as shared } from '../../i18n/index.ts'
import { Select } from '../../part/select.tsx'
import { ANY, BASES, OF } from './schema.ts'
import type { State } from './state.ts'
import { text } from './text.ts'

interface Props {
  readonly state: State
}

/** What of, how it is known, and words to be found. */
export function FigureFilters({ state }: Props) {
  const t = text.value
  const { of, basis } = state.value.value
  const bases = BASES.map((id) => ({ id: id as string, label: shared.value.evidence.basis[id] ?? id }))
  return (
    <div class="filters">
      <Find state={state} hint={t.findHint} />
      <Select
        label={t.of}
        value={of}
        choices={OF.map((id) => ({ id, label: t.ofName[id] ?? id }))}
        onChange={(next) => state.set({ of: next })}
      />
      <Select
        label={t.basis}
        value={basis}
        choices={[{ id: ANY, label: t.any }, ...bases, { id: 'unknown', label: t.unknownBasis }]}
        onChange={(next) => state.set({ basis: next })}
      />
    </div>
  )
}

export function Find({ state, hint }: Props & { readonly hint: string }) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{text.value.find}</label>
      <input
        id={id}
        type="search"
        value={state.value.value.find}
        placeholder={hint}
        autocomplete="off"
        maxLength={80}
        onInput={({ currentTarget }) => state.set({ find: currentTarget.value })}
      />
    </div>
  )
}
