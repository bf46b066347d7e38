import type { Unknown } from '../catalog/index.ts'
import type { Observer } from './observer.ts'
import type { Distribution } from './summary.ts'
import { type Timeline, TimelineBuilder } from './timeline.ts'
import { TokenGaps } from './token-gap.ts'
import { Turn } from './turn.ts'

/** What only an observer of the run can tell. */
export interface Observed {
  readonly timeline: Timeline
  /** Time between consecutive tokens, over all tokens of all requests; quantiles to 1 %. */
  readonly tokenGap: Distribution | Unknown
}

/** Watches one run: hand `observe` to the simulator and read `result` afterwards. */
export class RunObserver {
  private readonly turn = new Turn()
  private readonly builder: TimelineBuilder
  private readonly gaps = new TokenGaps()

  /** @param bins most bins of the timeline */
  constructor(bins?: number) {
    this.builder = new TimelineBuilder(bins)
  }

  readonly observe: Observer = (engine) => {
    const { turn } = this
    turn.read(engine)
    this.builder.add(turn, engine)
    this.gaps.add(turn, engine)
  }

  result(): Observed {
    return { timeline: this.builder.timeline(), tokenGap: this.gaps.distribution() }
  }
}
