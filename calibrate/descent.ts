/** One free constant: fitted on a log scale between physical limits. */
export interface Free {
  readonly name: string
  readonly start: number
  readonly low: number
  readonly high: number
}

/**
 * Coordinate descent on log scales: each constant in turn is tried a step up and down, steps shrink when nothing helps.
 * Deterministic, derivative-free, and good enough for a dozen constants with a robust loss.
 */
export function descend(
  free: readonly Free[],
  loss: (values: readonly number[]) => number,
  rounds: number,
): { values: number[]; loss: number } {
  const values = free.map((f) => f.start)
  const steps = free.map(() => Math.log(1.5))
  let best = loss(values)
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < free.length; i++) {
      const old = values[i]!
      const gained = [1, -1].some((direction) => {
        values[i] = clampTo(free[i]!, old * Math.exp(direction * steps[i]!))
        const tried = loss(values)
        if (tried < best - 1e-9) {
          best = tried
          return true
        }
        values[i] = old
        return false
      })
      steps[i] = steps[i]! * (gained ? 1.3 : 0.5)
    }
    if (Math.max(...steps) < 0.004) break
  }
  return { values, loss: best }
}

function clampTo(free: Free, value: number): number {
  return Math.min(free.high, Math.max(free.low, value))
}
