import { useId } from 'preact/hooks'

interface SegmentsProps {
  readonly label: string
  readonly value: string
  readonly choices: readonly { readonly id: string; readonly label: string }[]
  readonly onChange: (id: string) => void
}

/** One of a few, side by side: radio buttons, as the keyboard and screen readers know them. */
export function Segments({ label, value, choices, onChange }: SegmentsProps) {
  const name = useId()
  return (
    <fieldset class="segments">
      <legend>{label}</legend>
      {choices.map(({ id, label: words }) => (
        <label key={id}>
          <input type="radio" name={name} checked={id === value} onChange={() => onChange(id)} />
          <span>{words}</span>
        </label>
      ))}
    </fieldset>
  )
}
