import { formatRate, formatSeconds, formatUsd } from '../../../src/index.ts'
import { inputName } from './two.tsx'
import { unitBeside } from './unit.ts'

/** A value of the metric as people read it. */
export function metricText(unit: string): (value: number) => string {
  if (unit === 'USD/Mtok') return formatUsd
  return unit === 's' ? formatSeconds : formatRate
}

export function axisLabel({ name, unit }: { readonly name: string; readonly unit: string }): string {
  const beside = unitBeside(unit)
  return beside === '' ? inputName(name) : `${inputName(name)} (${beside})`
}
