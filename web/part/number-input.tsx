import { useId, useState } from 'preact/hooks'
import { text } from '../i18n/index.ts'
import { BadField, type NumberLimits, limitText, parseNumber } from '../state/field.ts'

export interface NumberProps {
  readonly label: string
  readonly unit: string
  readonly limits: NumberLimits
  /** Undefined: nothing is given, and `placeholder` says what holds then. */
  readonly value: number | undefined
  readonly placeholder?: string | undefined
  readonly onChange: (value: number | undefined) => void
}

/** A number with its unit. What is no number, or outside the limits, is said and not taken. */
export function NumberInput({ label, unit, limits, value, placeholder, onChange }: NumberProps) {
  const id = useId()
  const [draft, setDraft] = useState<string | undefined>(undefined)
  const fault = draft === undefined ? undefined : faultOf(draft, limits, placeholder !== undefined)
  const take = (typed: string): void => {
    setDraft(typed)
    if (faultOf(typed, limits, placeholder !== undefined) !== undefined) return
    onChange(typed.trim() === '' ? undefined : Number(typed))
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class="with-unit">
        <input
          id={id}
          inputMode="decimal"
          autocomplete="off"
          value={draft ?? (value === undefined ? '' : String(value))}
          placeholder={placeholder}
          aria-invalid={fault !== undefined}
          aria-describedby={fault === undefined ? undefined : `${id}-fault`}
          // What is being typed into must not change under the hand because an answer arrives.
          onFocus={({ currentTarget }) => setDraft(currentTarget.value)}
          onInput={({ currentTarget }) => take(currentTarget.value)}
          onBlur={() => setDraft(undefined)}
        />
        <span class="unit">{unit}</span>
      </span>
      {fault !== undefined && (
        <small id={`${id}-fault`} class="fault" role="alert">
          {fault}
        </small>
      )}
    </div>
  )
}

function faultOf(typed: string, limits: NumberLimits, mayBeEmpty: boolean): string | undefined {
  if (typed.trim() === '' && mayBeEmpty) return undefined
  try {
    parseNumber(typed, limits)
    return undefined
  } catch (error) {
    if (!(error instanceof BadField)) throw error
    const { from, to } = limits
    const t = text.value.number
    if (error.fault.kind === 'range') return t.range(limitText(from), limitText(to))
    return error.fault.kind === 'whole' ? t.notWhole : t.notANumber
  }
}
