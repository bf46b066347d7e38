import { type MarketResult, distributionText, formatCount, formatUsd } from '../../src/index.ts'
import type { Io } from '../io.ts'
import { shareText } from './figure.ts'
import type { Page } from './page.ts'
import { tableText } from './table.ts'
import { printable } from './text.ts'

type Spread = MarketResult['ratio']
type Threshold = MarketResult['threshold']

/** A market scenario: sales by year, what they turn on, and every assumption. */
export function marketPage(result: MarketResult, page: Page, io: Io): Page {
  const { scenario, ratio, chanceOfLess, samples, seed } = result
  const { baseYear, years, point } = scenario
  return page
    .title(`Market scenario “${printable(scenario.name)}”, ${baseYear} – ${baseYear + years}`)
    .text(
      'A scenario, not a forecast and no investment advice: it shows where these assumptions lead, and which of them matter. ' +
        `GPU vendors sell ${factorText(ratio)} of the baseline’s in the years after ${baseYear}, less than it in ` +
        `${shareText(chanceOfLess.value)} of ${formatCount(samples)} samples (seed ${seed}; cost ratios of the ${point} point).`,
    )
    .section('Year by year, medians with 5 and 95 %', yearTable(result, io))
    .section('The median path', pathTable(result, io))
    .section('Elasticity of token demand', thresholdText(result.threshold))
    .section('One input at a time, the others at their medians: sales over the baseline’s', tornadoTable(result, io))
    .section('Assumptions, each to be changed by --set name=value', inputTable(result, io))
    .notes('Notes', notesOf(result))
}

function at(spread: Spread, i: number): number {
  return spread.quantiles[i]!.value
}

function factorText(spread: Spread): string {
  return `×${at(spread, 2).toPrecision(3)} (×${at(spread, 0).toPrecision(3)} … ×${at(spread, 4).toPrecision(3)})`
}

function billions(value: number): string {
  return `${formatUsd(Number((value / 1e9).toPrecision(3)))} B`
}

function yearTable({ years }: MarketResult, io: Io): string {
  const rows = years.map(({ year, baselineRevenue, revenue, ratio, sramRevenue }) => [
    String(year),
    billions(at(baselineRevenue, 2)),
    billions(at(revenue, 2)),
    `${billions(at(revenue, 0))} … ${billions(at(revenue, 4))}`,
    factorText(ratio),
    billions(at(sramRevenue, 2)),
  ])
  const head = ['year', 'baseline', 'GPU vendors', '', 'over baseline', 'other SRAM']
  return tableText({ head, rows }, io)
}

function pathTable({ central }: MarketResult, io: Io): string {
  const rows = central.map((year) => [
    String(year.year),
    shareText(year.sparseShare),
    shareText(year.sramShare),
    `×${year.price.toPrecision(3)}`,
    `×${year.tokens.toPrecision(3)}`,
    formatCount(Math.round(year.gpuDemand)),
    formatCount(Math.round(year.baselineGpuDemand)),
    billions(year.revenue.inference),
    billions(year.revenue.training),
    billions(year.revenue.sram),
  ])
  const head = [
    'year',
    'sparse',
    'SRAM',
    'price',
    'tokens',
    'GPUs in use',
    'baseline',
    'inference',
    'training',
    'own SRAM',
  ]
  return tableText({ head, rows }, io)
}

/** Where the sign turns, with what was computed on both sides. */
export function thresholdText(threshold: Threshold): string {
  const { below, above } = threshold
  const side = ({ elasticity, ratio }: typeof below): string =>
    `×${ratio.toPrecision(6)} at ${elasticity.toPrecision(5)}`
  const checked = `computed: ${side(below)}, ${side(above)}`
  if ('none' in threshold) return `${threshold.none} (${checked}).`
  const turn =
    below.ratio < above.ratio
      ? 'above it GPU vendors sell more than in the baseline, below it less'
      : 'above it GPU vendors sell less than in the baseline, below it more'
  return `${threshold.elasticity.toPrecision(4)}: ${turn} (${checked}).`
}

function tornadoTable({ tornado }: MarketResult, io: Io): string {
  const rows = tornado.bars
    .filter(({ output }) => output.low !== output.high)
    .map(({ name, input, output }) => [
      name,
      input.low.toPrecision(3),
      input.high.toPrecision(3),
      `×${output.low.toPrecision(3)}`,
      `×${output.high.toPrecision(3)}`,
    ])
  return tableText({ head: ['input', 'from 10 %', 'to 90 %', 'at 10 %', 'at 90 %'], rows }, io)
}

function inputTable({ scenario }: MarketResult, io: Io): string {
  const rows = scenario.inputs.map(({ name, distribution, unit, source, basis, note }) => [
    name,
    roundedText(distribution),
    unit,
    note === undefined ? `${basis}: ${printable(source)}` : `${basis}: ${printable(source)}; ${printable(note)}`,
  ])
  return tableText({ head: ['input', 'value', 'unit', 'from'], rows, left: [0, 1, 2, 3] }, io)
}

function roundedText(of: Parameters<typeof distributionText>[0]): string {
  return distributionText(of).replaceAll(/\d+\.\d{4,}/g, (digits) => String(Number(Number(digits).toPrecision(3))))
}

function notesOf({ scenario, cuts, central }: MarketResult): string[] {
  const last = central.at(-1)!
  const dear =
    last.price > 1
      ? [
          'on the median path tokens get dearer than in the baseline: what is adopted costs more per token at this operating point',
        ]
      : []
  const cut = cuts.map(({ name, share }) => `${shareText(share)} of ${name} lay outside what it can be and was cut off`)
  return [
    ...dear,
    ...cut,
    'inputs are drawn independently of each other; the baseline grows and gets cheaper as the assumptions say, with nothing moving',
    `${scenario.inputs.filter(({ basis }) => basis === 'estimate').length} of ${scenario.inputs.length} assumptions are estimates`,
  ]
}
