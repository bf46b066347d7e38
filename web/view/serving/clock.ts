import { signal } from '@preact/signals'

/** Seconds since the first arrival at which the picture stands. */
export const now = signal(0)
export const isPlaying = signal(false)
/** Seconds of the run in a second of the reader. */
export const pace = signal(10)

/** Paces to choose from. */
export const PACES = [1, 2, 5, 10, 30, 100, 300, 1000] as const

let frame = 0
let before = 0

/** Lets time run until `end`, and says so when it stands again. */
export function play(end: number, onEnd: () => void): void {
  if (now.value >= end) now.value = 0
  isPlaying.value = true
  before = performance.now()
  const step = (time: number): void => {
    if (!isPlaying.value) return
    const next = now.value + (Math.max(0, time - before) / 1000) * pace.value
    before = time
    now.value = Math.min(end, next)
    if (next >= end) {
      pause()
      onEnd()
    } else frame = requestAnimationFrame(step)
  }
  frame = requestAnimationFrame(step)
}

export function pause(): void {
  isPlaying.value = false
  cancelAnimationFrame(frame)
}

/** Whether the reader wants no motion: time then goes by steps only. */
export const wantsNoMotion = signal(matchMedia('(prefers-reduced-motion: reduce)').matches)
matchMedia('(prefers-reduced-motion: reduce)').addEventListener('change', ({ matches }) => {
  wantsNoMotion.value = matches
  if (matches) pause()
})
