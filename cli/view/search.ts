import {
  type SearchPoint,
  type SearchResult,
  type ServiceGoal,
  formatCount,
  formatSeconds,
  formatUsd,
  isKnown,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { knownCell, rateText } from './figure.ts'
import type { Page } from './page.ts'
import { type Asked, predictLine } from './search-command.ts'
import { tableText } from './table.ts'
import { printable } from './text.ts'

/** The frontier, the best deployment under a goal, what was tried and what was not, and the command of each number. */
export function searchPage(result: SearchResult, asked: Asked, seconds: number, page: Page, io: Io): Page {
  const { frontier, best, nearest, goal } = result
  page.title(`${printable(result.model.name)}: deployments worth having`).text(settingText(result, seconds))
  if (frontier.length === 0) return page.text(NOTHING).notes('Without numbers', refusals(result))
  page.section(frontierHeading(result), pointTable(frontier, io))
  if (Object.keys(goal).length > 0) {
    const found = best ?? nearest
    const heading = best === undefined ? missText(result) : `Best with ${goalText(goal)}`
    page.section(heading, found === undefined ? '' : pointTable([found], io))
    if (found !== undefined) page.block(predictLine(found, asked, result))
  }
  return page
    .notes('Without numbers', refusals(result))
    .section(
      'Each row again, with bands, memory and the step by operator',
      frontier.map((point) => predictLine(point, asked, result)).join('\n'),
    )
}

const NOTHING = 'No configuration has numbers: nothing to compare.'

function settingText({ workload, chips, deployments, tried }: SearchResult, seconds: number): string {
  const { isl, osl } = workload
  return (
    `${formatCount(isl)} tokens in, ${formatCount(osl)} out, on ${chips.map(printable).join(', ')}: ` +
    `${formatCount(tried)} configurations of ${formatCount(deployments)} deployments tried in ${formatSeconds(seconds)}.`
  )
}

function frontierHeading({ by }: SearchResult): string {
  const other = by === 'chip' ? 'tokens/s of a chip' : '$ per million output tokens'
  return `Frontier: no other one is better in both tokens/s of a user and ${other}`
}

function goalText({ ttft, tpot, userSpeed }: ServiceGoal): string {
  return [
    ...(ttft === undefined ? [] : [`TTFT ≤ ${formatSeconds(ttft)}`]),
    ...(tpot === undefined ? [] : [`TPOT ≤ ${formatSeconds(tpot)}`]),
    ...(userSpeed === undefined ? [] : [`≥ ${formatCount(userSpeed)} tokens/s per user`]),
  ].join(', ')
}

function missText({ goal, nearest }: SearchResult): string {
  return `No deployment has ${goalText(goal)}${nearest === undefined ? '' : '; the nearest'}`
}

function pointTable(points: readonly SearchPoint[], io: Io): string {
  const head = ['deployment', 'clients', 'tokens/s per user', 'tokens/s per chip', '$ per Mtok out', 'TTFT', 'TPOT']
  const rows = points.map((point) => {
    const { load } = point
    return [
      deploymentText(point),
      formatCount(load.concurrency),
      rateText(load.throughput.perUser.value),
      rateText(load.throughput.outputPerChip.value),
      knownCell(load.perMtokOutput, formatUsd),
      formatSeconds(load.ttft.value),
      formatSeconds(load.tpot.value),
    ]
  })
  return tableText({ head, rows }, io)
}

/** "8 × h100-sxm · fp8 · vllm · tp 4 dp 2 ep 8" */
function deploymentText({ chip, precision, deployment, load }: SearchPoint): string {
  const { tp = 1, pp = 1, dp = 1, moeEp = 1 } = deployment.mapping ?? {}
  const degrees = [['tp', tp] as const, ['pp', pp] as const, ['dp', dp] as const, ['ep', moeEp] as const]
  const mapping = degrees.filter(([name, n]) => n > 1 || (name === 'tp' && dp === 1)).map(([name, n]) => `${name} ${n}`)
  const parts = [`${formatCount(load.chips)} × ${printable(chip)}`, precision]
  if (deployment.engine !== undefined) parts.push(deployment.engine, mapping.join(' '))
  return parts.join(' · ')
}

function refusals({ refused }: SearchResult): string[] {
  return refused.map(({ reason, count }) => `${formatCount(count)} configurations: ${printable(reason)}`)
}

/** A point with the command that reproduces it, for JSON. */
export function pointJson(point: SearchPoint, asked: Asked, result: SearchResult): object {
  const { chip, precision, deployment, load } = point
  const { engine, mapping, machines } = deployment
  return { chip, precision, engine, mapping, machines, ...load, command: predictLine(point, asked, result) }
}

const CSV_HEAD =
  'chip,chips,precision,engine,tp,pp,dp,moe_ep,clients,tokens_s_per_user,tokens_s_per_chip,usd_per_mtok_out,ttft_s,tpot_s,' +
  'per_user_lo,per_user_hi,per_chip_lo,per_chip_hi,tier,command'

/** The frontier, one row per point; blank where it has no meaning or is not known. */
export function frontierCsv(result: SearchResult, asked: Asked): string {
  const rows = result.frontier.map((point) => {
    const { deployment, load } = point
    const { tp, pp, dp, moeEp } = deployment.mapping ?? {}
    const { perUser, outputPerChip } = load.throughput
    const usd = isKnown(load.perMtokOutput) ? load.perMtokOutput.value : ''
    const isGpu = deployment.mapping !== undefined
    const degrees = [tp, pp, dp, moeEp].map((n) => (isGpu ? (n ?? 1) : ''))
    const speeds = [perUser.value, outputPerChip.value, usd, load.ttft.value, load.tpot.value]
    const bands = [perUser.lo, perUser.hi, outputPerChip.lo, outputPerChip.hi]
    const about = [point.chip, load.chips, point.precision, deployment.engine ?? '']
    const cells = [...about, ...degrees, load.concurrency, ...speeds, ...bands, load.tier]
    return [...cells, predictLine(point, asked, result)].map(csvCell).join(',')
  })
  return `${[CSV_HEAD, ...rows].join('\n')}\n`
}

function csvCell(value: string | number): string {
  const text = String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
