/** Median and least of some timings. */
export interface Timing {
  readonly median: number
  readonly least: number
}

/** Milliseconds of `work` over `repeats` runs, after `warmUps` that are not counted. */
export function timeRepeats(work: () => void, repeats: number, warmUps: number): Timing {
  for (let i = 0; i < warmUps; i++) work()
  const times: number[] = []
  for (let i = 0; i < repeats; i++) {
    const start = performance.now()
    work()
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  return { median: times[Math.floor(times.length / 2)] ?? Number.NaN, least: times[0] ?? Number.NaN }
}
