import {
  type HighestLoad,
  type LoadPoint,
  type Scenario,
  type Unknown,
  formatCount,
  formatPercent,
  formatSeconds,
  formatUsd,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { fleetText } from './fleet.ts'
import { NOT_KNOWN, knownCell, knownText, rateText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { printable } from './text.ts'

export interface LoadView {
  readonly scenario: Scenario
  readonly result: HighestLoad
  readonly notes: readonly string[]
}

/** The highest load that keeps the service level, and every load that was tried. */
export function loadPage(view: LoadView, page: Page, io: Io): Page {
  const { scenario, result, notes } = view
  const { found } = result
  page
    .title(headline(result))
    .text(
      `${printable(scenario.model.name)} in ${scenario.precision} on ${formatCount(result.chips)} × ${printable(scenario.chip.name)}, ` +
        `${result.settings.policy} scheduler${fleetText(result)}. ${levelText(result)}. ${limitText(result)}`,
    )
  if (!('unknown' in found)) page.block(tableText({ head: ['', ''], rows: foundRows(result, found) }, io))
  return page
    .section('Loads tried', result.points.length === 0 ? '' : tableText(triedTable(result), io))
    .notes('Remarks', [...scenario.notes, ...notes].map(printable))
}

function headline({ kind, found }: HighestLoad): string {
  if ('unknown' in found) return 'No load keeps the service level'
  return kind === 'rate'
    ? `${rateText(found.load)} requests/s keep the service level`
    : `${formatCount(found.load)} clients keep the service level`
}

function levelText({ slo, attain }: HighestLoad): string {
  const bounds = [
    ...(slo.ttft === undefined ? [] : [`TTFT ≤ ${formatSeconds(slo.ttft)}`]),
    ...(slo.tpot === undefined ? [] : [`TPOT ≤ ${formatSeconds(slo.tpot)}`]),
  ]
  return `Asked: ${bounds.join(' and ')} for ${formatPercent(attain)} of requests`
}

function limitText({ limit, kind, found, capacity }: HighestLoad): string {
  if ('unknown' in found) return `Bound by ${limit}: ${found.unknown}.`
  if (limit === 'service level') {
    return kind === 'rate' ? 'A rate 1 % higher misses it.' : 'One client more misses it.'
  }
  const most = typeof capacity === 'number' ? rateText(capacity) : NOT_KNOWN
  return kind === 'rate'
    ? `Bound by capacity: the level is kept up to the ${most} requests/s that can be served at all; beyond, the queue grows without bound.`
    : `Bound by capacity: the level is kept by as many clients as run at once, ${most}; more would wait.`
}

function foundRows({ kind, chips, capacity, lone }: HighestLoad, found: LoadPoint): string[][] {
  const { load, requestRate, goodput, outputRate, bill } = found
  const rho =
    kind === 'rate' && typeof capacity === 'number'
      ? [['load of capacity', `ρ = ${(load / capacity).toFixed(2)} of ${rateText(capacity)} requests/s`]]
      : []
  return [
    ['requests/s served, per chip', `${rateText(requestRate)}, ${rateText(requestRate / chips)}`],
    ['requests/s that keep the service level', rateText(goodput)],
    ['requests that keep it', formatPercent(found.attainment)],
    ...rho,
    ['output tokens/s per chip', rateText(outputRate / chips)],
    ['$ per million output tokens', knownText(bill.cost.perMtokOutput, formatUsd)],
    ['$ per million tokens', knownText(bill.cost.perMtokTotal, formatUsd)],
    ['one request alone: TTFT, TPOT', `${secondsText(lone.ttft)}, ${secondsText(lone.tpot)}`],
  ]
}

function secondsText(seconds: number | Unknown): string {
  return typeof seconds === 'number' ? formatSeconds(seconds) : NOT_KNOWN
}

function triedTable({ kind, points }: HighestLoad): { head: string[]; rows: string[][] } {
  const head = [kind === 'rate' ? 'requests/s' : 'clients', 'TTFT p99', 'TPOT p99', 'kept', 'kept/s', '$/Mtok out', '']
  const rows = points.map(({ load, isMet, attainment, ttft, tpot, goodput, bill }) => [
    kind === 'rate' ? rateText(load) : formatCount(load),
    'unknown' in ttft ? NOT_KNOWN : formatSeconds(ttft.p99),
    'unknown' in tpot ? NOT_KNOWN : formatSeconds(tpot.p99),
    formatPercent(attainment),
    rateText(goodput),
    knownCell(bill.cost.perMtokOutput, formatUsd),
    isMet ? 'keeps it' : 'misses it',
  ])
  return { head, rows }
}

/** The stable JSON of a search. */
export function loadDocument({ scenario, result, notes }: LoadView): object {
  const { kind, slo, attain, chips, limit, found, capacity, lone, points, settings } = result
  return {
    schema: 'pincer.load.v1',
    model: scenario.model.id,
    chip: scenario.chip.id,
    chips,
    settings,
    kind,
    slo,
    attain,
    limit,
    found,
    capacity,
    lone,
    points,
    notes: [...scenario.notes, ...notes],
  }
}
