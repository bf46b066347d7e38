import { useId } from 'preact/hooks'

export interface Choice {
  readonly id: string
  readonly label: string
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
        {choices.map((choice) => (
          <option key={choice.id} value={choice.id} selected={choice.id === value}>
            {choice.label}
          </option>
        ))}
      </select>
    </div>
  )
}
