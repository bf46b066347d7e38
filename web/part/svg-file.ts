import { surroundingsOf } from './svg-legend.ts'

/** What a picture's look depends on, as attributes that an SVG file takes. */
const LOOKS = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linecap',
  'opacity',
  'paint-order',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
] as const

/** A drawn picture as a file of its own: with its title and legend, the page's style written into it, on the page's background. */
export function svgFile(svg: SVGSVGElement): string {
  const copy = copyOf(svg)
  const { x, y, width, height } = svg.viewBox.baseVal
  const { above, below, top, bottom } = surroundingsOf(svg, copyOf)
  const whole = { x, y: y - top, width, height: height + top + bottom }
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('viewBox', `${whole.x} ${whole.y} ${whole.width} ${whole.height}`)
  copy.setAttribute('width', String(whole.width))
  copy.setAttribute('height', String(whole.height))
  copy.prepend(background(whole), ...painted(svg))
  copy.append(...above, ...below)
  return new XMLSerializer().serializeToString(copy)
}

// With the page's style in attributes.
function copyOf<E extends SVGElement>(drawing: E): E {
  const copy = drawing.cloneNode(true) as E
  const drawn = [drawing, ...drawing.querySelectorAll('*')]
  const copied = [copy, ...copy.querySelectorAll('*')]
  for (const [i, element] of drawn.entries()) {
    const style = getComputedStyle(element)
    for (const look of LOOKS) {
      const value = style.getPropertyValue(look)
      if (value !== '') copied[i]?.setAttribute(look, value)
    }
    // What shows only under the pointer is no part of the file.
    if (style.display === 'none' || style.visibility === 'hidden') copied[i]?.setAttribute('display', 'none')
    copied[i]?.removeAttribute('class')
  }
  return copy
}

function background(place: Readonly<Record<'x' | 'y' | 'width' | 'height', number>>): SVGRectElement {
  const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  for (const [name, value] of Object.entries(place)) rect.setAttribute(name, String(value))
  rect.setAttribute('fill', getComputedStyle(document.documentElement).backgroundColor)
  return rect
}

// What is painted below the drawing belongs to the picture.
function painted(svg: SVGSVGElement): SVGImageElement[] {
  const below = [...(svg.parentElement?.children ?? [])].filter((element) => element instanceof HTMLCanvasElement)
  return below.map((canvas) => {
    const image = document.createElementNS('http://www.w3.org/2000/svg', 'image')
    const { x, y } = svg.viewBox.baseVal
    const { clientWidth, clientHeight } = canvas
    const place = { x, y, width: clientWidth, height: clientHeight, href: canvas.toDataURL('image/png') }
    for (const [name, value] of Object.entries(place)) image.setAttribute(name, String(value))
    return image
  })
}

/** The same as a PNG, twice as fine. @throws Error where the browser cannot draw it */
export async function pngFile(svg: SVGSVGElement): Promise<Blob> {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgFile(svg))}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = image.naturalWidth * 2
  canvas.height = image.naturalHeight * 2
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error('the picture cannot be drawn')) : resolve(blob)),
      'image/png',
    )
  })
}
