/** Who gets in, and who is thrown out. */
import { freeBlocks } from './cache.ts'
import { type Engine, allocate, blocksFor } from './engine.ts'
import { type Hits, findHits, release, takeHits } from './prefix.ts'
import { type Sequence, lifetimeGrains } from './sequence.ts'

/** Whether the head of the queue may take blocks for this many grains and leave so many free. */
export function fits(engine: Engine, hits: Hits, grains: number, watermark: number): boolean {
  const { cache } = engine
  const asked = blocksFor(engine, grains) - cache.unitBlocks * hits.shared
  return freeBlocks(cache) - asked >= watermark
}

/** Blocks that an admission must leave free: none when nothing runs, so that nobody waits for ever. */
export function watermarkOf({ running, settings }: Engine): number {
  return running.length === 0 ? 0 : settings.watermark
}

/** Takes the head of the queue out of it and gives it what it hit and blocks for this many grains. */
export function admitHead(engine: Engine, hits: Hits, grains: number): Sequence {
  const sequence = engine.waiting.shift()
  if (sequence === undefined) throw new Error('nobody is waiting')
  engine.waitingTime += BigInt(engine.clock - sequence.since)
  sequence.since = engine.clock
  sequence.scheduled ??= engine.clock
  sequence.admission = engine.admissions++
  takeHits(engine, sequence, hits)
  allocate(engine, sequence, grains)
  return sequence
}

/** Admits the head of the queue with blocks for its whole life, or nobody when they do not fit. */
export function admitWithReservation(engine: Engine): Sequence | undefined {
  const head = engine.waiting[0]!
  const hits = findHits(engine, head)
  const grains = lifetimeGrains(head, engine.speculation)
  if (!fits(engine, hits, grains, watermarkOf(engine))) return undefined
  const sequence = admitHead(engine, hits, grains)
  engine.running.push(sequence)
  return sequence
}

/** Admits ready heads of the queue in order while slots and blocks last: they decode in the step being planned. */
export function admitReady(engine: Engine): void {
  const { running, waiting, settings, speculation, chunked } = engine
  if (settings.policy === 'static' && running.length > 0) return
  const slots = settings.maxSequences - (chunked === undefined ? 0 : 1)
  const reserves = settings.policy !== 'vllm' && settings.policy !== 'sglang'
  while (waiting[0]?.ready === true && running.length < slots) {
    const head = waiting[0]
    const prompt = head.prompt * speculation.grain
    const life = lifetimeGrains(head, speculation)
    const isIdle = running.length === 0 && chunked === undefined
    const watermark = isIdle ? 0 : settings.watermark
    const hits = findHits(engine, head)
    if (!fits(engine, hits, reserves ? life : prompt + speculation.gain, watermark)) break
    const sequence = admitHead(engine, hits, reserves ? life : prompt)
    sequence.ready = false
    sequence.cached = sequence.goal
    sequence.base = sequence.emitted.length
    running.push(sequence)
  }
}

/** Throws the last running request out: its cache is lost, what it emitted is not, and it waits at the front. */
export function preemptLast(engine: Engine): Sequence {
  const victim = engine.running.pop()
  if (victim === undefined) throw new Error('nobody is running')
  release(engine, victim)
  engine.runningTime += BigInt(engine.clock - victim.since)
  victim.since = engine.clock
  victim.cached = 0
  victim.steps = 0
  victim.goal = victim.prompt + victim.emitted.length
  victim.preemptedAt.push(engine.clock)
  engine.waiting.unshift(victim)
  return victim
}
