import type { Unknown } from '../catalog/index.ts'
import { type OfferedLoad, TICKS_PER_SECOND, TIMELINE_SERIES, type Timeline, replicaFigures } from '../serving/index.ts'
import { formatRate } from '../units/index.ts'
import type { SimulatedScenario } from './simulate-scenario.ts'
import type { Scenario } from './types.ts'

/** A run with what is needed to say of it. */
export interface ServedRun {
  readonly scenario: Scenario
  readonly served: SimulatedScenario
  /** Whether requests may find the cache of what earlier ones began with. */
  readonly sharesPrefix: boolean
  readonly notes: readonly string[]
  /** Load against capacity, where requests come when they come; absent where clients wait for their answers. */
  readonly offered?: OfferedLoad | Unknown
}

/** The stable JSON of a run: `pincer.simulation.v1`. */
export function runDocument(view: ServedRun): object {
  const { scenario, served, offered } = view
  const { run, summary, settings, chips, bill, observed } = served
  const { little, ...rates } = summary
  return {
    schema: 'pincer.simulation.v1',
    model: scenario.model.id,
    chip: scenario.chip.id,
    chips,
    settings,
    ...fleetPart(served),
    requests: {
      count: run.count,
      finished: run.finished,
      rejected: run.rejected,
      preemptions: run.preempted,
    },
    steps: run.steps,
    ...rates,
    ...(offered === undefined ? {} : { offeredLoad: offered }),
    bill,
    ...(observed === undefined ? {} : { tokenGap: observed.tokenGap, timeline: timelinePart(observed.timeline) }),
    peakBlocks: run.peakBlocks,
    littleHolds: little.holds,
    notes: runRemarks(view),
  }
}

/** What a reader of a run should know: assumptions, odd rows of a trace, and a load near or above capacity. */
export function runRemarks(view: ServedRun): string[] {
  return [...view.scenario.notes, ...view.notes, ...saturationNotes(view)]
}

/** Requests between the pools, on average. */
export function betweenPools(
  { transferTicks }: NonNullable<SimulatedScenario['fleetRun']>,
  { span }: SimulatedScenario['summary'],
): number {
  return span > 0 ? Number(transferTicks) / TICKS_PER_SECOND / span : 0
}

/** Load from which waits are long and settle slowly. */
const NEAR_CAPACITY = 0.9
/** Load that a replica without a backlog may still carry, since it preempts nobody; more where prefixes are shared. */
const METASTABLE = 1.1

// A queue that grows has no steady state: its percentiles depend on how long one looks.
function saturationNotes({ served: { summary }, offered, sharesPrefix }: ServedRun): string[] {
  if (offered === undefined || 'unknown' in offered || offered.rho <= NEAR_CAPACITY) return []
  const { rho, offered: rate, capacity } = offered
  const text = `ρ = ${rho.toFixed(2)}: ${formatRate(rate)} requests/s come and ${formatRate(capacity)} can be served`
  if (rho < 1) return [`${text}: so close to capacity waits are long and settle slowly; simulate more requests`]
  // A backlog fills the cache with what runs, so that less is found in it.
  return (rho < METASTABLE || sharesPrefix) && summary.waiting < 1
    ? [`${text} from a backlog: none has formed here, but one that forms grows without bound`]
    : [`${text}, so the queue grows without bound, and latencies depend on how long one watches`]
}

// The fleet and its replicas; absent for a single engine.
function fleetPart({ fleet, fleetRun, summary }: SimulatedScenario): object {
  if (fleetRun === undefined) return {}
  const { decode, replicas, router } = fleet
  const pools = replicaFigures(fleetRun, fleet, summary.span)
  const names = decode === undefined ? ['all'] : ['prefill', 'decode']
  return {
    fleet: {
      replicas,
      router,
      ...(decode === undefined ? {} : { ...decodePart(decode), ...linkPart(fleet, betweenPools(fleetRun, summary)) }),
      pools: pools.map((figures, number) => ({ pool: names[number], replicas: figures })),
    },
  }
}

type Fleet = SimulatedScenario['fleet']

function decodePart({ replicas, router, settings }: NonNullable<Fleet['decode']>): object {
  return { decode: { replicas, router, settings } }
}

function linkPart({ transfer }: Fleet, underWay: number): object {
  const seconds = (ticks: number): number => ticks / TICKS_PER_SECOND
  const { latency, perToken } = transfer ?? { latency: 0, perToken: 0 }
  return { transfer: { latency: seconds(latency), perToken: seconds(perToken), underWay } }
}

// Six digits are more than the bins are good for.
function timelinePart(timeline: Timeline): object {
  const { binSeconds, span } = timeline
  const series = TIMELINE_SERIES.map((name) => [
    name,
    Array.from(timeline[name], (value) => Number(value.toPrecision(6))),
  ])
  return { binSeconds, span, ...Object.fromEntries(series) }
}
