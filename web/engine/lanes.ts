import { FINISHED, type SimulationRun, TICKS_PER_SECOND } from '../../src/index.ts'

/** Requests of a stretch of time as a screen shows them: columns, times in seconds since the first arrival. */
export interface Lanes {
  readonly from: number
  readonly to: number
  readonly rows: number
  /** One request in so many is shown. */
  readonly every: number
  readonly lane: Int32Array
  readonly request: Int32Array
  readonly arrival: Float64Array
  readonly scheduled: Float64Array
  readonly firstToken: Float64Array
  readonly end: Float64Array
}

/** The requests of a whole run that are shown on so many lanes, by arrival. */
export interface LanePlan {
  readonly rows: number
  readonly every: number
  readonly request: Int32Array
  readonly lane: Int32Array
}

/**
 * Requests laid on `rows` lanes, none over another. Where more are in the system at once, one in so many is shown, evenly by
 * arrival.
 */
export function lanePlan(run: SimulationRun, rows: number): LanePlan {
  const order = servedByArrival(run)
  const every = Math.max(1, Math.ceil(mostAtOnce(run, order) / rows))
  const free = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY)
  const [request, lane] = [[] as number[], [] as number[]]
  for (let i = 0; i < order.length; i += every) {
    const row = order[i]!
    const at = free.findIndex((end) => end <= run.arrival[row]!)
    // A sample may be fuller than the whole for a moment.
    if (at === -1) continue
    free[at] = run.end[row]!
    request.push(row)
    lane.push(at)
  }
  return { rows, every, request: Int32Array.from(request), lane: Int32Array.from(lane) }
}

/**
 * The part of a plan that lies between two times, as a picture of `pixels` columns shows it: of requests shorter than a pixel, one
 * a pixel and lane.
 */
export function lanesBetween(run: SimulationRun, plan: LanePlan, from: number, to: number, pixels: number): Lanes {
  const origin = originOf(run)
  const seconds = (tick: number): number => (tick - origin) / TICKS_PER_SECOND
  const perPixel = (to - from) / Math.max(1, pixels)
  const last = new Float64Array(plan.rows).fill(Number.NEGATIVE_INFINITY)
  const shown: number[] = []
  for (let i = 0; i < plan.request.length; i++) {
    const row = plan.request[i]!
    const [start, end] = [seconds(run.arrival[row]!), seconds(run.end[row]!)]
    if (start > to) break
    if (end < from) continue
    const lane = plan.lane[i]!
    if (end - start < perPixel && start - last[lane]! < perPixel) continue
    last[lane] = start
    shown.push(i)
  }
  const times = (column: Float64Array): Float64Array =>
    Float64Array.from(shown, (i) => seconds(column[plan.request[i]!]!))
  return {
    from,
    to,
    rows: plan.rows,
    every: plan.every,
    lane: Int32Array.from(shown, (i) => plan.lane[i]!),
    request: Int32Array.from(shown, (i) => plan.request[i]!),
    arrival: times(run.arrival),
    scheduled: times(run.scheduled),
    firstToken: times(run.firstToken),
    end: times(run.end),
  }
}

/** Requests that have come and that have ended by the end of each bin. */
export function countsByBin(
  run: SimulationRun,
  binSeconds: number,
  bins: number,
): { came: Int32Array; ended: Int32Array } {
  const origin = originOf(run)
  const counts = (column: Float64Array): Int32Array => {
    const sums = new Int32Array(bins)
    for (let row = 0; row < run.count; row++) {
      const tick = column[row]!
      if (run.status[row] !== FINISHED || Number.isNaN(tick)) continue
      const bin = Math.floor((tick - origin) / TICKS_PER_SECOND / binSeconds)
      sums[Math.min(bins - 1, Math.max(0, bin))]! += 1
    }
    for (let bin = 1; bin < bins; bin++) sums[bin]! += sums[bin - 1]!
    return sums
  }
  return { came: counts(run.arrival), ended: counts(run.end) }
}

function originOf({ arrival, count }: SimulationRun): number {
  let first = Number.POSITIVE_INFINITY
  for (let row = 0; row < count; row++) if (arrival[row]! < first) first = arrival[row]!
  return first
}

function servedByArrival({ count, status, arrival }: SimulationRun): Int32Array {
  const rows = Int32Array.from({ length: count }, (_, row) => row).filter((row) => status[row] === FINISHED)
  return rows.sort((a, b) => arrival[a]! - arrival[b]! || a - b)
}

function mostAtOnce(run: SimulationRun, order: Int32Array): number {
  const ends = Float64Array.from(order, (row) => run.end[row]!).sort()
  let [most, gone] = [0, 0]
  for (let came = 0; came < order.length; came++) {
    const now = run.arrival[order[came]!]!
    while (gone < ends.length && ends[gone]! <= now) gone += 1
    most = Math.max(most, came + 1 - gone)
  }
  return most
}
