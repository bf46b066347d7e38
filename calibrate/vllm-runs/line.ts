import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'

/** Measured points of one quantity, straight lines between; beyond the ends the outermost line goes on. */
export class Line {
  private readonly xs: number[] = []
  private readonly ys: number[] = []

  /** Points come in rising order of x. */
  add(x: number, y: number): void {
    this.xs.push(x)
    this.ys.push(y)
  }

  at(x: number): number {
    const { xs, ys } = this
    if (xs.length < 2) return ys[0] ?? Number.NaN
    let [low, high] = [0, xs.length - 1]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((xs[middle] ?? 0) <= x) low = middle
      else high = middle
    }
    const part = (x - (xs[low] ?? 0)) / ((xs[high] ?? 0) - (xs[low] ?? 0))
    return (ys[low] ?? 0) + part * ((ys[high] ?? 0) - (ys[low] ?? 0))
  }
}

export type Row = Readonly<Record<string, string>>

export function csvRows(path: string): Row[] {
  return parse(readFileSync(path), { columns: true }) as Row[]
}

/** A line for every layer of a table of kernel times (µs). */
export function layerLines(path: string, x: 'tokens' | 'sequences'): ReadonlyMap<string, Line> {
  const lines = new Map<string, Line>()
  for (const row of csvRows(path)) {
    const name = row['layer'] ?? ''
    const line = lines.get(name) ?? new Line()
    line.add(Number(row[x]), Number(row['time_us']))
    lines.set(name, line)
  }
  return lines
}
