import { FINISHED, type SimulatedScenario, TICKS_PER_SECOND, type Timeline, poolSize } from '../../src/index.ts'

const REQUESTS = 1
const REPLICA = 2

/** Requests that a trace shows when nobody says how many: the viewer gets slow with more. */
export const DEFAULT_PERFETTO_REQUESTS = 2000

export interface RequestTrace {
  /** Chrome trace events as JSON, which ui.perfetto.dev opens. */
  readonly text: string
  /** Requests in it, and finished requests of the run. */
  readonly shown: number
  readonly finished: number
}

/**
 * A run for a trace viewer: an asynchronous slice per finished request with queue, prefill and decode inside, and
 * counters of queue, batch and cache, for each replica of a fleet. The first `most` requests by arrival. Times are microseconds
 * from the first arrival.
 */
export function requestTrace(served: SimulatedScenario, most: number): RequestTrace {
  const { run, fleetRun } = served
  const rows = Int32Array.from({ length: run.count }, (_, row) => row)
    .filter((row) => run.status[row] === FINISHED)
    .sort((a, b) => (run.arrival[a] ?? 0) - (run.arrival[b] ?? 0) || a - b)
  const shown = rows.subarray(0, most)
  const start = run.arrival[rows[0] ?? 0] ?? 0
  const title = `requests (${shown.length === rows.length ? 'all' : 'first'} ${shown.length} of ${rows.length})`
  const events = [processName(REQUESTS, title)]
  for (const [i, { name, timeline, blocks }] of tracks(served).entries()) {
    events.push(processName(REPLICA + i, name), ...counters(REPLICA + i, timeline, blocks))
  }
  for (const row of shown) events.push(...requestEvents(run, fleetRun, row, start))
  const lines = events.map((event) => JSON.stringify(event)).join(',\n')
  const text = `{"displayTimeUnit":"ms","otherData":{"note":${JSON.stringify(title)}},"traceEvents":[\n${lines}\n]}\n`
  return { text, shown: shown.length, finished: rows.length }
}

interface Track {
  readonly name: string
  readonly timeline: Timeline
  readonly blocks: number
}

// The engine, or the first replicas of each pool and all of it where there are more.
function tracks({ observed, fleet, fleetRun }: SimulatedScenario): Track[] {
  if (observed?.pools === undefined) {
    return observed === undefined ? [] : [{ name: 'replica', ...observed, blocks: fleet.settings.blocks }]
  }
  return observed.pools.flatMap(({ timeline, replicas }, number) => {
    const pool = number === 0 ? fleet : (fleet.decode ?? fleet)
    const { blocks } = poolSize(pool)
    const name = fleet.decode === undefined ? 'replica' : ['prefill', 'decode'][number]
    const own = replicas.map((one, i) => ({ name: `${name} ${i}`, timeline: one, blocks: blocks / pool.replicas }))
    const isCut = replicas.length < (fleetRun?.pools[number]?.length ?? 0)
    return isCut ? [{ name: `all ${pool.replicas} ${name} replicas`, timeline, blocks }, ...own] : own
  })
}

function processName(pid: number, name: string): object {
  return { ph: 'M', pid, tid: 0, name: 'process_name', args: { name } }
}

function requestEvents(
  run: SimulatedScenario['run'],
  fleetRun: SimulatedScenario['fleetRun'],
  row: number,
  start: number,
): object[] {
  const common = { cat: 'request', id: row, pid: REQUESTS, tid: 0 }
  const at = (tick: number | undefined): number => microseconds(((tick ?? 0) - start) / TICKS_PER_SECOND)
  const [arrival, scheduled, first, end] = [run.arrival, run.scheduled, run.firstToken, run.end].map((column) =>
    at(column[row]),
  )
  const slice = (name: string, from: number | undefined, to: number | undefined, args?: object): object[] => [
    { ph: 'b', name, ts: from, ...common, ...(args === undefined ? {} : { args }) },
    { ph: 'e', name, ts: to, ...common },
  ]
  const [prompt, output] = [run.prompt[row], run.output[row]]
  const where =
    fleetRun === undefined ? {} : { replica: fleetRun.replica[row], decode_replica: fleetRun.decodeReplica[row] }
  const args = {
    request: row,
    prompt_tokens: prompt,
    output_tokens: output,
    preemptions: run.preemptions[row],
    hit_tokens: run.hitTokens[row],
    ...where,
  }
  const [open, close] = slice(`request ${row}`, arrival, end, args) as [object, object]
  return [
    open,
    ...slice('queue', arrival, scheduled),
    ...slice('prefill', scheduled, first, { prompt_tokens: prompt }),
    ...(output === 1 ? [] : slice('decode', first, end, { output_tokens: output })),
    close,
  ]
}

// One value per bin, and zero behind the last.
function counters(pid: number, { binSeconds, span, queue, running, blocks }: Timeline, capacity: number): object[] {
  const series = [
    ['queue', 'requests', queue, 1],
    ['running', 'requests', running, 1],
    ['KV cache', 'percent', blocks, 100 / capacity],
  ] as const
  return series.flatMap(([name, unit, values, scale]) => {
    const event = (seconds: number, value: number): object => {
      const digits = Number((value * scale).toPrecision(6))
      return { ph: 'C', pid, tid: 0, name, ts: microseconds(seconds), args: { [unit]: digits } }
    }
    return [...Array.from(values, (value, bin) => event(bin * binSeconds, value)), event(span, 0)]
  })
}

// To the nanosecond.
function microseconds(seconds: number): number {
  return Math.round(seconds * 1e9) / 1e3
}
