import {
  type Distribution,
  FINISHED,
  type Scenario,
  type SimulatedScenario,
  TICKS_PER_SECOND,
  type Unknown,
  formatCount,
  formatPercent,
  formatSeconds,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { rateText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { printable } from './text.ts'

export interface SimulationView {
  readonly scenario: Scenario
  readonly served: SimulatedScenario
  readonly notes: readonly string[]
  /** Closed loop: clients wait for their answers; otherwise requests come when they come. */
  readonly isClosed: boolean
}

/** A run for a reader: percentiles, rates, how full queue, batch and cache were. */
export function simulationPage(view: SimulationView, page: Page, io: Io): Page {
  const { served } = view
  return page
    .title(titleText(view))
    .text(loadText(view))
    .block(tableText({ head: ['', 'mean', 'p50', 'p90', 'p95', 'p99'], rows: latencyRows(served) }, io))
    .block(tableText({ head: ['', ''], rows: rateRows(served) }, io))
    .notes('Remarks', remarks(view).map(printable))
}

function titleText({ scenario, served }: SimulationView): string {
  const { policy } = served.settings
  return `${printable(scenario.model.name)} in ${scenario.precision} on ${formatCount(served.chips)} × ${printable(scenario.chip.name)}, ${policy} scheduler`
}

function loadText({ scenario, served, isClosed }: SimulationView): string {
  const { run, settings, summary } = served
  const who = isClosed ? `${formatCount(scenario.workload.concurrency)} clients` : 'an open stream'
  const lost = run.rejected
  const lostText = lost === 0 ? '' : `, ${formatCount(lost)} never served (longer than the cache holds)`
  return (
    `${formatCount(run.finished)} requests of ${who} served in ${formatSeconds(summary.span)} and ${formatCount(run.steps)} steps${lostText}. ` +
    `At most ${formatCount(settings.maxSequences)} sequences and ${formatCount(settings.tokenBudget)} tokens a step, ` +
    `${formatCount(settings.blocks)} KV blocks of ${settings.blockSize} tokens.`
  )
}

function latencyRows({ summary }: SimulatedScenario): string[][] {
  return [
    latencyRow('time to first token', summary.ttft),
    latencyRow('time per output token', summary.tpot),
    latencyRow('whole request', summary.e2e),
    latencyRow('in the queue', summary.queue),
  ]
}

function latencyRow(name: string, of: Distribution | Unknown): string[] {
  if ('unknown' in of) return [name, 'n/a', '', '', '', '']
  return [name, ...[of.mean, of.p50, of.p90, of.p95, of.p99].map(formatSeconds)]
}

function rateRows({ summary, run, settings, chips }: SimulatedScenario): string[][] {
  return [
    ['requests/s', rateText(summary.requestRate)],
    ['output tokens/s', rateText(summary.outputRate)],
    ['output tokens/s per chip', rateText(summary.outputRate / chips)],
    ...(summary.goodput === undefined ? [] : [['requests/s that keep the service level', rateText(summary.goodput)]]),
    ['running, waiting on average', `${rateText(summary.running)}, ${rateText(summary.waiting)}`],
    [
      'KV blocks used: mean, peak',
      `${formatPercent(summary.blocks / settings.blocks)}, ${formatPercent(run.peakBlocks / settings.blocks)}`,
    ],
    ['time in steps', formatPercent(summary.utilisation)],
    ['preemptions', formatCount(run.preempted)],
  ]
}

function remarks(view: SimulationView): string[] {
  return [...view.scenario.notes, ...view.notes, ...overloadNotes(view)]
}

// A queue that still grows when the last request has come has no steady state: its percentiles depend on how long one looks.
function overloadNotes({ served, isClosed }: SimulationView): string[] {
  const { run, summary } = served
  if (isClosed || run.finished < 2) return []
  const lastArrival = run.arrival.reduce((latest, tick) => (tick > latest ? tick : latest), 0)
  const offered = run.finished / Math.max((lastArrival - firstArrival(run.arrival)) / TICKS_PER_SECOND, 1e-9)
  const load = offered / summary.requestRate
  return load < 1.05
    ? []
    : [
        `requests come ${formatPercent(load - 1)} faster than they are served: the queue grows without bound, and waits grow with the length of the run`,
      ]
}

function firstArrival(arrival: Float64Array): number {
  return arrival.reduce((first, tick) => (tick < first ? tick : first), Number.POSITIVE_INFINITY)
}

/** The stable JSON of a run. */
export function simulationDocument(view: SimulationView): object {
  const { scenario, served } = view
  const { run, summary, settings, chips } = served
  const { little, ...rates } = summary
  return {
    schema: 'pincer.simulation.v1',
    model: scenario.model.id,
    chip: scenario.chip.id,
    chips,
    settings,
    requests: {
      count: run.count,
      finished: run.finished,
      rejected: run.rejected,
      preemptions: run.preempted,
    },
    steps: run.steps,
    ...rates,
    peakBlocks: run.peakBlocks,
    littleHolds: little.holds,
    notes: remarks(view),
  }
}

/** One row per request, times in seconds from the first arrival; blank where it never happened. */
export function requestCsv({ run }: SimulatedScenario): string {
  const start = firstArrival(run.arrival)
  const lines = ['request,arrival_s,prompt_tokens,output_tokens,scheduled_s,first_token_s,end_s,preemptions,status']
  const at = (tick: number | undefined): string =>
    Number.isFinite(tick) ? String((tick! - start) / TICKS_PER_SECOND) : ''
  for (let row = 0; row < run.count; row++) {
    const done = run.status[row] === FINISHED
    const status = done ? 'finished' : 'rejected'
    const times = done ? [run.scheduled[row], run.firstToken[row], run.end[row]] : [undefined, undefined, undefined]
    const [scheduled, first, end] = times.map(at)
    lines.push(
      [
        row,
        at(run.arrival[row]),
        run.prompt[row],
        run.output[row],
        scheduled,
        first,
        end,
        run.preemptions[row],
        status,
      ].join(','),
    )
  }
  return `${lines.join('\n')}\n`
}
