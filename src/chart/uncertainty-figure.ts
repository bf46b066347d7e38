import type { UncertainComparison } from '../contest/index.ts'
import { formatCount, formatUsd } from '../units/index.ts'
import { type Axis, rangeAxis, valueAxis } from './axis.ts'
import type { Figure, Panel, Stroke } from './figure.ts'

const ROW = 34
/** Bars of inputs that move less than others are left out. */
const MOST_BARS = 8

/** Intervals of both costs and of their ratio, what one input at a time does to the ratio, and whose variance it is. */
export function uncertaintyFigure(answer: UncertainComparison): Figure {
  const [a, b] = answer.sides
  const tornado = tornadoPanel(answer)
  const indices = indexPanel(answer)
  const inputs = Math.max(tornado.strokes?.length ?? 0, 2) / 2
  return {
    title: `${a.label} against ${b.label}`,
    subtitle: `A is cheaper with a probability of ${percent(answer.probability.aCheaper.value)}; ${formatCount(answer.samples)} samples; bars 10 to 90 %, lines 5 to 95 %, tick 50 %`,
    rows: [
      { height: 2.2 * ROW, panels: [costPanel(answer), ratioPanel(answer)] },
      { height: (inputs + 0.4) * ROW, panels: indices === undefined ? [tornado] : [tornado, indices] },
    ],
  }
}

function plain(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 })
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/** Room for so many bars with their names. */
function rows(count: number): Axis {
  return { min: 0, max: count + 0.2, ticks: [], label: '' }
}

type Spread = UncertainComparison['ratio']

function interval(
  { quantiles }: Spread,
  y: number,
  colour: 0 | 1 | 2,
  name: string,
  print: (value: number) => string,
): Stroke[] {
  const [low, lower, middle, upper, high] = quantiles.map(({ value }) => value) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const value = `${print(middle)} (${print(low)} – ${print(high)})`
  return [
    { y, from: low, to: high, weight: 'thin', colour, name, value },
    { y, from: lower, to: upper, weight: 'thick', colour },
    { y, from: middle, to: middle, weight: 'tick', colour },
  ]
}

function costPanel({ sides, per }: UncertainComparison): Panel {
  const most = Math.max(...sides.map(({ cost }) => cost.quantiles.at(-1)!.value))
  return {
    title: `$ per million ${per === 'output' ? 'output ' : ''}tokens`,
    x: valueAxis('USD', most, { count: 5 }),
    y: rows(2),
    lines: [],
    strokes: sides.flatMap(({ cost }, i) => interval(cost, 1.5 - i, i as 0 | 1, i === 0 ? 'A' : 'B', formatUsd)),
  }
}

function ratioPanel({ ratio }: UncertainComparison): Panel {
  const [low, high] = [ratio.quantiles[0]!.value, ratio.quantiles.at(-1)!.value]
  return {
    title: 'Cost of A over cost of B',
    x: rangeAxis('ratio; left of 1 A is cheaper', Math.min(low, 1), Math.max(high, 1)),
    y: rows(2),
    lines: [],
    uprights: [{ at: 1, label: '' }],
    strokes: interval(ratio, 0.9, 0, 'A / B', (value) => `×${value.toPrecision(3)}`),
  }
}

function tornadoPanel({ tornado }: UncertainComparison): Panel {
  const shown = tornado.bars.slice(0, MOST_BARS)
  const ends = [tornado.centre, 1, ...shown.flatMap(({ output }) => [output.low, output.high])]
  return {
    title: 'One input at a time: blue at its 10 %, orange at its 90 %',
    x: rangeAxis('cost of A over cost of B', Math.min(...ends), Math.max(...ends)),
    y: rows(shown.length),
    lines: [],
    uprights: [{ at: tornado.centre, label: '' }],
    strokes: shown.flatMap(({ name, input, output }, i): Stroke[] => {
      const y = shown.length - i - 0.5
      const value = `${plain(input.low)} – ${plain(input.high)}`
      return [
        { y, from: tornado.centre, to: output.low, weight: 'thick', colour: 0, name, value },
        { y, from: tornado.centre, to: output.high, weight: 'thick', colour: 1 },
      ]
    }),
  }
}

function indexPanel({ tornado, indices }: UncertainComparison): Panel | undefined {
  if (indices.indices.length === 0) return undefined
  const shown = tornado.bars
    .slice(0, MOST_BARS)
    .flatMap(({ name }) => indices.indices.find((index) => index.name === name) ?? [])
  return {
    title: 'Share of the variance: bar in all, tick alone',
    x: { ...valueAxis('share of the variance of ln(A / B)', 1, { count: 5, most: 1 }) },
    y: rows(shown.length),
    lines: [],
    strokes: shown.flatMap(({ name, first, total }, i): Stroke[] => {
      const y = shown.length - i - 0.5
      const inside = (share: number): number => Math.min(1, Math.max(0, share))
      return [
        { y, from: 0, to: inside(total.value), weight: 'thick', colour: 2, name, value: percent(total.value) },
        { y, from: inside(first.value), to: inside(first.value), weight: 'tick', colour: 2 },
      ]
    }),
  }
}
