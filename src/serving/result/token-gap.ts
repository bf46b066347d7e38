import type { Unknown } from '../../catalog/index.ts'
import type { Engine } from '../engine/engine.ts'
import type { GapHistogram } from './gap-histogram.ts'
import type { Distribution } from './summary.ts'
import { TICKS_PER_SECOND } from '../engine/tick.ts'
import type { Turn } from './turn.ts'

/**
 * Times between consecutive tokens of all sequences, turn by turn: a run of m steps with n sequences is n·m gaps. A step
 * of prompts alone stretches the gap of those who wait for it, and so does a preemption until the next token. Tokens that
 * come in one step, as with speculative decoding, are one.
 */
export class TokenGaps {
  private readonly histogram: GapHistogram
  /** Decoding sequences by the tick of their last token, oldest first: `counts[i]` of them at `lasts[i]`. */
  private readonly lasts: number[] = []
  private readonly counts: number[] = []
  /** Requests from this engine row on came with their cache and have not decoded yet: they are the last that run. */
  private readyFrom = 0
  /** The same of preempted requests, as the engine stacks them, and of the cut prompt; NaN: no token yet. */
  private readonly stackLast: number[] = []
  private partialLast = Number.NaN
  private partialId = -1

  /** @param histogram where the gaps are counted, of this engine alone or of several */
  constructor(histogram: GapHistogram) {
    this.histogram = histogram
  }

  add(turn: Turn, engine: Readonly<Engine>): void {
    const lost = this.followPreempted(turn, engine)
    if (turn.decodeSteps > 0) this.addDecoding(turn, engine, turn.readyTo - lost)
    const joined = engine.decoding - (turn.decodeSteps > 0 ? 0 : turn.decoding)
    if (turn.decodeSteps > 0) this.lasts.length = this.counts.length = 0
    // A step that preempts and does not decode has left nobody who could.
    if (turn.decodeSteps > 0 || turn.preempted > 0) this.readyFrom = turn.readyTo
    if (joined === 0) return
    this.lasts.push(turn.to)
    this.counts.push(joined)
  }

  private addDecoding(turn: Turn, engine: Readonly<Engine>, readyTo: number): void {
    const { from, to, decoding, decodeSteps: steps } = turn
    // Cached tokens grow by `gain` per sequence and step, a chunk's pairs by the chunk squared.
    const chunk = this.partialId >= 0 && steps > 1 ? Math.max(0, engine.budget - engine.width * decoding) : 0
    const perCached = chunk > 0 ? engine.mixedCached : engine.perCached
    const slope = perCached * decoding * engine.gain + engine.perPair * chunk * chunk
    const first = Math.max(0, (to - from) / steps - (slope * (steps - 1)) / 2)
    const step = steps > 1 ? (((to - from) / steps - first) * 2) / (steps - 1) : 0
    const isTogether = this.lasts.length === 1 && this.lasts[0] === from && readyTo === this.readyFrom
    if (isTogether) {
      this.histogram.addRow(decoding, steps, first, step)
      return
    }
    for (const [i, last] of this.lasts.entries()) this.histogram.add(this.counts[i] ?? 0, first + from - last)
    for (let id = this.readyFrom; id < readyTo; id++) this.histogram.add(1, first + from - (engine.arrival[id] ?? 0))
    this.histogram.addRow(decoding, steps - 1, first + step, step)
  }

  // How many of those that had not decoded yet were preempted.
  private followPreempted(turn: Turn, engine: Readonly<Engine>): number {
    const before = this.partialId
    const now = engine.partial < 0 ? -1 : (engine.slotId[engine.partial] ?? 0)
    if (!turn.lostPartial && before >= 0 && before !== now) this.emitAgain(this.partialLast, turn.to)
    const lost = this.stackPreempted(turn, engine)
    if (now !== before) this.partialLast = Number.NaN
    while (this.stackLast.length > engine.stacked) {
      const last = this.stackLast.pop() ?? Number.NaN
      if (now >= 0 && now === engine.stackId[this.stackLast.length]) this.partialLast = last
      else this.emitAgain(last, turn.to)
    }
    this.partialId = now
    return lost
  }

  private stackPreempted({ preempted, lostPartial }: Turn, engine: Readonly<Engine>): number {
    let lost = 0
    for (let i = engine.stacked - preempted; i < engine.stacked; i++) {
      const id = engine.stackId[i] ?? 0
      if (lostPartial && id === this.partialId) this.stackLast.push(this.partialLast)
      else if (engine.isReady && id >= this.readyFrom) {
        this.stackLast.push(engine.arrival[id] ?? 0)
        lost += 1
      } else this.stackLast.push(this.leaveLast())
    }
    return lost
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

/** Seconds between tokens; quantiles to 1 %. */
export function gapDistribution(histogram: GapHistogram): Distribution | Unknown {
  const { count, sum } = histogram
  if (count === 0) return { unknown: 'no output has two tokens' }
  const at = (p: number): number => histogram.quantile(p) / TICKS_PER_SECOND
  return { count, mean: sum / count / TICKS_PER_SECOND, p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) }
}
