import {
  type ApiComparison,
  type Footprint,
  type Known,
  type Prediction,
  type TaskBill,
  type TokenBill,
  TOKEN_KINDS,
  type TokenKind,
  formatCount,
  formatPercent,
  formatSi,
  formatUsd,
  isKnown,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import type { BilledChip } from './chip-bill.ts'
import { NOT_KNOWN, knownCell, knownText, rateText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { paragraph, printable } from './text.ts'

/** What tokens of a deployment cost, and what is made of them. */
export interface BilledTokens {
  readonly prediction: Prediction
  readonly utilisation: number
  readonly tokens: TokenBill
  readonly tasks: readonly TaskBill[]
  readonly api: readonly ApiComparison[]
}

/** Tokens by kind, a request, tasks, and the list prices of the model. */
export function tokenBillPage(billed: BilledTokens, { chipHour, grid }: BilledChip, page: Page, io: Io): Page {
  const { prediction, utilisation, tokens, tasks, api } = billed
  const { model, chip, chips, layout, precision, workload, throughput } = prediction
  return page
    .title(
      `${printable(model.name)} in ${precision} on ${formatCount(chips)} × ${printable(chip.name)} · ${layout}: what tokens cost`,
    )
    .text(
      `${formatCount(workload.isl)} tokens in, ${formatCount(workload.osl)} out, ${formatCount(workload.concurrency)} clients: ` +
        `${rateText(throughput.output.value)} output tokens/s at ${knownText(chipHour, formatUsd)} a chip-hour, ` +
        `${formatPercent(utilisation)} of the hours in use; grid ${knownText(grid, (grams) => `${rateText(grams)} gCO2/kWh`)}.`,
    )
    .block(kindTable(tokens, io))
    .text(SPLIT_TEXT)
    .section('A request of this load', paragraph('', requestText(tokens), io.columns))
    .section('Tasks, each predicted at the lengths of its calls', taskTable(tasks, io))
    .section('Beside list prices', apiTable(api, tokens, io))
}

const KIND_NAMES: Readonly<Record<TokenKind, string>> = {
  input: 'input (prefill)',
  cachedInput: 'cached input',
  output: 'output (decode)',
}

function kindTable({ blended, kinds }: TokenBill, io: Io): string {
  const row = (name: string, { usd, joules, grams }: Footprint): string[] => [
    name,
    knownCell(usd, formatUsd),
    isKnown(usd) ? `${formatUsd(usd.low ?? usd.value)} … ${formatUsd(usd.high ?? usd.value)}` : '',
    knownCell(joules, (perMtok) => formatSi(perMtok / 1e6, 'J')),
    knownCell(grams, (perMtok) => formatSi(perMtok / 1e6, 'g')),
  ]
  const rows = [row('blended', blended), ...TOKEN_KINDS.map((kind) => row(KIND_NAMES[kind], kinds[kind]))]
  return tableText({ head: ['tokens', '$/Mtok', 'range of the price', 'energy a token', 'CO2 a token'], rows }, io)
}

const SPLIT_TEXT =
  'Money, energy and carbon follow the machine’s time: input pays for prefill, output for the rest, cached input for reading its keys ' +
  'and values over the host link or, where that is slower, for prefill again. The kinds of a request add up to its bill. ' +
  'Energy is that of serving; electricity drawn idle is in the money.'

function requestText({ request }: TokenBill): string {
  const { usd, joules, grams, tokens } = request
  return `${rateText(tokens.input)} tokens in, ${rateText(tokens.output)} out: ${footprintText({ usd, joules, grams })}`
}

function footprintText({ usd, joules, grams }: Footprint): string {
  return [knownText(usd, formatUsd), energyText(joules), `${knownText(grams, (mass) => formatSi(mass, 'g'))} CO2`].join(
    ', ',
  )
}

function energyText(joules: Known): string {
  return knownCell(joules, (energy) => `${rateText(energy / 3600)} Wh`)
}

function taskTable(tasks: readonly TaskBill[], io: Io): string {
  const rows = tasks.map(({ task, once, userMonth }) => {
    const { id, calls, input, cachedShare, output, perUserMonth, basis } = task
    const tokens = `${formatCount(calls)} × ${formatCount(input)} (${formatPercent(cachedShare)}) / ${formatCount(output)}`
    if ('unknown' in once || 'unknown' in userMonth) {
      const why = 'unknown' in once ? once.unknown : ''
      return [id, tokens, basis, NOT_KNOWN, '', '', '', printable(why)]
    }
    return [
      id,
      tokens,
      basis,
      knownCell(once.usd, formatUsd),
      energyText(once.joules),
      knownCell(once.grams, (mass) => formatSi(mass, 'g')),
      knownCell(userMonth.usd, formatUsd),
      `${formatCount(perUserMonth)} a month`,
    ]
  })
  const head = ['task', 'calls × in (cached) / out', 'basis', '$', 'energy', 'CO2', '$ a user-month', 'of (estimate)']
  return tableText({ head, rows, left: [0, 1, 2, 7] }, io)
}

function apiTable(api: readonly ApiComparison[], { kinds }: TokenBill, io: Io): string {
  if (api.length === 0) return paragraph('', 'No list price of this model is in the catalog.', io.columns)
  const rows = api.map(({ kind, price, ratio }) => [
    price.subject,
    KIND_NAMES[kind],
    formatUsd(price.value),
    price.date,
    knownCell(kinds[kind].usd, formatUsd),
    typeof ratio === 'number' ? ratio.toFixed(2) : NOT_KNOWN,
  ])
  return tableText(
    { head: ['service', 'tokens', 'price', 'as of', 'cost here', 'cost over price'], rows, left: [0, 1] },
    io,
  )
}
