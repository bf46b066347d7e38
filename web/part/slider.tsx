import { useId } from 'preact/hooks'
import { text } from '../i18n/index.ts'
import { NumberInput, type NumberProps } from './number-input.tsx'

interface SliderProps extends Omit<NumberProps, 'placeholder' | 'onChange'> {
  /** Equal steps of the handle are equal factors. */
  readonly isLog?: boolean
  readonly onChange: (value: number) => void
}

const STEPS = 200

/** A number by a handle or by typing it, within limits that are shown; undefined where it follows from what is not known. */
export function Slider({ label, unit, limits, value, isLog = false, onChange }: SliderProps) {
  const id = useId()
  const { from, to, isWhole = false } = limits
  const place = (at: number): number =>
    isLog ? (Math.log(at / from) / Math.log(to / from)) * STEPS : ((at - from) / (to - from)) * STEPS
  const valueAt = (step: number): number => {
    const share = step / STEPS
    const exact = isLog ? from * (to / from) ** share : from + (to - from) * share
    // Two digits are as fine as a handle is.
    const rounded = Number(exact.toPrecision(2))
    return Math.min(to, Math.max(from, isWhole ? Math.round(rounded) : rounded))
  }
  return (
    <div class="slider">
      <NumberInput
        label={label}
        unit={unit}
        limits={limits}
        value={value}
        placeholder={value === undefined ? text.value.notKnown : undefined}
        onChange={(next) => next !== undefined && onChange(next)}
      />
      <input
        id={id}
        type="range"
        min={0}
        max={STEPS}
        value={value === undefined ? 0 : Math.round(place(value))}
        aria-label={label}
        aria-valuetext={value === undefined ? text.value.notKnown : `${value.toLocaleString('en-US')} ${unit}`}
        onInput={({ currentTarget }) => onChange(valueAt(Number(currentTarget.value)))}
      />
    </div>
  )
}
