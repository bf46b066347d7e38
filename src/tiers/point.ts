import { PincerError } from '../issue/index.ts'
import { type Bytes, type Seconds, formatBytes } from '../units/index.ts'
import type { ExpertLoad } from './load.ts'
import type { FastTimer, SlowTier } from './machine.ts'
import { type Order, type Residency, type Residence, entryOrder, residence } from './placement.ts'
import { type Cause, type StepTime, type Supply, largestCause, stepTime } from './step.ts'

/** What limits a step: the largest part of its time, or that the experts left over do not fit the slow tier. */
export type Limit = Cause | 'slow-capacity'

/** One capacity of the fast tier, and how fast the machine is with it. */
export interface Point {
  readonly capacity: Bytes
  /** Experts that live in the fast tier, over all layers, and their share of all. */
  readonly experts: number
  readonly share: number
  /** Share of routed tokens, and of the expert bytes read, that the fast tier serves. */
  readonly tokenHit: number
  readonly byteHit: number
  /** Expected bytes a step reads from the slow tier, wrong guesses not counted. */
  readonly missedBytes: Bytes
  readonly seconds: Seconds
  readonly tokensPerSecondPerUser: number
  readonly tokensPerSecond: number
  /** Speed over that of the machine whose memory is all fast. */
  readonly speed: number
  readonly limit: Limit
}

/** All that decides the speed but the capacity of the fast tier. */
export interface Setting {
  readonly load: ExpertLoad
  readonly timer: FastTimer
  readonly supply: Supply
  readonly slow: SlowTier
  readonly residency: Residency
}

/** Speeds of one setting at any capacity of the fast tier. */
export class Ladder {
  readonly setting: Setting
  readonly order: Order
  /** Weights that are not routed experts, and caches: never anywhere but in the fast tier. */
  readonly fixed: Bytes
  /** Room in which experts arrive, as long as any is missing. */
  readonly landing: Bytes
  readonly allFast: Seconds
  private readonly known: Map<number, Step> = new Map()

  constructor(setting: Setting) {
    this.setting = setting
    this.order = entryOrder(setting.load, setting.residency)
    this.fixed = setting.load.denseBytes + setting.load.cacheBytes
    this.landing = landingBytes(setting)
    this.allFast = this.step(this.order.count).time.seconds
  }

  /** Fast memory with which `experts` live in it. */
  capacityOf(experts: number): Bytes {
    const all = this.fixed + this.order.bytes[this.order.count]!
    const some = this.fixed + this.landing + this.order.bytes[experts]!
    return experts >= this.order.count ? all : Math.min(some, all)
  }

  /**
   * Experts that live in a fast tier of `capacity`.
   * @throws PincerError `does_not_fit` when not even the part that every token reads has room
   */
  expertsAt(capacity: Bytes, path: readonly string[] = ['fast']): number {
    const least = this.capacityOf(0)
    if (capacity < least) throw tooSmall(capacity, least, this, path)
    let [low, high] = [0, this.order.count]
    if (capacity >= this.capacityOf(high)) return high
    while (low + 1 < high) {
      const middle = (low + high) >> 1
      if (this.capacityOf(middle) <= capacity) low = middle
      else high = middle
    }
    return low
  }

  /** Step with `experts` in the fast tier. */
  step(experts: number): Step {
    const known = this.known.get(experts)
    if (known !== undefined) return known
    const { load, timer, supply, residency } = this.setting
    const held = residence(load, this.order, experts, residency)
    const step = { residence: held, time: stepTime(load, held, timer, supply) }
    this.known.set(experts, step)
    return step
  }

  /** Bytes that must live in the slow tier; an LRU's fast tier holds copies only. */
  slowBytes(experts: number): Bytes {
    const { load, residency } = this.setting
    if (residency === 'lru' && experts < this.order.count) return load.expertBytes
    return this.order.bytes[this.order.count]! - this.order.bytes[experts]!
  }

  fits(experts: number): boolean {
    // Sums of equal sizes in another order differ in the last digits.
    return this.slowBytes(experts) <= this.setting.slow.capacity * (1 + 1e-12)
  }

  point(experts: number, capacity: Bytes = this.capacityOf(experts)): Point {
    const { residence: held, time } = this.step(experts)
    const { served } = this.setting.load
    return {
      capacity,
      experts,
      share: experts / this.order.count,
      tokenHit: held.tokenHit,
      byteHit: held.byteHit,
      missedBytes: held.missedBytes,
      seconds: time.seconds,
      tokensPerSecondPerUser: 1 / time.seconds,
      tokensPerSecond: served / time.seconds,
      speed: this.allFast / time.seconds,
      limit: this.fits(experts) ? largestCause(time.parts) : 'slow-capacity',
    }
  }
}

export interface Step {
  readonly residence: Residence
  readonly time: StepTime
}

/**
 * Room for arrivals: two experts in turn on demand; what a layer reads when it is guessed; a layer when it is fetched
 * whole; none where the host computes.
 */
function landingBytes({ load, supply }: Setting): Bytes {
  if (supply.host !== undefined) return 0
  const most = (bytes: (layer: ExpertLoad['layers'][number]) => Bytes): Bytes => Math.max(...load.layers.map(bytes))
  if (supply.prefetch === 'none') return 2 * load.oneExpert
  if (supply.prefetch === 'next') return most(({ work, distinct }) => distinct * work.expertBytes)
  return most(({ work }) => work.experts * work.expertBytes)
}

function tooSmall(capacity: Bytes, least: Bytes, ladder: Ladder, path: readonly string[]): PincerError {
  const { load } = ladder.setting
  const parts = [
    `${formatBytes(load.denseBytes)} of weights`,
    `${formatBytes(load.cacheBytes)} of KV cache`,
    ...(ladder.landing > 0 ? [`${formatBytes(ladder.landing)} in which experts arrive`] : []),
  ]
  return new PincerError({
    code: 'does_not_fit',
    path,
    message: `a fast tier of ${formatBytes(capacity)} does not hold what every token reads: ${parts.join(', ')}`,
    suggestion: `at least ${formatBytes(Math.ceil(least / 1e7) * 1e7)} are needed; fewer --users, a shorter --context or a narrower --precision need less`,
  })
}
