/** As `.chart svg` in style/part.css has it. */
const SIZE = 12

let context: CanvasRenderingContext2D | null | undefined
const widths = new Map<string, number>()

/** How wide a label of a picture is drawn, px. */
export function labelWidth(label: string): number {
  const known = widths.get(label)
  if (known !== undefined) return known
  if (context === undefined) {
    context = document.createElement('canvas').getContext('2d')
    if (context !== null) context.font = `${SIZE}px ${getComputedStyle(document.body).fontFamily}`
  }
  const width = context?.measureText(label).width ?? label.length * SIZE
  widths.set(label, width)
  return width
}

/** A label that takes no more than `width` px: its end is left out where it is longer. */
export function fitted(label: string, width: number): string {
  if (labelWidth(label) <= width) return label
  const letters = [...label]
  while (letters.length > 1 && labelWidth(`${letters.join('')}…`) > width) letters.pop()
  return `${letters.join('').trimEnd()}…`
}
