import { type Spread, type UncertainComparison, formatCount, formatUsd } from '../../src/index.ts'
import type { Io } from '../io.ts'
import type { Page } from './page.ts'
import { paragraph } from './text.ts'
import { shareText } from './figure.ts'
import { placeText } from './crossover.ts'
import { tableText } from './table.ts'

export function uncertainPage(answer: UncertainComparison, page: Page, io: Io): Page {
  const { sides, probability, samples, seed, per, notes } = answer
  const [a, b] = sides
  const chance = probability.aCheaper
  page
    .title(`A: ${a.label}  against  B: ${b.label}`)
    .text(
      `A is cheaper with a probability of ${shareText(chance.value)} (± ${shareText(chance.error)} sampling error), B with ` +
        `${shareText(1 - chance.value - probability.equal)}. ${formatCount(samples)} samples, seed ${seed}.`,
    )
    .section(`$ per million ${per === 'output' ? 'output ' : ''}tokens`, intervalTable(answer, io))
    .section('One input at a time, the others at their medians: cost of A over cost of B', tornadoTable(answer, io))
    .section('Whose variance it is (of ln A / B)', indexTable(answer, io))
    .section('What was varied', inputTable(answer, io))
    .notes('Notes', [...notes, correlationNote(answer)])
  return page
}

function intervalTable({ sides, ratio }: UncertainComparison, io: Io): string {
  const row = (name: string, central: string, of: Spread, print: (value: number) => string): string[] => [
    name,
    central,
    ...of.quantiles.map(({ value }) => print(value)),
    print(of.mean.value),
  ]
  return tableText(
    {
      head: ['', 'predicted', '5 %', '10 %', '50 %', '90 %', '95 %', 'mean'],
      rows: [
        ...sides.map(({ cost, central }, i) => row(i === 0 ? 'A' : 'B', formatUsd(central), cost, formatUsd)),
        row('A / B', ratioText(sides[0].central / sides[1].central), ratio, ratioText),
      ],
    },
    io,
  )
}

function ratioText(value: number): string {
  return `×${value.toPrecision(3)}`
}

function tornadoTable({ tornado }: UncertainComparison, io: Io): string {
  return tableText(
    {
      head: ['input', 'from 10 %', 'to 90 %', 'A / B at 10 %', 'at 90 %'],
      rows: tornado.bars.map(({ name, input, output }) => [
        name,
        placeText(Number(input.low.toPrecision(3))),
        placeText(Number(input.high.toPrecision(3))),
        ratioText(output.low),
        ratioText(output.high),
      ]),
    },
    io,
  )
}

function indexTable({ indices }: UncertainComparison, io: Io): string {
  if (indices.indices.length === 0) return ''
  const sorted = indices.indices.toSorted((a, b) => b.total.value - a.total.value)
  const shown = sorted.filter(({ total }) => total.value >= LEAST_SHARE)
  const rest = sorted.slice(shown.length)
  const rows = shown.map(({ name, first, total }) => [
    name,
    shareText(first.value),
    `${shareText(first.lo)} – ${shareText(first.hi)}`,
    shareText(total.value),
    `${shareText(total.lo)} – ${shareText(total.hi)}`,
  ])
  const table = tableText({ head: ['input', 'alone', '95 %', 'with interactions', '95 %'], rows }, io)
  if (rest.length === 0) return table
  const names = rest.map(({ name }) => name).join(', ')
  return `${table}\n${paragraph('', `below ${shareText(LEAST_SHARE)} each: ${names}`, io.columns)}`
}

/** Inputs with a smaller share are named together. */
const LEAST_SHARE = 0.001

function inputTable({ inputs }: UncertainComparison, io: Io): string {
  const rows = inputs.map(({ name, sides, distribution, unit, origin, source }) => [
    name,
    sides.map((side) => side.toUpperCase()).join(' and '),
    distribution,
    unit,
    source === undefined ? origin : `${origin}: ${source}`,
  ])
  return tableText({ head: ['input', 'side', 'distribution', 'unit', 'from'], rows, left: [0, 1, 2, 3, 4] }, io)
}

function correlationNote({ sides, speedCorrelation }: UncertainComparison): string {
  if (sides.some(({ prediction }) => prediction === undefined)) return 'the price of an API is as certain as its list'
  const why = speedCorrelation === 1 ? ': the two are one deployment, or were said to be' : ''
  return `errors of the two predictions are taken to have the correlation ${speedCorrelation}${why}; --speed-correlation changes it`
}
