import { PincerError } from '../issue/index.ts'
import { type AxisInput, type ScanAxis, middlePlace, scanAxis, spacedPlaces } from './axis.ts'
import { Duel, type DuelPoint, METRICS, type Metric, type Setting } from './duel.ts'
import type { Progress } from '../uncertainty/index.ts'
import type { Per } from './evaluate.ts'
import { type SideInput, parseSide } from './side.ts'

export interface MapQuestion {
  readonly a: SideInput
  readonly b: SideInput
  readonly x: AxisInput
  readonly y: AxisInput
  readonly metric?: Metric
  readonly per?: Per
  readonly set?: Setting
  /** Places along x and y, default 33 by 25. */
  readonly grid?: readonly [number, number]
  /** Told after every row of the grid. */
  readonly onProgress?: Progress | undefined
}

/** A piece of the line on which the winner changes, from edge to edge of a cell of the grid. */
export type ContourPiece = readonly [readonly [x: number, y: number], readonly [x: number, y: number]]

export interface CrossoverMap {
  readonly schema: 'pincer.crossover-map.v1'
  readonly metric: Metric
  readonly metricUnit: string
  readonly per: Per
  readonly labels: readonly [string, string]
  readonly x: Omit<ScanAxis, 'at'>
  readonly y: Omit<ScanAxis, 'at'>
  readonly set: Setting
  readonly xs: readonly number[]
  readonly ys: readonly number[]
  /** Rows along x, one per y. */
  readonly cells: readonly (readonly DuelPoint[])[]
  readonly contour: readonly ContourPiece[]
}

const DEFAULT_GRID = [33, 25] as const
const MOST_CELLS = 40_000

/**
 * Who is better over two parameters: both sides asked at every point of a grid, and the line in between bisected on the edges of its cells.
 * @throws PincerError as `crossover` does, and for the same parameter twice
 */
export function crossoverMap(question: MapQuestion): CrossoverMap {
  const { metric = 'cost', per = 'output', set = {}, grid = DEFAULT_GRID, onProgress } = question
  checkGrid(grid)
  const sides = [parseSide(question.a, ['a']), parseSide(question.b, ['b'])] as const
  const [x, y] = [scanAxis(question.x, sides, metric), scanAxis(question.y, sides, metric)]
  if (x.name === y.name)
    throw new PincerError({
      code: 'invalid_value',
      path: ['over', x.name],
      message: 'stands twice; a map needs two parameters',
    })
  const duel = new Duel(sides, metric, per, set)
  const ask = (atX: number, atY: number): DuelPoint => duel.at([x.at(atX), y.at(atY)])
  const [xs, ys] = [spacedPlaces(x, grid[0]), spacedPlaces(y, grid[1])]
  const cells = ys.map((atY, row) => {
    const places = xs.map((atX) => ask(atX, atY))
    onProgress?.(row + 1, ys.length)
    return places
  })
  const { at: _x, ...overX } = x
  const { at: _y, ...overY } = y
  return {
    schema: 'pincer.crossover-map.v1',
    metric,
    metricUnit: METRICS[metric].unit,
    per,
    labels: [sides[0].label, sides[1].label],
    x: overX,
    y: overY,
    set,
    xs,
    ys,
    cells,
    contour: contourOf({ xs, ys, x, y, cells }, ask),
  }
}

function checkGrid([columns, rows]: readonly [number, number]): void {
  const isSize = (n: number): boolean => Number.isInteger(n) && n >= 2
  if (isSize(columns) && isSize(rows) && columns * rows <= MOST_CELLS) return
  const message = `must be two whole numbers of at least 2 with a product of at most ${MOST_CELLS.toLocaleString('en-US')}, got ${columns} × ${rows}`
  throw new PincerError({ code: 'invalid_value', path: ['grid'], message })
}

interface Grid {
  readonly xs: readonly number[]
  readonly ys: readonly number[]
  readonly x: ScanAxis
  readonly y: ScanAxis
  readonly cells: readonly (readonly DuelPoint[])[]
}

type Spot = readonly [number, number]

/** Marching squares on the winner; the places on the edges are bisected. A cell with four of them has two pieces, split as its middle says. */
function contourOf(grid: Grid, ask: (x: number, y: number) => DuelPoint): ContourPiece[] {
  const { xs, ys, x, y, cells } = grid
  const known = new Map<string, Spot | undefined>()
  const edge = (i: number, j: number, isAcross: boolean): Spot | undefined => {
    const key = `${i} ${j} ${isAcross}`
    if (known.has(key)) return known.get(key)
    const [from, to] = [cells[j]![i]!, isAcross ? cells[j]![i + 1]! : cells[j + 1]![i]!]
    const axis = isAcross ? x : y
    const at = (place: number): DuelPoint => (isAcross ? ask(place, ys[j]!) : ask(xs[i]!, place))
    const ends: Spot = isAcross ? [xs[i]!, xs[i + 1]!] : [ys[j]!, ys[j + 1]!]
    const place = from.winner === to.winner ? undefined : changeBetween(axis, ends, from, at)
    const spot: Spot | undefined = place === undefined ? undefined : isAcross ? [place, ys[j]!] : [xs[i]!, place]
    known.set(key, spot)
    return spot
  }
  const pieces: ContourPiece[] = []
  for (let j = 0; j + 1 < ys.length; j++) {
    for (let i = 0; i + 1 < xs.length; i++) {
      const [bottom, right, top, left] = [
        edge(i, j, true),
        edge(i + 1, j, false),
        edge(i, j + 1, true),
        edge(i, j, false),
      ]
      const crossed = [bottom, right, top, left].filter((spot) => spot !== undefined)
      if (crossed.length === 4) {
        const middle = ask(middleOf(x, xs[i]!, xs[i + 1]!), middleOf(y, ys[j]!, ys[j + 1]!))
        const isJoined = middle.winner === cells[j]![i]!.winner
        pieces.push(isJoined ? [bottom!, right!] : [left!, bottom!], isJoined ? [left!, top!] : [right!, top!])
      } else if (crossed.length >= 2) {
        for (let k = 1; k < crossed.length; k++) pieces.push([crossed[k - 1]!, crossed[k]!])
      }
    }
  }
  return pieces
}

function middleOf(axis: ScanAxis, low: number, high: number): number {
  return middlePlace(axis, low, high) ?? low
}

/** Halvings of an edge: to a thousandth of a cell. */
const HALVINGS = 10

function changeBetween(axis: ScanAxis, [from, to]: Spot, start: DuelPoint, at: (place: number) => DuelPoint): number {
  let [low, high] = [from, to]
  for (let step = 0; step < HALVINGS; step++) {
    const middle = middlePlace(axis, low, high)
    if (middle === undefined) break
    if (at(middle).winner === start.winner) low = middle
    else high = middle
  }
  return low + (high - low) / 2
}
