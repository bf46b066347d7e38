import { BLOCKS, type Engine, RUNNING, WAITING } from '../engine/engine.ts'
import { WORD } from '../engine/exact-sum.ts'

/**
 * What one turn of an engine did, read from the state before and after it: a step with prompts, a run of steps whose
 * batch is constant, or an idle wait. Means are over the turn, in requests or blocks.
 */
export class Turn {
  /** Ticks [from, to) of the turn. */
  from = 0
  to = 0
  isIdle = true
  /** Steps, and those among them in which the decoding sequences took part (all or none). */
  steps = 0
  decodeSteps = 0
  /** Sequences past their prompt during the turn. */
  decoding = 0
  running = 0
  blocks = 0
  /** Blocks by which decoding grew over the turn, about: sequences take theirs at different steps. */
  growth = 0
  /** Requests that waited through the whole turn. */
  waiting = 0
  /** Engine rows [newFrom, newTo) joined the queue at `from`; each had waited since its arrival. */
  newFrom = 0
  newTo = 0
  /** Engine rows [readyFrom, readyTo) came with their cache and began to decode at `from`. */
  readyFrom = 0
  readyTo = 0
  /** Requests preempted at `from`; the cut prompt was among them if `lostPartial`. */
  preempted = 0
  lostPartial = false

  private cursor = 0
  private idle = 0
  private stepCount = 0
  private preemptedCount = 0
  private decodingNow = 0
  private partialId = -1
  private readonly sums: Float64Array = new Float64Array(6)

  /** Takes over the turn that `engine` has just made. */
  read(engine: Readonly<Engine>): void {
    this.from = this.to
    this.to = engine.clock
    this.newFrom = this.newTo
    this.newTo = engine.known
    this.isIdle = engine.idle > this.idle
    this.steps = engine.steps - this.stepCount
    this.decodeSteps = (engine.cursor - this.cursor) & engine.mask
    this.preempted = engine.preempted - this.preemptedCount
    this.readyFrom = this.readyTo
    this.readyTo = engine.isReady ? engine.head : 0
    this.lostPartial = this.partialId >= 0 && isPreempted(engine, this.partialId, this.preempted)
    // A cut prompt does not decode.
    const joined = this.readyTo - this.readyFrom
    this.decoding = this.decodingNow + joined - this.preempted + (this.lostPartial ? 1 : 0)
    const ticks = this.to - this.from
    this.running = this.taken(engine, RUNNING) / (ticks || 1)
    this.blocks = this.taken(engine, BLOCKS) / (ticks || 1)
    this.waiting = Math.max(0, this.taken(engine, WAITING) - this.waitedBefore(engine)) / (ticks || 1)
    const isDecodeRun = this.decodeSteps > 1 && this.partialId < 0 && !engine.reserves
    const grown = isDecodeRun ? (this.decoding * this.decodeSteps * engine.gain) / engine.blockSize : 0
    this.growth = Math.min(grown, 2 * this.blocks, 2 * (engine.blocks - this.blocks))
    this.remember(engine)
  }

  private remember(engine: Readonly<Engine>): void {
    this.cursor = engine.cursor
    this.idle = engine.idle
    this.stepCount = engine.steps
    this.preemptedCount = engine.preempted
    this.decodingNow = engine.decoding
    this.partialId = engine.partial < 0 ? -1 : (engine.slotId[engine.partial] ?? 0)
    // Six assignments are several times quicker than `set`.
    for (let i = 0; i < 6; i++) this.sums[i] = engine.sums[i] ?? 0
  }

  // Growth of an integral over the turn.
  private taken({ sums }: Readonly<Engine>, at: number): number {
    const high = (sums[2 * at] ?? 0) - (this.sums[2 * at] ?? 0)
    return high * WORD + ((sums[2 * at + 1] ?? 0) - (this.sums[2 * at + 1] ?? 0))
  }

  // Request-ticks before the turn of those who joined the queue at its start.
  private waitedBefore({ arrival }: Readonly<Engine>): number {
    let ticks = 0
    for (let id = this.newFrom; id < this.newTo; id++) ticks += this.from - (arrival[id] ?? 0)
    return ticks
  }
}

// Whether request `id` is among the last `count` that were preempted, which are on top of the stack.
function isPreempted({ stacked, stackId }: Readonly<Engine>, id: number, count: number): boolean {
  for (let at = stacked - count; at < stacked; at++) if (stackId[at] === id) return true
  return false
}
