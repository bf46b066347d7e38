import {
  type Crossing,
  type Crossover,
  type CrossoverMap,
  DEFAULT_DECLINE,
  type DuelPoint,
  type Metric,
  type Ways,
  type Winner,
  formatSeconds,
  formatUsd,
} from '../../src/index.ts'
import type { Io } from '../io.ts'
import { rateText, shareText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'

export function crossoverPage(answer: Crossover, page: Page, io: Io): Page {
  const { over, metric, labels, notes } = answer
  return page
    .title(`A: ${labels[0]}  against  B: ${labels[1]}`)
    .text(`${headline(answer)}${settingText(answer)}`)
    .section(`Who has the better ${metric}, from where to where`, stretchTable(answer, io))
    .section(`Along ${over.name} (${over.unit})`, pointTable(answer, io))
    .notes('Notes', [...notes, ...declineNote(answer)])
}

/** The answer in one sentence. */
export function headline({ crossings, stretches, over, metric }: Crossover): string {
  const range = `${over.name} from ${placeText(over.from)} to ${placeText(over.to)} ${over.unit}`
  if (crossings.length === 0)
    return `No crossing: over ${range}, ${winnerText(stretches[0]!.winner, metric)} throughout.`
  const turns = crossings.map((crossing) => {
    const { at, above, kind } = crossing
    return `from ${over.name} ${placeText(at)} ${over.unit} on, ${winnerText(above.winner, metric)}${kindText(kind)}`
  })
  return `Over ${range}: at first ${winnerText(stretches[0]!.winner, metric)}; ${turns.join('; ')}.`
}

function kindText(kind: Crossing['kind']): string {
  return kind === 'jump' ? ' (a step: the two never are equal there)' : ''
}

function settingText({ set }: Pick<Crossover, 'set'>): string {
  const pairs = Object.entries(set).map(([name, value]) => `${name} = ${value}`)
  return pairs.length === 0 ? '' : ` With ${pairs.join(', ')}.`
}

export function winnerText(winner: Winner, metric: Metric): string {
  const better = metric === 'cost' ? 'is cheaper' : 'is faster'
  switch (winner) {
    case 'a':
      return `A ${better}`
    case 'b':
      return `B ${better}`
    case 'tie':
      return 'both are equal'
    case 'only a':
      return 'only A fits its chips'
    case 'only b':
      return 'only B fits its chips'
    case 'neither':
      return 'neither fits its chips'
  }
}

function stretchTable({ stretches, metric }: Crossover, io: Io): string {
  const rows = stretches.map(({ from, to, winner }) => [winnerText(winner, metric), placeText(from), placeText(to)])
  return tableText({ head: ['', 'from', 'to'], rows }, io)
}

/** Places that a table has room for. */
const MOST_ROWS = 9

function pointTable({ points, over, metric, crossings }: Crossover, io: Io): string {
  const step = Math.max(1, (points.length - 1) / (MOST_ROWS - 1))
  const even = Array.from({ length: Math.min(MOST_ROWS, points.length) }, (_, i) => points[Math.round(i * step)]!)
  const ends = crossings.map(({ at, above }) => ({ ...above, x: at }))
  const shown = [...new Map([...even, ...ends].map((point) => [point.x, point])).values()].toSorted((a, b) => a.x - b.x)
  const rows = shown.map((point) => [placeText(point.x), ...duelCells(point, metric)])
  return tableText({ head: [over.name, 'A', 'B', 'A / B', 'better'], rows }, io)
}

function duelCells({ a, b, winner }: DuelPoint, metric: Metric): string[] {
  const cell = (value: number | undefined): string => (value === undefined ? 'does not fit' : metricText(value, metric))
  return [cell(a), cell(b), a === undefined || b === undefined ? '' : `×${(a / b).toPrecision(3)}`, shortWinner(winner)]
}

function shortWinner(winner: Winner): string {
  return winner === 'tie' ? '=' : winner === 'neither' ? '–' : winner.slice(-1).toUpperCase()
}

export function metricText(value: number, metric: Metric): string {
  if (metric === 'cost') return formatUsd(value)
  return metric === 'throughput' ? rateText(value) : formatSeconds(value)
}

export function placeText(value: number): string {
  return Number(value.toPrecision(5)).toLocaleString('en-US', { maximumSignificantDigits: 5 })
}

function declineNote({ over, set }: Pick<Crossover, 'over' | 'set'>): string[] {
  const isUsed = over.name.endsWith('year') || Object.keys(set).some((name) => name.endsWith('year'))
  const isGiven = Object.keys(set).some((name) => name.endsWith('decline'))
  return isUsed && !isGiven ? [DECLINE_NOTE] : []
}

const DECLINE_NOTE =
  `quoted prices fall by ${shareText(DEFAULT_DECLINE)} a year, an assumption: the price of equal GPU performance from 2006 to 2021 (Epoch AI, ` +
  '“Trends in GPU price-performance”, 2022); prices of one given chip also rise. --at decline=0.1 changes it'

/** Columns and rows of a map that a table has room for. */
const MAP_TABLE = { columns: 9, rows: 13 }

export function mapPage(answer: CrossoverMap, page: Page, io: Io): Page {
  const { labels, x, y, metric } = answer
  const flat = answer.cells.flat()
  const share = (winners: readonly Winner[]): number =>
    flat.filter(({ winner }) => winners.includes(winner)).length / flat.length
  return page
    .title(`A: ${labels[0]}  against  B: ${labels[1]}`)
    .text(
      `Over ${flat.length} places, A has the better ${metric} in ${shareText(share(['a', 'only a']))} of them and B in ` +
        `${shareText(share(['b', 'only b']))}.${answer.contour.length === 0 ? ' The winner does not change in these ranges.' : ''}${settingText(answer)}`,
    )
    .section(`Who is better, and A / B: ${y.name} (${y.unit}) down, ${x.name} (${x.unit}) across`, mapTable(answer, io))
    .notes('Notes', [
      ...new Set([...declineNote({ over: x, set: answer.set }), ...declineNote({ over: y, set: answer.set })]),
    ])
}

function mapTable({ xs, ys, cells }: CrossoverMap, io: Io): string {
  const columns = evenly(xs.length, MAP_TABLE.columns)
  const rows = evenly(ys.length, MAP_TABLE.rows).toReversed()
  return tableText(
    {
      head: ['', ...columns.map((i) => placeText(Number(xs[i]!.toPrecision(3))))],
      rows: rows.map((j) => [
        placeText(Number(ys[j]!.toPrecision(3))),
        ...columns.map((i) => {
          const { a, b, winner } = cells[j]![i]!
          return a === undefined || b === undefined
            ? shortWinner(winner)
            : `${shortWinner(winner)} ${(a / b).toPrecision(2)}`
        }),
      ]),
    },
    io,
  )
}

function evenly(count: number, most: number): number[] {
  const shown = Math.min(count, most)
  return Array.from({ length: shown }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, shown - 1)))
}

