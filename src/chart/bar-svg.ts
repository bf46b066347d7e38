import type { BarPanel, Box } from './figure.ts'
import { px, text } from './svg.ts'

/** Room for the labels at the left of the bars, and for the notes at their right. */
const LABEL_ROOM = 196
const NOTE_ROOM = 128
const LETTER = 6.5
const MOST_LETTERS = 30
/** Share of a row that its bar fills. */
const THICKNESS = 0.68

/** Rows of horizontal bars, each with a label before and a note behind it. */
export function barsSvg(panel: BarPanel, box: Box): string {
  const inner = { ...box, left: box.left + LABEL_ROOM - 38, width: box.width - LABEL_ROOM - NOTE_ROOM + 38 }
  const height = box.height / Math.max(1, panel.bars.length)
  const xAt = (at: number): number =>
    inner.left + (Math.min(Math.max(at, panel.x.min), panel.x.max) - panel.x.min) * (inner.width / span(panel))
  const rows = panel.bars.map(({ label, note, segments }, i) => {
    const y = box.top + i * height
    const pieces = segments.map(({ from, to, colour }) => {
      const [left, right] = [xAt(Math.min(from, to)), xAt(Math.max(from, to))]
      const thick = height * THICKNESS
      return `<rect class="bar${colour}" x="${px(left)}" y="${px(y + (height - thick) / 2)}" width="${px(right - left)}" height="${px(thick)}"/>`
    })
    const end = Math.max(inner.left, ...segments.map(({ from, to }) => xAt(Math.max(from, to))))
    const middle = y + height / 2 + 4
    return (
      text('tick end', inner.left - 8, middle, shortened(label)) + pieces.join('') + text('tick', end + 6, middle, note)
    )
  })
  return [
    '<g>',
    text('name', box.left - 38, box.top - 9, panel.title),
    legend(panel, box),
    grid(panel, box, xAt),
    ...rows,
    '</g>',
  ].join('\n')
}

// What does not fit before the bars is cut.
function shortened(label: string): string {
  const letters = [...label]
  return letters.length <= MOST_LETTERS ? label : `${letters.slice(0, MOST_LETTERS - 1).join('')}…`
}

function span({ x }: BarPanel): number {
  return x.max - x.min
}

function grid({ x }: BarPanel, { top, height }: Box, xAt: (at: number) => number): string {
  const lines = x.ticks.map(({ at, label }) => {
    const place = xAt(at)
    return `<path class="grid" d="M${px(place)} ${top}v${height}"/>${text('tick middle', place, top + height + 17, label)}`
  })
  return [...lines, text('tick middle', (xAt(x.min) + xAt(x.max)) / 2, top + height + 34, x.label)].join('')
}

function legend({ legend: names }: BarPanel, { left, width, top }: Box): string {
  let x = left + width
  return names
    .toReversed()
    .map(({ name, colour }) => {
      const label = text('tick end', x, top - 9, name)
      x -= LETTER * name.length + 8
      const mark = `<rect class="bar${colour}" x="${px(x - 11)}" y="${px(top - 18)}" width="10" height="10"/>`
      x -= 24
      return label + mark
    })
    .join('')
}
