import type { Seconds } from '../../units/index.ts'
import type { Engine } from '../engine/engine.ts'
import { TICKS_PER_SECOND } from '../engine/tick.ts'
import type { Turn } from './turn.ts'

/** What a timeline shows, each as a time average per bin. */
export const TIMELINE_SERIES = ['queue', 'running', 'decoding', 'blocks', 'utilisation'] as const
export type TimelineName = (typeof TIMELINE_SERIES)[number]

/**
 * A run over time, from its first arrival on. Bins are equally long, but the last covers only what is left of the span.
 * Requests waiting; requests running; sequences past their prompt; KV blocks in use; share of time in steps.
 */
export interface Timeline extends Readonly<Record<TimelineName, Float64Array>> {
  readonly binSeconds: Seconds
  readonly span: Seconds
}

/** Most bins of a timeline; at least half of them are used. */
const DEFAULT_BINS = 240

/**
 * Builds the timeline of one engine, or of several together, turn by turn. How long the run will be is not known, so bins start at one tick and merge in
 * pairs when they are full. Every state but the blocks is constant over a turn, so their bins are exact; blocks grow
 * along a straight line in a run of decoding steps, with the run's exact integral.
 */
export class TimelineBuilder {
  private readonly bins: number
  private readonly sums: Readonly<Record<TimelineName, Float64Array>>
  private width = 1
  /** First arrival and latest tick. */
  private origin = Number.NaN
  private end = 0
  /** Engines whose turns it is told; time in steps is the mean of theirs. */
  engines = 1

  constructor(bins: number = DEFAULT_BINS) {
    // Merging in pairs needs an even number.
    this.bins = 2 * Math.max(1, Math.ceil(bins / 2))
    const column = (): Float64Array => new Float64Array(this.bins)
    this.sums = { queue: column(), running: column(), decoding: column(), blocks: column(), utilisation: column() }
  }

  /** The first request arrives at `tick`; without it the first of the engine counts. */
  startAt(tick: number): void {
    this.origin = tick
  }

  add(turn: Turn, engine: Readonly<Engine>): void {
    // Before the first arrival nothing counts.
    if (Number.isNaN(this.origin)) {
      if (engine.known === 0) return
      this.origin = engine.arrival[0] ?? 0
    }
    const [from, to] = [turn.from - this.origin, turn.to - this.origin]
    if (to > this.end) this.end = to
    while (to > this.width * this.bins) this.merge()
    this.addArrivals(turn, engine)
    if (to === from) return
    const { queue, running, decoding, blocks, utilisation } = this.sums
    if (turn.waiting > 0) this.fill(queue, from, to, turn.waiting)
    if (turn.isIdle) return
    this.fill(running, from, to, turn.running)
    this.fill(decoding, from, to, turn.decoding)
    this.fill(utilisation, from, to, 1)
    if (turn.growth === 0) this.fill(blocks, from, to, turn.blocks)
    else this.slope(from, to, turn.blocks, turn.growth)
  }

  /** The timeline so far. */
  timeline(): Timeline {
    const used = this.end > 0 ? Math.ceil(this.end / this.width) : 0
    const mean = (name: TimelineName, engines = 1): Float64Array =>
      this.sums[name]
        .slice(0, used)
        .map((sum, bin) => sum / (engines * Math.min(this.width, this.end - bin * this.width)))
    return {
      binSeconds: this.width / TICKS_PER_SECOND,
      span: this.end / TICKS_PER_SECOND,
      queue: mean('queue'),
      running: mean('running'),
      decoding: mean('decoding'),
      blocks: mean('blocks'),
      utilisation: mean('utilisation', this.engines),
    }
  }

  /** Builders of one run, with as many bins each, come to the same bins, those of the longest; what they show stays the same. */
  static align(builders: readonly TimelineBuilder[]): void {
    const end = Math.max(0, ...builders.map((builder) => builder.end))
    const width = Math.max(1, ...builders.map((builder) => builder.width))
    for (const builder of builders) {
      builder.end = end
      while (builder.width < width) builder.merge()
    }
  }

  /** What aligned builders show together. */
  static total(builders: readonly TimelineBuilder[]): TimelineBuilder {
    const [first] = builders
    const total = new TimelineBuilder(first?.bins)
    total.engines = 0
    for (const { sums, engines, width, end } of builders) {
      ;[total.width, total.end] = [width, end]
      total.engines += engines
      for (const name of TIMELINE_SERIES) {
        const column = total.sums[name]
        for (const [bin, sum] of sums[name].entries()) column[bin] = (column[bin] ?? 0) + sum
      }
    }
    return total
  }

  // The queue between the arrivals that the engine saw at the start of the turn only.
  private addArrivals({ from, newFrom, newTo }: Turn, { arrival }: Readonly<Engine>): void {
    for (let id = newFrom; id < newTo; id++) {
      const next = id + 1 < newTo ? (arrival[id + 1] ?? 0) : from
      this.fill(this.sums.queue, (arrival[id] ?? 0) - this.origin, next - this.origin, id + 1 - newFrom)
    }
  }

  private fill(sums: Float64Array, from: number, to: number, height: number): void {
    const { width } = this
    let bin = Math.floor(from / width)
    if (to <= (bin + 1) * width) {
      sums[bin] = (sums[bin] ?? 0) + height * (to - from)
      return
    }
    for (let at = from; at < to; bin++) {
      const edge = Math.min((bin + 1) * width, to)
      sums[bin] = (sums[bin] ?? 0) + height * (edge - at)
      at = edge
    }
  }

  // A straight line that rises by `rise` around its mean.
  private slope(from: number, to: number, mean: number, rise: number): void {
    const { width } = this
    const sums = this.sums.blocks
    const [middle, perTick] = [(from + to) / 2, rise / (to - from)]
    let bin = Math.floor(from / width)
    for (let at = from; at < to; bin++) {
      const edge = Math.min((bin + 1) * width, to)
      sums[bin] = (sums[bin] ?? 0) + (mean + perTick * ((at + edge) / 2 - middle)) * (edge - at)
      at = edge
    }
  }

  private merge(): void {
    this.width *= 2
    for (const sums of Object.values(this.sums)) {
      for (let bin = 0; bin < this.bins / 2; bin++) sums[bin] = (sums[2 * bin] ?? 0) + (sums[2 * bin + 1] ?? 0)
      sums.fill(0, this.bins / 2)
    }
  }
}
