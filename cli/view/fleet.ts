import {
  type Fleet,
  type SimulatedScenario,
  fleetSize,
  formatCount,
  formatPercent,
  replicaFigures,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { rateText } from './figure.ts'
import { tableText } from './table.ts'

type Pool = Pick<Fleet, 'replicas' | 'router' | 'settings'>

/** Behind the title of a run: ", 4 replicas behind a cache-aware router"; empty for a single engine. */
export function fleetText({ fleet, isSingle }: Pick<SimulatedScenario, 'fleet' | 'isSingle'>): string {
  if (isSingle) return ''
  const { decode, replicas, router, settings } = fleet
  if (decode !== undefined) return `, ${poolText(fleet, 'prefill')} and ${poolText(decode, 'decode')}`
  const ranks = ranksText(settings)
  if (replicas === 1) return ranks === '' ? '' : `, ${ranks}`
  return `, ${formatCount(replicas)} replicas${ranks === '' ? '' : ` of ${ranks}`} behind a ${router} router`
}

function poolText({ replicas, router, settings }: Pool, name: string): string {
  const ranks = ranksText(settings)
  const how = [...(ranks === '' ? [] : [`of ${ranks}`]), ...(replicas === 1 ? [] : [router])].join(', ')
  return `${formatCount(replicas)} ${name} replica${replicas === 1 ? '' : 's'}${how === '' ? '' : ` (${how})`}`
}

function ranksText({ ranks = 1 }: Fleet['settings']): string {
  return ranks === 1 ? '' : `${ranks} ranks in lock step`
}

/** What an engine may hold at once. */
export function settingsText({ fleet }: SimulatedScenario): string {
  const { decode } = fleet
  if (decode !== undefined) return `${limitsText(fleet, 'A prefill engine')} ${limitsText(decode, 'A decode engine')}`
  return limitsText(fleet, fleetSize(fleet).engines === 1 ? '' : 'Each engine')
}

function limitsText({ settings }: Pool, who: string): string {
  const { maxSequences, tokenBudget, blocks, blockSize, speculation } = settings
  const drafts =
    speculation === undefined || speculation.gain === speculation.grain
      ? ''
      : `, ${(speculation.gain / speculation.grain).toPrecision(3)} tokens a decoding step`
  const limits =
    `most ${formatCount(maxSequences)} sequences and ${formatCount(tokenBudget)} tokens a step, ` +
    `${formatCount(blocks)} KV blocks of ${blockSize} tokens${drafts}.`
  return `${who}${who === '' ? 'At' : ': at'} ${limits}`
}

/** Replicas of a pool that are shown; the rest is in the JSON. */
const MOST_ROWS = 16

/** A row per replica, where there are several. */
export function replicaTable({ fleet, fleetRun, summary, run }: SimulatedScenario, io: Io): string {
  if (fleetRun === undefined || fleetRun.pools.flat().length < 2) return ''
  const names = fleet.decode === undefined ? ['replica'] : ['prefill', 'decode']
  const isCached = run.hitTokens.some((tokens) => tokens > 0)
  const head = ['', 'requests', 'time in steps', 'running', 'waiting', 'KV peak', ...(isCached ? ['cached'] : [])]
  const pools = replicaFigures(fleetRun, fleet, summary.span)
  const rows = pools.flatMap((pool, number) =>
    pool
      .slice(0, MOST_ROWS)
      .map((one, replica) => [
        `${names[number] ?? ''} ${replica}`,
        formatCount(one.requests),
        formatPercent(one.utilisation),
        rateText(one.running),
        rateText(one.waiting),
        formatPercent(one.peakShare),
        ...(isCached ? [number === 0 ? formatPercent(one.hitShare) : ''] : []),
      ]),
  )
  const left = pools.reduce((sum, pool) => sum + Math.max(0, pool.length - MOST_ROWS), 0)
  return tableText({ head, rows }, io) + (left === 0 ? '' : `\n${formatCount(left)} more with --json`)
}
