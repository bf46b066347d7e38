import { type EngineSettings, PLAIN, commonDivisor } from './engine-settings.ts'
import type { Engine } from './engine.ts'
import type { PrefixCache } from '../prefix/prefix-cache.ts'
import type { TickTimer } from './tick.ts'

/** Where further arrivals come from when they depend on earlier ends. */
export interface ArrivalSource {
  /** Appends the arrivals that are due at the engine's clock. */
  readonly receive: (engine: Engine) => void
  /** The last token of request `id` (engine numbering) comes at `tick`, now or a little later. */
  readonly ended: (engine: Engine, id: number, tick: number) => void
}

/** A budget nothing reaches: engines that never cut a prompt. Longer tables of step times than this do not exist. */
const UNLIMITED = 2 ** 30

export interface EngineOptions {
  readonly timer: TickTimer
  readonly settings: EngineSettings
  readonly longestOutput: number
  readonly source: ArrivalSource | null
  /** Shares the cache of equal prefixes; null: every request computes its whole prompt. */
  readonly prefix?: PrefixCache | null
  readonly rowOf?: Int32Array | null
  /** Requests come with the cache of their prompt and their first token. */
  readonly isReady?: boolean
  /** Most requests that there can be at once, where rows come one by one. */
  readonly most?: number
}

/** What stays the same over a run of an engine. */
export class EngineRules {
  /** Blocks are reserved for the whole life at admission (trtllm, static, continuous) or as they fill (vllm, sglang). */
  readonly reserves: boolean
  /** Prompts run in steps of their own (sglang). */
  readonly promptsAlone: boolean
  /** Requests are admitted only when nothing runs (static). */
  readonly gang: boolean
  readonly maxSequences: number
  readonly budget: number
  readonly blocks: number
  /** Cached tokens are counted in grains: parts of a token with speculative decoding, else tokens. */
  readonly grain: number
  /** Grains by which a step moves a sequence, and tokens that a sequence counts in it. */
  readonly gain: number
  readonly width: number
  /** Grains of a block. */
  readonly blockSize: number
  /** log2 of the block size, or −1 where it is no power of two. */
  readonly blockShift: number
  /** Steps after which the phases of block growth come again. */
  readonly period: number
  /** Blocks that a chunk of a prompt can take at most. */
  readonly mostGrowth: number
  readonly watermark: number
  readonly ticksOf: Float64Array
  readonly perSequence: number
  readonly perCached: number
  readonly mixedCached: number
  readonly perPair: number
  readonly mixed: number
  readonly drafting: number
  readonly loadTicks: number
  /** Ticks of a prompt token in the busiest stage of a pipeline, −1 without one; and from there to the last stage. */
  readonly stageTicks: number
  readonly fillTicks: number
  readonly source: ArrivalSource | null
  readonly prefix: PrefixCache | null
  readonly isReady: boolean

  /** @param rows requests that there are, where all are known before the run */
  constructor(options: EngineOptions, rows: number) {
    const { timer, settings, source } = options
    const { policy, blocks } = settings
    const { width, gain, grain } = settings.speculation ?? PLAIN
    const blockSize = settings.blockSize * grain
    this.reserves = policy === 'trtllm' || policy === 'static' || policy === 'continuous'
    this.promptsAlone = policy === 'sglang'
    this.gang = policy === 'static'
    this.maxSequences = Math.min(settings.maxSequences, Math.max(1, options.most ?? rows))
    this.budget = policy === 'static' || policy === 'continuous' ? UNLIMITED : settings.tokenBudget
    this.blocks = blocks
    this.grain = grain
    this.gain = gain
    this.width = width
    this.blockSize = blockSize
    this.blockShift = (blockSize & (blockSize - 1)) === 0 ? 31 - Math.clz32(blockSize) : -1
    this.period = blockSize / commonDivisor(gain, blockSize)
    this.mostGrowth = Math.ceil(this.budget / settings.blockSize) + 1
    this.watermark = settings.watermark
    this.ticksOf = timer.tokens
    this.perSequence = timer.perSequence ?? 0
    this.perCached = timer.perCached
    this.mixedCached = timer.mixedCached ?? timer.perCached
    this.perPair = timer.perPair
    this.mixed = timer.mixed
    this.drafting = timer.drafting ?? 0
    this.loadTicks = timer.loadTicks ?? 0
    this.stageTicks = timer.pipeline?.perToken ?? -1
    this.fillTicks = timer.pipeline?.fill ?? 0
    this.source = source
    this.prefix = options.prefix ?? null
    this.isReady = options.isReady ?? false
  }
}
