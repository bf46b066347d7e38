import { useId } from 'preact/hooks'

export interface Choice {
  readonly id: string
  readonly label: string
  /** Choices of one group stand together under its name. */
  readonly group?: string
}

interface SelectProps {
  readonly label: string
  readonly value: string
  readonly choices: readonly Choice[]
  readonly onChange: (id: string) => void
}

/** One of a list: the browser's own control, which every phone and screen reader knows. */
export function Select({ label, value, choices, onChange }: SelectProps) {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {groupsOf(choices).map(([group, members]) =>
          group === undefined ? (
            <Options choices={members} value={value} />
          ) : (
            <optgroup key={group} label={group}>
              <Options choices={members} value={value} />
            </optgroup>
          ),
        )}
      </select>
    </div>
  )
}

function Options({ choices, value }: { choices: readonly Choice[]; value: string }) {
  return (
    <>
      {choices.map(({ id, label }) => (
        <option key={id} value={id} selected={id === value}>
          {label}
        </option>
      ))}
    </>
  )
}

function groupsOf(choices: readonly Choice[]): [string | undefined, Choice[]][] {
  const groups = new Map<string | undefined, Choice[]>()
  for (const choice of choices) groups.set(choice.group, [...(groups.get(choice.group) ?? []), choice])
  return [...groups]
}
