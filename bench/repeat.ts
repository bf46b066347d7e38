/** Median and least of some timings. */
export interface Timing {
  readonly median: number
  readonly least: number
}

let isQuick = false

/** Whether everything runs once only. */
export function setQuick(quick: boolean): void {
  isQuick = quick
}

/** So many repeats, or one where all is quick. */
export function repeatsOf(count: number): number {
  return isQuick ? 1 : count
}

/** Milliseconds of `work` over `repeats` runs, after `warmUps` that are not counted. */
export function timeRepeats(work: () => void, repeats: number, warmUps: number): Timing {
  const rounds = isQuick ? 0 : warmUps
  for (let i = 0; i < rounds; i++) work()
  const count = repeatsOf(repeats)
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    work()
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  return { median: times[Math.floor(times.length / 2)] ?? Number.NaN, least: times[0] ?? Number.NaN }
}
