import { NumberInput } from '../../part/number-input.tsx'
import type { Ends } from './field.ts'
import { text } from './text.ts'

interface RangeSliderProps {
  readonly label: string
  readonly unit: string
  /** Where the handles may go. */
  readonly limits: Ends
  readonly isLog: boolean
  readonly value: Ends
  readonly onChange: (value: Ends) => void
  readonly onRemove?: (() => void) | undefined
}

const STEPS = 200

/** An interval by two handles on one track, or by typing its ends. */
export function RangeSlider({ label, unit, limits, isLog, value, onChange, onRemove }: RangeSliderProps) {
  const t = text.value.range
  // What is typed may lie outside: the track then reaches there.
  const from = Math.min(limits.from, value.from)
  const to = Math.max(limits.to, value.to)
  const byFactor = isLog && from > 0
  const place = (at: number): number =>
    byFactor ? (STEPS * Math.log(at / from)) / Math.log(to / from) : (STEPS * (at - from)) / (to - from)
  const valueAt = (step: number): number => {
    const exact = byFactor ? from * (to / from) ** (step / STEPS) : from + ((to - from) * step) / STEPS
    return step === 0 ? from : step === STEPS ? to : Number(exact.toPrecision(2))
  }
  const move = (end: 'from' | 'to', at: number): void => {
    const other = end === 'from' ? value.to : value.from
    onChange(end === 'from' ? { from: Math.min(at, other), to: other } : { from: other, to: Math.max(at, other) })
  }
  const number = (end: 'from' | 'to') => (
    <NumberInput
      label={t[end](label)}
      unit={unit}
      limits={end === 'from' ? { from: -1e15, to: value.to } : { from: value.from, to: 1e15 }}
      value={value[end]}
      onChange={(next) => next !== undefined && move(end, next)}
    />
  )
  return (
    <div class="range" role="group" aria-label={label}>
      <div class="range-head">
        <strong>{label}</strong>
        {onRemove !== undefined && (
          <button type="button" class="quiet" onClick={onRemove} aria-label={t.remove(label)}>
            ×
          </button>
        )}
      </div>
      <div class="track">
        <span
          class="within"
          style={{ left: `${place(value.from) / 2}%`, right: `${100 - place(value.to) / 2}%` }}
          aria-hidden="true"
        />
        {(['from', 'to'] as const).map((end) => (
          <input
            key={end}
            type="range"
            min={0}
            max={STEPS}
            value={Math.round(place(value[end]))}
            aria-label={t[end](label)}
            aria-valuetext={`${value[end].toLocaleString('en-US')} ${unit}`}
            onInput={({ currentTarget }) => move(end, valueAt(Number(currentTarget.value)))}
          />
        ))}
      </div>
      <div class="ends">
        {number('from')}
        {number('to')}
      </div>
    </div>
  )
}
