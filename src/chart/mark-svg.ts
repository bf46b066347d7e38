import type { Box, Cell, Panel, Piece, Stroke } from './figure.ts'
import { xOf, yOf } from './place.ts'
import { px, text } from './svg.ts'

const TICK = 7

/** A stroke with its names. */
export function strokeSvg({ y, from, to, weight, colour, name, value }: Stroke, panel: Panel, box: Box): string {
  const [left, right, height] = [xOf(from, panel, box), xOf(to, panel, box), yOf(y, panel, box)]
  const names = [
    name === undefined ? '' : text('tick', box.left + 4, height - 10, name),
    value === undefined ? '' : text('tick end', box.left + box.width - 4, height - 10, value),
  ]
  if (weight === 'tick')
    return `<path class="mark line${colour}" d="M${px(left)} ${px(height - TICK)}v${2 * TICK}"/>${names.join('')}`
  const style = weight === 'thin' ? 'line' : 'stroke'
  return `<path class="${style} line${colour}" d="M${px(left)} ${px(height)}H${px(right)}"/>${names.join('')}`
}

export function cellSvg({ x, y, colour, strength }: Cell, panel: Panel, box: Box): string {
  // Rounded before they are subtracted: neighbours end where the next begin.
  const [left, right] = x.map((at) => Number(px(xOf(at, panel, box)))) as [number, number]
  const [bottom, top] = y.map((at) => Number(px(yOf(at, panel, box)))) as [number, number]
  return `<rect class="cell${colour}" x="${px(left)}" y="${px(top)}" width="${px(right - left)}" height="${px(bottom - top)}" fill-opacity="${Math.round(strength * 100) / 100}"/>`
}

export function contourSvg(pieces: readonly Piece[], panel: Panel, box: Box): string {
  const at = ([x, y]: Piece[0]): string => `${px(xOf(x, panel, box))} ${px(yOf(y, panel, box))}`
  const d = pieces.map(([from, to]) => `M${at(from)}L${at(to)}`).join('')
  return d === '' ? '' : `<path class="contour" d="${d}"/>`
}