export function waysPage({ pairs }: Ways, page: Page, io: Io): Page {
  page.title('To own, to rent by the hour, or to buy tokens')
  const rows = pairs.flatMap(({ ways, utilisation, year }) => {
    const name = `${ways[0]} or ${ways[1]}`
    return [
      ...(utilisation === undefined ? [] : [[name, 'utilisation', turnText(utilisation)]]),
      [name, 'year', turnText(year)],
    ]
  })
  page.section('Break-even', tableText({ head: ['between', 'over', 'who is cheaper'], rows, left: [0, 1, 2] }, io))
  const today = pairs.map(({ ways, year }) => {
    const { a, b } = year.points[0]!
    return [ways.join(' / '), a === undefined ? '' : formatUsd(a), b === undefined ? '' : formatUsd(b)]
  })
  page.section('Today, $ per million tokens', tableText({ head: ['', 'first', 'second'], rows: today }, io))
  return page.notes('Notes', [
    'what is owned was bought in year 0 and is paid for used or not; a rent is paid for the hours used',
    ...(pairs[0] === undefined ? [] : declineNote(pairs[0].year)),
  ])
}

function turnText({ crossings, stretches, labels, over }: Crossover): string {
  const named = (winner: Winner): string =>
    winner === 'a' ? labels[0] : winner === 'b' ? labels[1] : winnerText(winner, 'cost')
  const first = named(stretches[0]!.winner)
  if (crossings.length === 0) return `${first}, from ${placeText(over.from)} to ${placeText(over.to)}`
  return `${first}; ${crossings.map(({ at, above }) => `from ${Number(at.toPrecision(3))} on ${named(above.winner)}`).join('; ')}`
}
