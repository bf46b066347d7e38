import { type Fits, type HeldFit, type MachineFit, formatCount, formatSi, formatUsd, isKnown } from '../../src/index.ts'
import type { Io } from '../io.ts'
import { knownCell, paramText, rateText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { padEnd, padStart, printable, textWidth } from './text.ts'

/** A model on every machine: what holds it, how that serves, where memory goes, and what does not fit. */
export function fitPage(fits: Fits, page: Page, io: Io): Page {
  return page
    .title(titleText(fits))
    .text(settingText(fits))
    .section('To hold it', holdTable(fits, io))
    .section('How that serves', serveTable(fits, io))
    .section('Chips, logarithmic: █ weights ▓ KV ▒ engine ░ free', bars(fits, io))
    .notes('Beyond the scaling limit', fits.rows.flatMap(beyondText))
    .notes('Not known', unknowns(fits))
}

function titleText({ model, users, context }: Fits): string {
  const { totalParams, activeParams } = model
  const active = activeParams < totalParams ? `, ${paramText(activeParams)} active` : ''
  const who = `${formatCount(users)} user${users === 1 ? '' : 's'}`
  return `What holds ${printable(model.name)} (${paramText(totalParams)}${active}) and ${who} of ${formatCount(context)} tokens`
}

function settingText({ context, cacheFormat }: Fits): string {
  const answer = Math.max(1, Math.round(context / 4))
  return `The fewest chips of each machine; KV cache in ${cacheFormat}. Served: prompts of ${formatCount(context - answer)} tokens, answers of ${formatCount(answer)}, every user at once.`
}

function heldRows({ rows }: Fits): HeldFit[] {
  return rows.filter((row) => row.status === 'fits')
}

function holdTable(fits: Fits, io: Io): string {
  const head = ['', 'weights', 'chips', 'nodes', 'racks', 'power', 'users held', 'set by', 'capacity / needed']
  const rows = heldRows(fits).map((row) => [
    printable(row.chip.name),
    row.precision,
    formatCount(row.chips),
    knownCell(row.nodes, formatCount),
    knownCell(row.racks, formatCount),
    knownCell(row.power, (watts) => formatSi(watts, 'W')),
    formatCount(row.usersHeld),
    LIMITS[row.limit],
    `×${row.overProvision.toFixed(2)}`,
  ])
  return rows.length === 0 ? '' : tableText({ head, rows, left: [0, 1, 7] }, io)
}

const LIMITS: Readonly<Record<HeldFit['limit'], string>> = { weights: 'weights', kv: 'KV cache', stages: 'stages' }

function serveTable(fits: Fits, io: Io): string {
  const head = ['', 'layout', 'tokens/s per user', 'tokens/s', '$/h', '$ per Mtok out', 'bound by']
  const rows = heldRows(fits).map((row) => [
    printable(row.chip.name),
    row.replicas > 1 ? `${formatCount(row.replicas)} × (${row.layout})` : row.layout,
    rateText(row.perUser),
    rateText(row.output),
    knownCell(row.usdPerHour, formatUsd),
    knownCell(row.usdPerMtokOutput, formatUsd),
    row.bound,
  ])
  return rows.length === 0 ? '' : tableText({ head, rows, left: [0, 1, 6] }, io)
}

const FILLS = ['█', '▓', '▒', '░'] as const

function bars(fits: Fits, io: Io): string {
  const rows = heldRows(fits)
  if (rows.length === 0) return ''
  const names = Math.max(...rows.map(({ chip }) => textWidth(printable(chip.name))))
  const width = Math.max(12, Math.min(60, io.columns - names - 12))
  const most = Math.max(...rows.map(({ chips }) => Math.log10(3 * chips)))
  return rows
    .map((row) => {
      const length = Math.max(FILLS.length, Math.round((width * Math.log10(3 * row.chips)) / most))
      return `${padEnd(printable(row.chip.name), names)} ${padStart(formatCount(row.chips), 7)}  ${stackedBar(row, length)}`
    })
    .join('\n')
}

// Shares of the length; the last stretch takes what rounding leaves.
function stackedBar({ memory, fastCapacity }: HeldFit, length: number): string {
  const parts = [memory.weights, memory.cache, memory.activations + memory.reserve]
  let before = 0
  let drawn = 0
  const text = parts.map((bytes, i) => {
    before += bytes
    const end = Math.min(length, Math.round((length * before) / fastCapacity))
    const stretch = (FILLS[i] ?? '').repeat(Math.max(0, end - drawn))
    drawn = Math.max(drawn, end)
    return stretch
  })
  return text.join('') + FILLS[3].repeat(Math.max(0, length - drawn))
}

function beyondText(row: MachineFit): string[] {
  if (row.status !== 'beyond') return []
  const { limit, needed, remedies } = row
  const wanted = isKnown(needed) ? `${formatCount(needed.value)} chips would hold it` : needed.unknown
  const ways = remedies.map(({ change, value, chips }) =>
    change === 'precision'
      ? `weights in ${value} would fit ${formatCount(chips)} chips`
      : `a context of ${formatCount(Number(value))} tokens would fit ${formatCount(chips)} chips`,
  )
  const remedy = ways.length === 0 ? 'no narrower format and no shorter context brings it within' : ways.join('; ')
  return [
    `${printable(row.chip.name)} in ${row.precision}: ${wanted}, but a system has at most ${formatCount(limit.chips)} (${limit.reason}); ${remedy}.`,
  ]
}

/** Reasons behind the cells that say n/a, each once. */
function unknowns({ rows }: Fits): string[] {
  const reasons = rows.flatMap((row) => {
    if (row.status === 'untimed') return [`${printable(row.chip.name)}: ${printable(row.reason)}`]
    if (row.status === 'beyond') return []
    return (
      [
        ['power', row.power],
        ['price', row.usdPerHour],
      ] as const
    ).flatMap(([what, figure]) =>
      isKnown(figure) ? [] : [`${what} of ${printable(row.chip.name)}: ${printable(figure.unknown)}`],
    )
  })
  return [...new Set(reasons)]
}
