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
  readonly width: number
  readonly height: number
}

/** More chips than this are one area: nobody could count them, and the page would be made of nothing else. */
const MOST_APART = 2000

export interface Packing {
  readonly columns: number
  readonly rows: number
  readonly gap: number
}

/** Squares of side `side` in rows of at most `width`. */
export function packed(count: number, side: number, width: number): Packing {
  const gap = Math.min(4, Math.max(Math.min(0.6, side * 0.3), side * 0.08))
  const most = Math.max(1, Math.floor((width + gap) / (side + gap)))
  // As square as the width allows, so that few chips stand together.
  const columns = Math.min(most, count, Math.max(1, Math.ceil(Math.sqrt(count))))
  return { columns, rows: Math.ceil(count / columns), gap }
}

/** Height of the packed squares. */
export function packedHeight({ rows, gap }: Packing, side: number): number {
  return rows * (side + gap) - gap
}

/** Whether each of `count` chips is drawn as a square of its own. */
export function isApart(count: number): boolean {
  return count <= MOST_APART
}

/** The squares, row by row; or one box of their area, where there are too many of them. */
export function places(count: number, side: number, { columns, gap }: Packing, apart = isApart(count)): Box[] {
  if (!apart) {
    const width = columns * (side + gap) - gap
    return [{ x: 0, y: 0, width, height: (count * side ** 2) / width }]
  }
  return Array.from({ length: count }, (_, i) => ({
    x: (i % columns) * (side + gap),
    y: Math.floor(i / columns) * (side + gap),
    width: side,
    height: side,
  }))
}

/** The first `count` of `all` chips that stand in `boxes`, and the others. */
export function parted(boxes: readonly Box[], count: number, all: number): { first: Box[]; rest: Box[] } {
  const [only] = boxes
  if (boxes.length === all || only === undefined) return { first: boxes.slice(0, count), rest: boxes.slice(count) }
  const height = only.height * (count / all)
  return {
    first: [{ ...only, height }],
    rest: [{ ...only, y: only.y + height, height: only.height - height }],
  }
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

/** One path for the part from `from` to `to` (shares from the bottom) of every box. */
export function partPath(boxes: readonly Box[], from: number, to: number): string {
  return boxes
    .map(({ x, y, width, height }) => {
      const high = height * (to - from)
      return `M${short(x)} ${short(y + height * (1 - to))}h${short(width)}v${short(high)}h${short(-width)}z`
    })
    .join('')
}

function short(value: number): string {
  return String(Number(value.toFixed(2)))
}

/** Paths of all parts of every box, from the bottom up. */
export function filled(
  boxes: readonly Box[],
  parts: Readonly<Record<Part, number>>,
): { readonly part: Part; readonly path: string }[] {
  const all = PARTS.reduce((sum, part) => sum + parts[part], 0)
  let from = 0
  return PARTS.map((part) => {
    const to = from + parts[part] / all
    const path = partPath(boxes, from, to)
    from = to
    return { part, path }
  })
}
