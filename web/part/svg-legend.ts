const SPACE = 'http://www.w3.org/2000/svg'
const ROW = 20
const GAP = 18
const SWATCH = 9

/** What stands beside a picture on the page and has to be in its file: a title above, and what the colours mean below. */
export interface Surroundings {
  readonly above: readonly SVGElement[]
  readonly below: readonly SVGElement[]
  /** Room that they take above and below, px. */
  readonly top: number
  readonly bottom: number
}

/** Title and legend of a drawn picture, as the page shows them. `copyOf` copies a drawing with its look. */
export function surroundingsOf(svg: SVGSVGElement, copyOf: (drawn: SVGElement) => SVGElement): Surroundings {
  const { x, y, width, height } = svg.viewBox.baseVal
  const title = svg.closest('figure')?.querySelector('figcaption :is(h2, h3)')?.textContent ?? ''
  const above = title === '' ? [] : [words(svg, title, x, y - 12, { 'font-weight': '600', 'font-size': '15px' })]
  const top = above.length * 34
  const below: SVGElement[] = []
  let [at, row] = [x + 2, y + height + ROW]
  for (const item of legendOf(svg)) {
    const wide = item.getBoundingClientRect().width
    if (at > x + 2 && at + wide > x + width) [at, row] = [x + 2, row + ROW]
    below.push(sign(item, at, row, copyOf), words(svg, item.textContent.trim(), at + SWATCH + 7, row + 4))
    at += wide + GAP
  }
  return { above, below, top, bottom: below.length === 0 ? 0 : row + ROW - y - height }
}

// Of the picture itself, or of the section whose pictures share one.
function legendOf(svg: SVGSVGElement): HTMLLIElement[] {
  const items = (scope: Element | null | undefined, path: string): HTMLLIElement[] =>
    [...(scope?.querySelectorAll<HTMLLIElement>(path) ?? [])].filter((item) => signOf(item) !== null)
  const own = items(svg.closest('.picture'), 'ul > li')
  return own.length > 0 ? own : items(svg.closest('section'), ':scope > ul > li')
}

function signOf(item: Element): Element | null {
  return item.querySelector(':scope > .swatch, :scope > svg > *')
}

function sign(item: Element, x: number, y: number, copyOf: (drawn: SVGElement) => SVGElement): SVGElement {
  const shown = signOf(item)
  if (shown instanceof SVGElement) {
    const copy = copyOf(shown)
    copy.setAttribute('transform', `translate(${x + SWATCH / 2} ${y})`)
    return copy
  }
  const { backgroundColor, borderTopColor, borderTopLeftRadius } = getComputedStyle(shown!)
  const rect = { x, y: y - SWATCH / 2, width: SWATCH, height: SWATCH, fill: backgroundColor, stroke: borderTopColor }
  return made('rect', { ...rect, rx: borderTopLeftRadius.endsWith('%') ? SWATCH / 2 : 2 })
}

function words(svg: SVGSVGElement, text: string, x: number, y: number, looks = {}): SVGElement {
  const { color, fontFamily } = getComputedStyle(svg.closest('.picture') ?? svg)
  const element = made('text', { x, y, fill: color, 'font-family': fontFamily, 'font-size': '12px', ...looks })
  element.textContent = text
  return element
}

function made(kind: 'rect' | 'text', attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SPACE, kind)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  return element
}
