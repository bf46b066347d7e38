import type { Bound, Box, Figure, Line, Panel } from './figure.ts'
import { cellSvg, contourSvg, strokeSvg } from './mark-svg.ts'
import { xOf, yOf } from './place.ts'
import { escaped, px, text } from './svg.ts'

const WIDTH = 960
const MARGIN = { left: 58, right: 24, top: 66, bottom: 14 }
/** Room between columns, above a panel for its title, and below one for ticks and label. */
const COLUMN_GAP = 62
const TITLE_ROOM = 24
const SHARED_ROOM = 14
const AXIS_ROOM = 46

/**
 * A figure as a whole SVG document. Colours follow the reader's light or dark mode; every rule is bound to the class
 * `pincer-chart`, so that the text can also be put into a page as it is.
 */
export function figureSvg(figure: Figure): string {
  const panels: string[] = []
  let top = MARGIN.top
  for (const { height, panels: row } of figure.rows) {
    const width = (WIDTH - MARGIN.left - MARGIN.right - COLUMN_GAP * (row.length - 1)) / row.length
    top += TITLE_ROOM
    for (const [i, panel] of row.entries()) {
      panels.push(panelSvg(panel, { left: MARGIN.left + i * (width + COLUMN_GAP), top, width, height }))
    }
    top += height + (row.every(({ sharesX }) => sharesX === true) ? SHARED_ROOM : AXIS_ROOM)
  }
  const height = Math.round(top + MARGIN.bottom)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="pincer-chart" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escaped(figure.title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}"/>`,
    text('heading', 20, 32, figure.title),
    text('soft', 20, 54, figure.subtitle),
    ...panels,
    '</svg>\n',
  ].join('\n')
}

const STYLE = `
.pincer-chart { --ground: #ffffff; --ink: #1b1f24; --soft: #656d76; --grid: #e4e8ec; --axis: #b6bec7;
  --line0: #0b62c4; --line1: #c2570c; --line2: #1a7f37; --bound: #b3261e;
  font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
@media (prefers-color-scheme: dark) {
  .pincer-chart { --ground: #14171c; --ink: #e6e9ed; --soft: #98a2ad; --grid: #2a3038; --axis: #4b5560;
    --line0: #6cb0ff; --line1: #f2a35e; --line2: #63c27a; --bound: #ff8a80; }
}
.pincer-chart .ground { fill: var(--ground); }
.pincer-chart text { fill: var(--ink); }
.pincer-chart .heading { font-size: 18px; font-weight: 600; }
.pincer-chart .name { font-size: 13px; font-weight: 600; }
.pincer-chart .soft, .pincer-chart .tick { fill: var(--soft); }
.pincer-chart .tick { font-size: 11px; }
.pincer-chart .end { text-anchor: end; }
.pincer-chart .middle { text-anchor: middle; }
.pincer-chart path { fill: none; }
.pincer-chart .grid { stroke: var(--grid); }
.pincer-chart .axis { stroke: var(--axis); }
.pincer-chart .bound { stroke: var(--bound); stroke-dasharray: 5 4; }
.pincer-chart .dots { stroke-width: 3.5; stroke-linecap: round; stroke-opacity: 0.45; }
.pincer-chart .stroke { stroke-width: 9; stroke-opacity: 0.45; }
.pincer-chart .mark { stroke-width: 2.5; }
.pincer-chart rect { shape-rendering: crispEdges; }
.pincer-chart .cell0 { fill: var(--line0); } .pincer-chart .cell1 { fill: var(--line1); } .pincer-chart .cell2 { fill: var(--soft); }
.pincer-chart .contour { stroke: var(--ink); stroke-width: 2; stroke-linecap: round; }
.pincer-chart .line { stroke-width: 1.6; stroke-linejoin: round; }
.pincer-chart .line0 { stroke: var(--line0); } .pincer-chart .area { fill: var(--line0); fill-opacity: 0.14; }
.pincer-chart .line1 { stroke: var(--line1); }
.pincer-chart .line2 { stroke: var(--line2); } .pincer-chart .line3 { stroke: var(--soft); }
`

const COLOURS = 4

function panelSvg(panel: Panel, box: Box): string {
  const { left, top, width } = box
  return [
    '<g>',
    text('name', left, top - 9, panel.title),
    legend(panel, left + width, top - 9),
    ...(panel.cells ?? []).map((cell) => cellSvg(cell, panel, box)),
    grid(panel, box),
    ...(panel.strokes ?? []).map((stroke) => strokeSvg(stroke, panel, box)),
    panel.contour === undefined ? '' : contourSvg(panel.contour.pieces, panel, box),
    ...panel.lines.map((line, i) => lineSvg(line, i % COLOURS, panel, box)),
    ...(panel.bounds ?? []).map((bound) => boundSvg(bound, panel, box)),
    ...(panel.uprights ?? []).map((bound) => uprightSvg(bound, panel, box)),
    '</g>',
  ].join('\n')
}

