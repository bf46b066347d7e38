import type { Crossover, CrossoverMap, DuelPoint } from '../contest/index.ts'
import { type Axis, logAxis, rangeAxis } from './axis.ts'
import type { Cell, Figure, Line, Panel, Piece } from './figure.ts'

/** Both sides over the parameter, with the places where the winner changes. */
export function crossoverFigure(answer: Crossover): Figure {
  const { points, over, crossings, labels, metricUnit } = answer
  const place = placing(over)
  const line = (name: string, of: (point: DuelPoint) => number | undefined): Line => {
    const fitting = points.filter((point) => of(point) !== undefined)
    return {
      name,
      shape: 'line',
      x: fitting.map(({ x }) => place(x)),
      y: fitting.map((point) => Math.log10(of(point)!)),
    }
  }
  const values = points.flatMap(({ a, b }) => [a ?? [], b ?? []].flat())
  // With nothing that fits anywhere there is no scale to draw.
  const [least, most] = values.length === 0 ? [1, 10] : [Math.min(...values) / 1.2, Math.max(...values) * 1.2]
  const panel: Panel = {
    title: `${answer.metric}, ${metricUnit}`,
    x: axisOf(over),
    y: logAxis(metricUnit, least, most),
    lines: [line('A', ({ a }) => a), line('B', ({ b }) => b)],
    uprights: crossings.map(({ at }) => ({ at: place(at), label: shortNumber(at) })),
  }
  return {
    title: `${labels[0]} (A) against ${labels[1]} (B)`,
    subtitle: `over ${over.name}: ${over.what}; ${crossings.length === 0 ? 'no crossing' : 'dashed where the better side changes'}`,
    rows: [{ height: 300, panels: [panel] }],
  }
}

/** Who is better over two parameters: the stronger the colour, the larger the lead. */
export function crossoverMapFigure(answer: CrossoverMap): Figure {
  const [placeX, placeY] = [placing(answer.x), placing(answer.y)]
  const [edgesX, edgesY] = [edges(answer.xs.map(placeX)), edges(answer.ys.map(placeY))]
  const cells = answer.cells.flatMap((row, j) =>
    row.map((point, i): Cell => ({
      x: [edgesX[i]!, edgesX[i + 1]!],
      y: [edgesY[j]!, edgesY[j + 1]!],
      ...colourOf(point),
    })),
  )
  const pieces = answer.contour.map((piece) => piece.map(([x, y]) => [placeX(x), placeY(y)]) as unknown as Piece)
  const none = (name: string): Line => ({ name, shape: 'line', x: [], y: [] })
  return {
    title: `${answer.labels[0]} (A) against ${answer.labels[1]} (B)`,
    subtitle: `who has the better ${answer.metric}, the stronger the further ahead: full colour from a factor of 4`,
    rows: [
      {
        height: 380,
        panels: [
          {
            title: `${answer.y.name}, ${answer.y.unit}`,
            x: axisOf(answer.x),
            y: axisOf(answer.y),
            lines: [none('A better'), none('B better')],
            cells,
            contour: { name: 'equal', pieces },
          },
        ],
      },
    ],
  }
}

type Scanned = Crossover['over']

function placing({ scale }: Scanned): (x: number) => number {
  return scale === 'log' ? Math.log10 : (x) => x
}

function axisOf({ name, unit, scale, from, to }: Scanned): Axis {
  const label = `${name}, ${unit}`
  if (scale === 'log') return logAxis(label, from, to)
  return {
    ...rangeAxis(label, from, to),
    min: from,
    max: to,
    ticks: rangeAxis(label, from, to).ticks.filter(({ at }) => at >= from && at <= to),
  }
}

function edges(places: readonly number[]): number[] {
  const last = places.length - 1
  const middles = places.slice(1).map((place, i) => (places[i]! + place) / 2)
  return [places[0]!, ...middles, places[last]!]
}

/** Where a lead is at its full colour, ln. */
const FULL = Math.log(4)

function colourOf({ a, b, winner }: DuelPoint): Pick<Cell, 'colour' | 'strength'> {
  if (winner === 'neither') return { colour: 2, strength: 0.6 }
  if (winner === 'tie') return { colour: 2, strength: 0 }
  const colour = winner === 'a' || winner === 'only a' ? 0 : 1
  if (a === undefined || b === undefined) return { colour, strength: 0.85 }
  return { colour, strength: 0.1 + 0.75 * Math.min(1, Math.abs(Math.log(a / b)) / FULL) }
}

function shortNumber(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumSignificantDigits: 4 })
}
