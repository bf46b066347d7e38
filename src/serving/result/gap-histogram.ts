import { LAST_TICK } from '../engine/tick.ts'

/** Bins grow by 1 %. */
const GROWTH = Math.log(1.01)
const BINS = Math.ceil(Math.log(LAST_TICK) / GROWTH) + 2

/** Lower edge of each bin, ticks; the first holds 0 as well. */
const EDGES: Float64Array = Float64Array.from({ length: BINS + 1 }, (_, bin) =>
  bin === 0 ? 0 : Math.exp(bin * GROWTH),
)

/** Weighted durations in bins that grow by 1 %: count, sum, least and most are exact, quantiles to 1 %. */
export class GapHistogram {
  count = 0
  /** Ticks. */
  sum = 0
  private least = Infinity
  private most = 0
  private readonly weights: Float64Array = new Float64Array(BINS)

  /** `weight` gaps of `ticks`. */
  add(weight: number, ticks: number): void {
    this.addRow(weight, 1, ticks, 0)
  }

  /** `weight` gaps each of first, first + step, … (`terms` of them; step ≥ 0). */
  addRow(weight: number, terms: number, first: number, step: number): void {
    if (weight === 0 || terms === 0) return
    const last = first + step * (terms - 1)
    this.count += weight * terms
    this.sum += (weight * terms * (first + last)) / 2
    if (first < this.least) this.least = first
    if (last > this.most) this.most = last
    let term = 0
    for (let bin = binOf(first); term < terms; bin++) {
      const beyond = step > 0 ? Math.ceil(((EDGES[bin + 1] ?? Infinity) - first) / step) : terms
      const next = bin === BINS - 1 ? terms : Math.min(terms, Math.max(term, beyond))
      this.weights[bin] = (this.weights[bin] ?? 0) + weight * (next - term)
      term = next
    }
  }

  /** The value of rank (count − 1)·p in ticks, linear within its bin; within 1 %. */
  quantile(p: number): number {
    const rank = (this.count - 1) * p
    let below = 0
    for (let bin = 0; bin < BINS; bin++) {
      const weight = this.weights[bin] ?? 0
      if (below + weight > rank) {
        const [low = 0, high = 0] = [EDGES[bin], EDGES[bin + 1]]
        const value = low + ((high - low) * (rank - below + 0.5)) / weight
        return Math.min(this.most, Math.max(this.least, value))
      }
      below += weight
    }
    return this.most
  }
}

function binOf(ticks: number): number {
  return ticks < 1 ? 0 : Math.floor(Math.log(ticks) / GROWTH)
}
