import {
  type Distribution,
  type Known,
  type OfferedLoad,
  type ServedRun,
  type SimulatedScenario,
  type Unknown,
  betweenPools,
  fleetSize,
  formatCount,
  formatPercent,
  formatSeconds,
  formatSi,
  formatUsd,
  isKnown,
  runRemarks,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { NOT_KNOWN, knownText, rateText } from './figure.ts'
import { fleetText, replicaTable, settingsText } from './fleet.ts'
import type { Page } from './page.ts'
import { sparkline } from './sparkline.ts'
import { tableText } from './table.ts'
import { padEnd, printable } from './text.ts'

export interface SimulationView extends ServedRun {
  /** Who sends the requests: "64 clients". */
  readonly source: string
}

/** A run for a reader: percentiles, rates, how full queue, batch and cache were. */
export function simulationPage(view: SimulationView, page: Page, io: Io): Page {
  const { served } = view
  return page
    .title(engineText(view) + fleetText(served))
    .text(loadText(view))
    .block(tableText({ head: ['', 'mean', 'p50', 'p90', 'p95', 'p99'], rows: latencyRows(served) }, io))
    .block(tableText({ head: ['', ''], rows: [...rateRows(view), ...billRows(served)] }, io))
    .section('Replicas', replicaTable(served, io))
    .section('Over time', timelineText(served, io))
    .notes('Remarks', runRemarks(view).map(printable))
}

/** What serves, without how it is split into replicas. */
export function engineText({ scenario, served }: SimulationView): string {
  const where = `${formatCount(served.chips)} × ${printable(scenario.chip.name)}`
  return `${printable(scenario.model.name)} in ${scenario.precision} on ${where}, ${served.settings.policy} scheduler`
}

export function loadText({ served, source }: SimulationView): string {
  const { run, summary } = served
  const lost = run.rejected
  const lostText = lost === 0 ? '' : `, ${formatCount(lost)} never served (longer than the cache holds)`
  return (
    `${formatCount(run.finished)} requests of ${source} served in ${formatSeconds(summary.span)} and ${formatCount(run.steps)} steps${lostText}. ` +
    settingsText(served)
  )
}

function latencyRows({ summary, observed }: SimulatedScenario): string[][] {
  return [
    latencyRow('time to first token', summary.ttft),
    latencyRow('time per output token', summary.tpot),
    ...(observed === undefined ? [] : [latencyRow('between two tokens', observed.tokenGap)]),
    latencyRow('whole request', summary.e2e),
    latencyRow('in the queue', summary.queue),
  ]
}

function latencyRow(name: string, of: Distribution | Unknown): string[] {
  if ('unknown' in of) return [name, 'n/a', '', '', '', '']
  return [name, ...[of.mean, of.p50, of.p90, of.p95, of.p99].map(formatSeconds)]
}

function rateRows({ served, offered, sharesPrefix }: SimulationView): string[][] {
  const { summary, run, chips, fleet } = served
  const { blocks } = fleetSize(fleet)
  return [
    ['requests/s', rateText(summary.requestRate)],
    ...(offered === undefined ? [] : [['offered load of capacity', offeredText(offered)]]),
    ['output tokens/s', rateText(summary.outputRate)],
    ['output tokens/s per chip', rateText(summary.outputRate / chips)],
    ...(summary.goodput === undefined ? [] : [['requests/s that keep the service level', rateText(summary.goodput)]]),
    ['running, waiting on average', `${rateText(summary.running)}, ${rateText(summary.waiting)}`],
    [
      'KV blocks used: mean, peak',
      `${formatPercent(summary.blocks / blocks)}, ${formatPercent(run.peakBlocks / blocks)}`,
    ],
    ...(sharesPrefix ? [['prompt tokens found in the prefix cache', hitText(served)]] : []),
    ...transferRows(served),
    ['time in steps', formatPercent(summary.utilisation)],
    ['preemptions', formatCount(run.preempted)],
  ]
}

function hitText({ summary, settings }: SimulatedScenario): string {
  const host = settings.hostUnits === undefined ? '' : `, from the host ${formatPercent(summary.hostShare)}`
  return formatPercent(summary.hitShare) + host
}

function transferRows({ fleet, fleetRun, summary }: SimulatedScenario): string[][] {
  if (fleet.decode === undefined || fleetRun === undefined) return []
  return [['between the pools on average', rateText(betweenPools(fleetRun, summary))]]
}

function offeredText(offered: OfferedLoad | Unknown): string {
  if ('unknown' in offered) return `${NOT_KNOWN} — ${offered.unknown}`
  return `ρ = ${offered.rho.toFixed(2)} (${rateText(offered.offered)} of ${rateText(offered.capacity)} requests/s)`
}

function billRows({ bill: { cost, energy } }: SimulatedScenario): string[][] {
  return [
    ['$ per million output tokens, all tokens', bothText(cost.perMtokOutput, cost.perMtokTotal, formatUsd)],
    ['cost of the run', knownText(cost.total, formatUsd)],
    ['power at the meter', knownText(energy.power, (watts) => formatSi(watts, 'W'))],
    ['energy per output token', knownText(energy.perOutputToken, (joules) => formatSi(joules, 'J'))],
  ]
}

function bothText(one: Known, other: Known, print: (value: number) => string): string {
  return isKnown(one) && isKnown(other) ? `${print(one.value)}, ${print(other.value)}` : knownText(one, print)
}

const FEWEST_BARS = 12
const MOST_BARS = 60

// One row per state: a bar per stretch of time, and the highest of the timeline's bins.
function timelineText({ observed, fleet }: SimulatedScenario, io: Io): string {
  if (observed === undefined || observed.timeline.queue.length === 0) return ''
  const { queue, running, blocks, utilisation, span } = observed.timeline
  const width = Math.min(MOST_BARS, Math.max(FEWEST_BARS, io.columns - 40))
  const highest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), 0)
  const share = (values: Float64Array, whole: number): [Float64Array, number, string] => {
    return [values, whole, formatPercent(highest(values) / whole)]
  }
  const rows: [string, ...ReturnType<typeof share>][] = [
    ['waiting', queue, highest(queue), rateText(highest(queue))],
    ['running', running, highest(running), rateText(highest(running))],
    ['KV cache', ...share(blocks, fleetSize(fleet).blocks)],
    ['time in steps', ...share(utilisation, 1)],
  ]
  const lines = rows.map(([name, values, most, peak]) =>
    [padEnd(name, 15), sparkline(values, width, most), `  at most ${peak}`].join(''),
  )
  return [...lines, `${' '.repeat(15)}0 … ${formatSeconds(span)}`].join('\n')
}
