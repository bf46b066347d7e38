import { useId } from 'preact/hooks'

interface ChecksProps {
  readonly label: string
  readonly choices: readonly { readonly id: string; readonly label: string; readonly class?: string }[]
  readonly values: readonly string[]
  /** Whether no more can be chosen. */
  readonly isFull: boolean
  readonly onChange: (values: readonly string[]) => void
}

/** Some of a list; what is chosen stays in the order of the list, and the last one cannot be taken away. */
export function Checks({ label, choices, values, isFull, onChange }: ChecksProps) {
  const id = useId()
  const toggle = (name: string, isOn: boolean): void => {
    const next = isOn ? [...values, name] : values.filter((value) => value !== name)
    if (next.length > 0) onChange(next)
  }
  return (
    <div class="checks" role="group" aria-labelledby={id}>
      <span id={id} class="checks-label">
        {label}
      </span>
      {choices.map((choice) => {
        const isOn = values.includes(choice.id)
        const isLast = isOn && values.length === 1
        return (
          <label key={choice.id} class={choice.class}>
            <input
              type="checkbox"
              checked={isOn}
              disabled={isLast || (isFull && !isOn)}
              onChange={({ currentTarget }) => toggle(choice.id, currentTarget.checked)}
            />
            {choice.label}
          </label>
        )
      })}
    </div>
  )
}
