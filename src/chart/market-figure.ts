import type { MarketResult } from '../market/index.ts'
import { type Axis, rangeAxis, valueAxis } from './axis.ts'
import type { Figure, Line, Panel, Stroke } from './figure.ts'

const MOST_BARS = 10
const ROW = 30

/** Sales of GPU vendors beside the baseline, their ratio, and what one assumption at a time does to it. */
export function marketFigure(result: MarketResult): Figure {
  const { scenario, samples, seed } = result
  const { baseYear, years } = scenario
  const bars = result.tornado.bars.slice(0, MOST_BARS)
  return {
    title: `Market scenario “${scenario.name}”, ${baseYear} – ${baseYear + years}: no forecast, no advice`,
    subtitle: `${samples.toLocaleString('en-US')} samples, seed ${seed}; medians with 5 and 95 %`,
    rows: [
      { height: 240, panels: [revenuePanel(result), ratioPanel(result)] },
      { height: (bars.length + 0.4) * ROW, panels: [tornadoPanel(result, bars)] },
    ],
  }
}

function yearAxis({ scenario }: MarketResult): Axis {
  const { baseYear, years } = scenario
  const every = Math.ceil(years / 6)
  const ticks = Array.from({ length: years + 1 }, (_, t) => t)
    .filter((t) => t % every === 0)
    .map((t) => ({ at: t, label: String(baseYear + t) }))
  return { min: 0, max: years, ticks, label: 'year' }
}

function lineOf(name: string, y: readonly number[]): Line {
  return { name, shape: 'line', x: y.map((_, t) => t), y }
}

function revenuePanel(result: MarketResult): Panel {
  const of = (key: 'revenue' | 'baselineRevenue', i: number): number[] =>
    result.years.map((year) => year[key].quantiles[i]!.value / 1e9)
  const [low, middle, high] = [of('revenue', 0), of('revenue', 2), of('revenue', 4)]
  const usual = of('baselineRevenue', 2)
  return {
    title: 'Sales of GPU vendors, billion $ a year',
    x: yearAxis(result),
    y: valueAxis('', Math.max(...high, ...usual)),
    lines: [lineOf('median', middle), lineOf('baseline', usual), lineOf('5 and 95 %', low), lineOf('', high)],
  }
}

function ratioPanel(result: MarketResult): Panel {
  const of = (i: number): number[] => result.years.map(({ ratio }) => ratio.quantiles[i]!.value)
  const [low, middle, high] = [of(0), of(2), of(4)]
  return {
    title: 'Over the baseline’s',
    x: yearAxis(result),
    y: valueAxis('', Math.max(1, ...high)),
    lines: [lineOf('median', middle), lineOf('5 %', low), lineOf('95 %', high)],
    bounds: [{ at: 1, label: 'as the baseline' }],
  }
}

function tornadoPanel({ tornado }: MarketResult, bars: MarketResult['tornado']['bars']): Panel {
  const ends = [tornado.centre, ...bars.flatMap(({ output }) => [output.low, output.high])]
  return {
    title: 'One input at a time: blue at its 10 %, orange at its 90 %',
    x: rangeAxis('sales over the baseline’s, all years after the base year', Math.min(...ends), Math.max(...ends)),
    y: { min: 0, max: bars.length + 0.2, ticks: [], label: '' },
    lines: [],
    uprights: [{ at: tornado.centre, label: '' }],
    strokes: bars.flatMap(({ name, input, output }, i): Stroke[] => {
      const y = bars.length - i - 0.5
      const value = `${input.low.toPrecision(3)} – ${input.high.toPrecision(3)}`
      return [
        { y, from: tornado.centre, to: output.low, weight: 'thick', colour: 0, name, value },
        { y, from: tornado.centre, to: output.high, weight: 'thick', colour: 1 },
      ]
    }),
  }
}
