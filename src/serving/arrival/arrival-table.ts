import { arrivalTicks } from './arrival.ts'
import type { ArrivalProcess } from './arrival-process.ts'
import { drawLengths } from './length.ts'
import type { LengthDistribution } from './length-distribution.ts'
import { rng } from './random.ts'
import type { TraceTable } from '../trace/trace-table.ts'

/** Requests that are drawn: when they come and how long they are, independent of each other. */
export interface DrawnWorkload {
  readonly arrivals: ArrivalProcess
  readonly prompt: LengthDistribution
  readonly output: LengthDistribution
}

/**
 * `count` requests; same seed, same bytes. Arrivals, prompts and outputs have a stream each, so that changing one of them
 * leaves the others as they were.
 * @throws PincerError `invalid_value`, `missing_field`, `unknown_field`, `too_large` (beyond 78 hours)
 */
export function drawRequests(workload: DrawnWorkload, count: number, seed: number): TraceTable {
  return {
    count,
    arrival: arrivalTicks(workload.arrivals, count, rng(seed, 'arrivals')),
    prompt: drawLengths(workload.prompt, count, rng(seed, 'prompt lengths')),
    output: drawLengths(workload.output, count, rng(seed, 'output lengths')),
    timed: true,
  }
}

/**
 * A list of lengths given arrivals: those of `arrivals`, in the order of the list.
 * @throws PincerError as `drawRequests` does
 */
export function timedTable(table: TraceTable, arrivals: ArrivalProcess, seed: number): TraceTable {
  return { ...table, arrival: arrivalTicks(arrivals, table.count, rng(seed, 'arrivals')), timed: true }
}
