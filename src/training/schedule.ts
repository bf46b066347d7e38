/**
 * Order in which pipeline stages take microbatches. `interleaved`: 1F1B with several chunks of layers a stage; `1f1b`: one chunk;
 * `zero-bubble`: weight gradients fill the gaps (ZB-H1, Qi et al., arXiv 2401.10241); `dualpipe`: fed from both ends, expert
 * exchange hidden beside compute (DeepSeek-V3, arXiv 2412.19437, section 3.2.1).
 */
export type PipelineSchedule = 'interleaved' | '1f1b' | 'zero-bubble' | 'dualpipe'

export const SCHEDULES: readonly PipelineSchedule[] = ['interleaved', '1f1b', 'zero-bubble', 'dualpipe']

/** What the time lost to a pipeline follows from. */
export interface PipelineShape {
  readonly stages: number // p
  readonly layers: number
  /** Microbatches a replica works through in a step. */
  readonly microbatches: number // m
  /** Time to compute one token, all stages together. */
  readonly work: number
  /** Time to send one token over one boundary between chunks and its gradient back. */
  readonly hop: number
}

/**
 * Time that a pipeline adds to `work`: idle stages and transfers between chunks, in its unit. Forward F, backward for inputs B and for
 * weights W take alike, so a microbatch is 3 F. Interleaved 1F1B: (p − 1) / (v·m) with the v chunks a stage that cost least between
 * idling and hops (Narayanan et al., arXiv 2104.04473, section 2.2). ZB-H1: (p − 1)(F + B − W), a third of 1F1B. DualPipe:
 * (p/2 − 1)(F&B + B − 3W) with F&B = 3 F and a whole backward of 2 F (DeepSeek-V3, table 2).
 */
export function pipelineTime(schedule: PipelineSchedule, shape: PipelineShape): number {
  const { stages, microbatches, work, hop } = shape
  if (stages === 1) return 0
  const idle = (work * (stages - 1)) / microbatches
  if (schedule === '1f1b') return idle + stages * hop
  if (schedule === 'zero-bubble') return idle / 3 + stages * hop
  // Both directions at once: hops hide like expert exchange does.
  if (schedule === 'dualpipe') return (work * 2 * Math.max(0, stages / 2 - 1)) / (3 * microbatches)
  const chunks = bestChunks(shape, idle)
  return idle / chunks + chunks * stages * hop
}

// Idling falls as 1 / v, hops grow as v: the least sum is at the root of their ratio, with a layer a chunk at the finest.
function bestChunks({ stages, layers, hop }: PipelineShape, idle: number): number {
  const finest = Math.max(1, layers / stages)
  return hop === 0 ? finest : Math.min(finest, Math.max(1, Math.sqrt(idle / (stages * hop))))
}

/** Share of a chip that moves tokens while the rest computes: 20 of 132 multiprocessors (DeepSeek-V3, section 3.2.2). */
const EXCHANGE_SHARE = 20 / 132

/**
 * Time that expert exchange adds to `compute` when both run at once: the multiprocessors it takes, and what does not fit beside the
 * compute. Same unit as the arguments.
 */
export function overlappedExchange(compute: number, exchange: number): number {
  if (exchange === 0) return 0
  const slowed = compute / (1 - EXCHANGE_SHARE)
  return slowed - compute + Math.max(0, exchange - slowed)
}
