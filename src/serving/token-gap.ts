import type { Unknown } from '../catalog/index.ts'
import type { Engine } from './engine.ts'
import { GapHistogram } from './gap-histogram.ts'
import type { Distribution } from './summary.ts'
import { TICKS_PER_SECOND } from './tick.ts'
import type { Turn } from './turn.ts'

/**
 * Times between consecutive tokens of all sequences, turn by turn: a run of m steps with n sequences is n·m gaps. A step
 * of prompts alone stretches the gap of those who wait for it, and so does a preemption until the next token.
 */
export class TokenGaps {
  private readonly histogram = new GapHistogram()
  /** Decoding sequences by the tick of their last token, oldest first: `counts[i]` of them at `lasts[i]`. */
  private readonly lasts: number[] = []
  private readonly counts: number[] = []
  /** The same of preempted requests, as the engine stacks them, and of the cut prompt; NaN: no token yet. */
  private readonly stackLast: number[] = []
  private partialLast = Number.NaN
  private partial = -1

  add(turn: Turn, engine: Readonly<Engine>): void {
    this.followPreempted(turn, engine)
    if (turn.decodeSteps > 0) this.addDecoding(turn, engine)
    const joined = engine.decoding - (turn.decodeSteps > 0 ? 0 : turn.decoding)
    if (turn.decodeSteps > 0) this.lasts.length = this.counts.length = 0
    if (joined === 0) return
    this.lasts.push(turn.to)
    this.counts.push(joined)
  }

  /** Seconds between tokens; quantiles to 1 %. */
  distribution(): Distribution | Unknown {
    const { count, sum } = this.histogram
    if (count === 0) return { unknown: 'no output has two tokens' }
    const at = (p: number): number => this.histogram.quantile(p) / TICKS_PER_SECOND
    return { count, mean: sum / count / TICKS_PER_SECOND, p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) }
  }

  private addDecoding(turn: Turn, engine: Readonly<Engine>): void {
    const { from, to, decoding, decodeSteps: steps } = turn
    // Cached tokens grow by one per sequence and step, a chunk's pairs by the chunk squared.
    const chunk = this.partial >= 0 && steps > 1 ? Math.max(0, engine.budget - decoding) : 0
    const perCached = chunk > 0 ? engine.mixedCached : engine.perCached
    const slope = perCached * decoding + engine.perPair * chunk * chunk
    const first = Math.max(0, (to - from) / steps - (slope * (steps - 1)) / 2)
    const step = steps > 1 ? (((to - from) / steps - first) * 2) / (steps - 1) : 0
    const isTogether = this.lasts.length === 1 && this.lasts[0] === from
    if (isTogether) {
      this.histogram.addRow(decoding, steps, first, step)
      return
    }
    for (const [i, last] of this.lasts.entries()) this.histogram.add(this.counts[i] ?? 0, first + from - last)
    this.histogram.addRow(decoding, steps - 1, first + step, step)
  }

  private followPreempted(turn: Turn, engine: Readonly<Engine>): void {
    const before = this.partial
    if (turn.lostPartial) this.stackLast.push(this.partialLast)
    else if (before >= 0 && before !== engine.partial) this.emitAgain(this.partialLast, turn.to)
    for (let i = turn.lostPartial ? 1 : 0; i < turn.preempted; i++) this.stackLast.push(this.leaveLast())
    if (engine.partial !== before) this.partialLast = Number.NaN
    while (this.stackLast.length > engine.stacked) {
      const last = this.stackLast.pop() ?? Number.NaN
      const isCut = engine.partial >= 0 && engine.slotId[engine.partial] === engine.stackId[this.stackLast.length]
      if (isCut) this.partialLast = last
      else this.emitAgain(last, turn.to)
    }
    this.partial = engine.partial
  }

  private emitAgain(last: number, now: number): void {
    if (!Number.isNaN(last)) this.histogram.add(1, now - last)
  }

  // The last sequence of the running list is one of those that joined last.
  private leaveLast(): number {
    const end = this.counts.length - 1
    const last = this.lasts[end] ?? Number.NaN
    const left = (this.counts[end] ?? 1) - 1
    if (left > 0) this.counts[end] = left
    else this.lasts.length = this.counts.length = end
    return last
  }
}
