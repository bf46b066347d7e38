import type { Unknown } from '../../catalog/index.ts'
import type { Engine } from '../engine/engine.ts'
import { GapHistogram } from './gap-histogram.ts'
import type { Observer } from '../engine/observer.ts'
import type { Distribution } from './summary.ts'
import { type Timeline, TimelineBuilder } from './timeline.ts'
import { TokenGaps, gapDistribution } from './token-gap.ts'
import { Turn } from './turn.ts'

/** What only an observer of the run can tell. */
export interface Observed {
  readonly timeline: Timeline
  /** Time between consecutive tokens, over all tokens of all requests; quantiles to 1 %. */
  readonly tokenGap: Distribution | Unknown
  /** Of a fleet: its only pool, or its prefill and its decode pool, over the bins of `timeline`. */
  readonly pools?: readonly PoolTimeline[]
}

export interface PoolTimeline {
  readonly timeline: Timeline
  /** Of its first replicas. */
  readonly replicas: readonly Timeline[]
}

/** Watches one run: hand `observe` to the simulator and read `result` afterwards. */
export class RunObserver {
  private readonly builder: TimelineBuilder
  private readonly gaps = new GapHistogram()
  readonly observe: Observer

  /** @param bins most bins of the timeline */
  constructor(bins?: number) {
    this.builder = new TimelineBuilder(bins)
    this.observe = engineObserver(this.builder, this.gaps)
  }

  result(): Observed {
    return { timeline: this.builder.timeline(), tokenGap: gapDistribution(this.gaps) }
  }
}

/** Replicas of a pool that get timelines of their own when nobody says how many. */
const DEFAULT_TRACKS = 16

/** Watches a run of a fleet: hand it to `simulateFleet` and read `result` afterwards. */
export class FleetObserver {
  private readonly gaps = new GapHistogram()
  private readonly bins: number | undefined
  private readonly tracks: number
  private readonly pools: TimelineBuilder[][] = []

  /** @param options.bins most bins of a timeline @param options.tracks replicas of each pool that get timelines of their own */
  constructor({ bins, tracks = DEFAULT_TRACKS }: { readonly bins?: number; readonly tracks?: number } = {}) {
    this.bins = bins
    this.tracks = tracks
  }

  /** For the simulator: watches another engine of a replica, by number of the pool and of the replica in it. */
  engine(pool: number, replica: number): Observer {
    const builders = (this.pools[pool] ??= [])
    // All replicas behind the last track share a builder.
    const at = Math.min(replica, this.tracks)
    const known = builders[at]
    const builder = (builders[at] ??= new TimelineBuilder(this.bins))
    builder.engines = known === undefined ? 1 : builder.engines + 1
    return engineObserver(builder, this.gaps)
  }

  /** For the simulator: the first request that is served arrives at `tick`. */
  start(tick: number): void {
    for (const builder of this.pools.flat()) builder.startAt(tick)
  }

  result(): Observed {
    TimelineBuilder.align(this.pools.flat())
    return {
      timeline: TimelineBuilder.total(this.pools.flat()).timeline(),
      tokenGap: gapDistribution(this.gaps),
      pools: this.pools.map((builders) => ({
        timeline: TimelineBuilder.total(builders).timeline(),
        replicas: builders.slice(0, this.tracks).map((builder) => builder.timeline()),
      })),
    }
  }
}

function engineObserver(builder: TimelineBuilder, histogram: GapHistogram): Observer {
  const turn = new Turn()
  const gaps = new TokenGaps(histogram)
  return (engine: Readonly<Engine>) => {
    turn.read(engine)
    builder.add(turn, engine)
    gaps.add(turn, engine)
  }
}
