import type { Seconds } from '../units/index.ts'

export interface AxisTick {
  readonly at: number
  readonly label: string
}

/** A linear axis in the unit of its data; labels are printed as they are. */
export interface Axis {
  readonly min: number
  readonly max: number
  readonly ticks: readonly AxisTick[]
  /** Quantity and unit. */
  readonly label: string
}

/** What is drawn as zero. */
const LEAST = 1e-9

/** An axis from 0 to just above `max`, with ticks at 1, 2 or 5 times a power of ten. `most` cuts it: nothing lies above. */
export function valueAxis(label: string, max: number, options: { count?: number; most?: number } = {}): Axis {
  const { count = 4, most } = options
  const top = most ?? (max > LEAST ? max : 1)
  const step = niceStep(top / count)
  const end = most ?? Math.ceil(top / step - 1e-9) * step
  const ticks = Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => tickAt(i * step, step))
  return { min: 0, max: end, ticks, label }
}

/** An axis from just below `least` to just above `most`, with ticks as `valueAxis`. */
export function rangeAxis(label: string, least: number, most: number, count = 6): Axis {
  const step = niceStep(Math.max(most - least, LEAST) / count)
  const [first, last] = [Math.floor(least / step + 1e-9), Math.ceil(most / step - 1e-9)]
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => tickAt((first + i) * step, step))
  return { min: first * step, max: Math.max(last, first + 1) * step, ticks, label }
}

/** Time from 0 to `span`, in the unit that gives short labels; `scale` turns seconds into it. */
export function timeAxis(quantity: string, span: Seconds): Axis & { readonly scale: number } {
  const { unit, scale } = timeUnit(span)
  const most = span > 0 ? span * scale : 1
  return { ...valueAxis(`${quantity} (${unit})`, most, { count: 10, most }), scale }
}

/** Latency from 0 to above `most` seconds. */
export function latencyAxis(most: Seconds): Axis & { readonly scale: number } {
  const { unit, scale } = timeUnit(most)
  return { ...valueAxis(unit, most * scale), scale }
}

function timeUnit(seconds: Seconds): { unit: string; scale: number } {
  if (seconds >= 3 * 3600) return { unit: 'h', scale: 1 / 3600 }
  if (seconds >= 600) return { unit: 'min', scale: 1 / 60 }
  return seconds >= 1 ? { unit: 's', scale: 1 } : { unit: 'ms', scale: 1e3 }
}

/**
 * Percentiles at even steps of −log₁₀(1 − p), so that 90, 99 and 99.9 % lie equally far apart, up to what `count` values
 * can tell.
 */
export function percentileAxis(count: number): Axis {
  const max = Math.max(1, Math.min(4, Math.log10(Math.max(count, 1))))
  const ticks = [0, 50, 90, 99, 99.9, 99.99]
    .map((percent) => ({ at: percentilePlace(percent / 100), label: percent === 0 ? '0' : `${percent}` }))
    .filter(({ at }) => at <= max + 1e-9)
  return { min: 0, max, ticks, label: '% of requests within' }
}

/** Where the p-quantile stands on a percentile axis. */
function percentilePlace(p: number): number {
  return -Math.log10(1 - p)
}

/** The share below a place of a percentile axis. */
export function percentileAt(place: number): number {
  return 1 - 10 ** -place
}

/** An axis of logarithms to base 10, from below `least` to above `most`, with ticks at 1, or at 1, 2 and 5, times powers of ten. */
export function logAxis(label: string, least: number, most: number): Axis {
  const [min, max] = [Math.log10(least), Math.log10(most)]
  const steps = max - min > 2.5 ? [1] : [1, 2, 5]
  const ticks: AxisTick[] = []
  for (let power = Math.floor(min); power <= max; power++) {
    for (const step of steps) {
      const at = power + Math.log10(step)
      if (at >= min - 1e-9 && at <= max + 1e-9)
        ticks.push({ at, label: `${Number((step * 10 ** power).toPrecision(1))}` })
    }
  }
  return { min, max, ticks, label }
}

function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = [1, 2, 5, 10].find((nice) => nice * power >= least * (1 - 1e-9)) ?? 10
  return factor * power
}

function tickAt(at: number, step: number): AxisTick {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  return { at, label: at.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits }) }
}
