import type { HeldFit } from '../../../src/index.ts'

/** Shares of a chip's memory, from the bottom up. */
export type Part = 'weights' | 'cache' | 'other' | 'free'
export const PARTS: readonly Part[] = ['weights', 'cache', 'other', 'free']

/** Bytes of every part, over all chips of a system. */
export function partsOf({ memory, fastCapacity }: HeldFit): Readonly<Record<Part, number>> {
  const other = memory.activations + memory.reserve
  const { weights, cache } = memory
  return { weights, cache, other, free: Math.max(0, fastCapacity - weights - cache - other) }
}

export interface Box {
  readonly x: number
  readonly y: number
}

export interface Packing {
  readonly columns: number
  readonly rows: number
  readonly gap: number
}

/** Squares of side `side` in rows of at most `width`. */
export function packed(count: number, side: number, width: number): Packing {
  const gap = Math.min(4, Math.max(0.6, side * 0.08))
  const most = Math.max(1, Math.floor((width + gap) / (side + gap)))
  // As square as the width allows, so that few chips stand together.
  const columns = Math.min(most, count, Math.max(1, Math.ceil(Math.sqrt(count))))
  return { columns, rows: Math.ceil(count / columns), gap }
}

/** Height of the packed squares. */
export function packedHeight({ rows, gap }: Packing, side: number): number {
  return rows * (side + gap) - gap
}

/** The corners of the squares, row by row. */
export function places(count: number, side: number, { columns, gap }: Packing): Box[] {
  return Array.from({ length: count }, (_, i) => ({
    x: (i % columns) * (side + gap),
    y: Math.floor(i / columns) * (side + gap),
  }))
}

/**
 * The most pixels per square root of a byte with which all of `systems` fit a panel of `width` × `height`: areas are then bytes on one
 * scale.
 */
export function commonScale(
  systems: readonly { readonly count: number; readonly each: number }[],
  width: number,
  height: number,
): number {
  const fits = (scale: number): boolean =>
    systems.every(({ count, each }) => {
      const side = scale * Math.sqrt(each)
      return side <= width && packedHeight(packed(count, side, width), side) <= height
    })
  let [low, high] = [0, Math.max(...systems.map(({ each }) => width / Math.sqrt(each)))]
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}

/** One path for the part from `from` to `to` (shares from the bottom) of every square. */
export function partPath(boxes: readonly Box[], side: number, from: number, to: number): string {
  const height = side * (to - from)
  return boxes
    .map(({ x, y }) => `M${short(x)} ${short(y + side * (1 - to))}h${short(side)}v${short(height)}h${short(-side)}z`)
    .join('')
}

function short(value: number): string {
  return String(Number(value.toFixed(2)))
}

/** Paths of all parts of every square, from the bottom up. */
export function filled(
  boxes: readonly Box[],
  side: number,
  parts: Readonly<Record<Part, number>>,
): { readonly part: Part; readonly path: string }[] {
  const all = PARTS.reduce((sum, part) => sum + parts[part], 0)
  let from = 0
  return PARTS.map((part) => {
    const to = from + parts[part] / all
    const path = partPath(boxes, side, from, to)
    from = to
    return { part, path }
  })
}
