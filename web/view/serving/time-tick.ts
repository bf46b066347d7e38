import { formatCount } from '../../../src/index.ts'

const MINUTE = 60
const HOUR = 3600
const STEPS = [
  1,
  2,
  5,
  10,
  15,
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  6 * HOUR,
  12 * HOUR,
]

/** Round times between two others, in seconds, at most `most` of them. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const length = to - from
  const step = length / most > 1 ? (STEPS.find((each) => length / each <= most) ?? 24 * HOUR) : roundStep(length / most)
  const first = Math.ceil(from / step - 1e-9)
  const count = Math.floor(to / step + 1e-9) - first + 1
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-12)))
  return power * ([1, 2, 5, 10].find((step) => step * power >= least * (1 - 1e-9)) ?? 10)
}

/** "2:30" and "1:05:00"; below a minute seconds as they are. */
export function timeText(seconds: number): string {
  if (seconds < MINUTE || !Number.isInteger(seconds)) return `${Number(seconds.toPrecision(6))} s`
  const [hours, minutes, rest] = [Math.floor(seconds / HOUR), Math.floor((seconds % HOUR) / MINUTE), seconds % MINUTE]
  const two = (value: number): string => String(value).padStart(2, '0')
  return hours > 0 ? `${formatCount(hours)}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}
