import { QUANTITIES, type Quantity, type Sample, type SearchedParameter, type Solution } from '../solve/index.ts'
import { formatPercent, formatSi, formatUsd } from '../units/index.ts'
import { type Axis, logAxis, valueAxis } from './axis.ts'
import type { Figure, Line, Panel } from './figure.ts'

const HEIGHT = 300
/** An axis whose ends lie further apart than this is logarithmic. */
const WIDE = 8

/** The quantity over the parameter with the target as a bound; of two parameters the curve on which the target is just met. */
export function solutionFigure(solution: Solution, title: string, subtitle: string): Figure {
  const panel = solution.curve === undefined ? sweptPanel(solution) : curvePanel(solution, solution.curve)
  return { title, subtitle, rows: [{ height: HEIGHT, panels: [panel] }] }
}

const NAMES: Readonly<Record<Quantity, string>> = {
  speed: 'Tokens/s per user',
  cost: '$ per Mtok of output',
  ttft: 'TTFT, s',
  energy: 'J per output token',
  ratio: 'Cost of a token relative to the other deployment',
}

type Known = Extract<Sample, { value: number }>

function sweptPanel({ samples, parameter, target }: Solution): Panel {
  const known = samples.filter((sample): sample is Known => 'value' in sample)
  const { unit } = QUANTITIES[target.quantity]
  const x = scaleOf(
    labelOf(parameter),
    known.map(({ at }) => at),
    parameter.unit,
  )
  const y = scaleOf('', [...known.map(({ value }) => value), target.bound], unit)
  const line: Line = {
    name: '',
    shape: 'line',
    x: known.map(({ at }) => x.place(at)),
    y: known.map(({ value }) => y.place(value)),
  }
  return {
    title: NAMES[target.quantity],
    x: x.axis,
    y: y.axis,
    lines: [line],
    bounds: [{ at: y.place(target.bound), label: `target ${printed(target.bound, unit)}` }],
  }
}

function curvePanel({ parameter }: Solution, curve: NonNullable<Solution['curve']>): Panel {
  const points = curve.points.flatMap(({ at, crossings }) => crossings.map(({ reached }) => ({ x: at, y: reached.at })))
  const { unit, given } = parameter
  const x = scaleOf(
    labelOf(curve.parameter),
    curve.points.map(({ at }) => at),
    curve.parameter.unit,
  )
  const heights = points.length === 0 ? [parameter.from, parameter.to] : points.map((point) => point.y)
  const y = scaleOf('', given === undefined ? heights : [...heights, given], unit)
  return {
    title: `${labelOf(parameter)}, that just meets the target`,
    x: x.axis,
    y: y.axis,
    lines: [
      {
        name: '',
        shape: isFunction(curve) ? 'line' : 'dots',
        x: points.map((point) => x.place(point.x)),
        y: points.map((point) => y.place(point.y)),
      },
    ],
    ...(given === undefined ? {} : { bounds: [{ at: y.place(given), label: `today ${printed(given, unit)}` }] }),
  }
}

// A line through several crossings of one value would join what has nothing between.
function isFunction({ points }: NonNullable<Solution['curve']>): boolean {
  return points.every(({ crossings }) => crossings.length <= 1)
}

interface Scale {
  readonly axis: Axis
  readonly place: (value: number) => number
}

function labelOf({ path, unit }: SearchedParameter): string {
  return unit === '1' ? path : `${path}, ${unit}`
}

function printed(value: number, unit: string): string {
  if (unit.startsWith('USD')) return formatUsd(value)
  return unit === '1' ? formatPercent(value) : formatSi(value, '').trim()
}

function scaleOf(label: string, values: readonly number[], unit: string): Scale {
  const positive = values.filter((value) => value > 0)
  const [least, most] = [Math.min(...positive), Math.max(...positive)]
  if (positive.length === values.length && most / least > WIDE) {
    const axis = logAxis(label, least / 1.3, most * 1.3)
    const ticks = axis.ticks.map(({ at }) => ({ at, label: printed(10 ** at, unit) }))
    return { axis: { ...axis, ticks }, place: Math.log10 }
  }
  const axis = valueAxis(label, Math.max(0, ...values))
  const ticks = axis.ticks.map(({ at }) => ({ at, label: printed(at, unit) }))
  return { axis: { ...axis, ticks }, place: (value) => value }
}