function grid(panel: Panel, box: Box): string {
  const { left, top, width, height } = box
  const bottom = top + height
  const rows = panel.y.ticks.map(({ at, label }) => {
    const y = yOf(at, panel, box)
    return `<path class="grid" d="M${left} ${px(y)}h${px(width)}"/>${text('tick end', left - 7, y + 4, label)}`
  })
  const columns = panel.x.ticks.map(({ at, label }) => {
    const x = xOf(at, panel, box)
    const name = panel.sharesX === true ? '' : text('tick middle', x, bottom + 17, label)
    return `<path class="grid" d="M${px(x)} ${top}v${height}"/>${name}`
  })
  const axis = `<path class="axis" d="M${left} ${bottom}h${px(width)}"/>`
  const label = panel.sharesX === true ? '' : text('tick middle', left + width / 2, bottom + 34, panel.x.label)
  return [...rows, ...columns, axis, label].join('')
}

function lineSvg(line: Line, colour: number, panel: Panel, box: Box): string {
  if (line.shape === 'dots') return `<path class="dots line${colour}" d="${dotsPath(line, panel, box)}"/>`
  const d = line.shape === 'steps' ? stepsPath(line, panel, box) : straightPath(line, panel, box)
  if (d === '') return ''
  const stroke = `<path class="line line${colour}" d="M${d}"/>`
  // Areas of several lines would hide each other.
  if (line.shape === 'line' || colour > 0) return stroke
  const bottom = box.top + box.height
  const [from, to] = [line.x[0] ?? 0, line.x[line.y.length] ?? 0]
  const [left, right] = [from, to].map((x) => px(xOf(x, panel, box)))
  return `<path class="area" d="M${left} ${bottom}L${d}L${right} ${bottom}z"/>${stroke}`
}

function stepsPath({ x, y }: Line, panel: Panel, box: Box): string {
  let path = ''
  for (let i = 0; i < y.length; i++) {
    const height = px(yOf(y[i] ?? 0, panel, box))
    path += i === 0 ? `${px(xOf(x[0] ?? 0, panel, box))} ${height}` : `V${height}`
    path += `H${px(xOf(x[i + 1] ?? 0, panel, box))}`
  }
  return path
}

function straightPath({ x, y }: Line, panel: Panel, box: Box): string {
  return Array.from(x, (at, i) => `${px(xOf(at, panel, box))} ${px(yOf(y[i] ?? 0, panel, box))}`).join('L')
}

// A dot is a stroke of no length with round ends.
function dotsPath({ x, y }: Line, panel: Panel, box: Box): string {
  return Array.from(x, (at, i) => `M${px(xOf(at, panel, box))} ${px(yOf(y[i] ?? 0, panel, box))}h0`).join('')
}

// A bound above the axis is named all the same, and not drawn.
function boundSvg({ at }: Bound, panel: Panel, box: Box): string {
  if (at > panel.y.max) return ''
  return `<path class="bound" d="M${box.left} ${px(yOf(at, panel, box))}h${px(box.width)}"/>`
}

function uprightSvg({ at, label }: Bound, panel: Panel, box: Box): string {
  if (at < panel.x.min || at > panel.x.max) return ''
  const x = xOf(at, panel, box)
  const isRight = x > box.left + box.width / 2
  const name = text(isRight ? 'tick end' : 'tick', x + (isRight ? -5 : 5), box.top + 12, label)
  return `<path class="bound" d="M${px(x)} ${box.top}v${box.height}"/>${name}`
}

// Names of several lines and of bounds, from the right; a lone line is named by the title.
function legend({ lines, bounds = [], contour }: Panel, right: number, y: number): string {
  const names = [
    ...(lines.length < 2 ? [] : lines.map(({ name }, i) => ({ name, style: `line line${i % COLOURS}` }))),
    ...bounds.map(({ label }) => ({ name: label, style: 'bound' })),
    ...(contour === undefined ? [] : [{ name: contour.name, style: 'contour' }]),
  ]
  let x = right
  return names
    .toReversed()
    .map(({ name, style }) => {
      const label = text('tick end', x, y, name)
      // Letters are up to 6.5 pixels wide at this size.
      x -= 6.5 * name.length + 8
      const dash = `<path class="${style}" d="M${px(x)} ${y - 4}h-16"/>`
      x -= 32
      return label + dash
    })
    .join('')
}
