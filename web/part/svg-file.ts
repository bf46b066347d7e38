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

/** A drawn picture as a file of its own: the page's style is written into it, on the page's background. */
export function svgFile(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const drawn = [svg, ...svg.querySelectorAll('*')]
  const copied = [copy, ...copy.querySelectorAll('*')]
  for (const [i, element] of drawn.entries()) {
    const style = getComputedStyle(element)
    for (const look of LOOKS) {
      const value = style.getPropertyValue(look)
      if (value !== '') copied[i]?.setAttribute(look, value)
    }
    copied[i]?.removeAttribute('class')
  }
  const { width, height } = sizeOf(svg)
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('width', String(width))
  copy.setAttribute('height', String(height))
  copy.prepend(background(svg), ...painted(svg))
  return new XMLSerializer().serializeToString(copy)
}

function background(svg: SVGSVGElement): SVGRectElement {
  const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  const { x, y, width, height } = svg.viewBox.baseVal
  for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, String(value))
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

function sizeOf(svg: SVGSVGElement): { width: number; height: number } {
  const { width, height } = svg.viewBox.baseVal
  return { width, height }
}

/** The same as a PNG, twice as fine. @throws Error where the browser cannot draw it */
export async function pngFile(svg: SVGSVGElement): Promise<Blob> {
  const { width, height } = sizeOf(svg)
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgFile(svg))}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = width * 2
  canvas.height = height * 2
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error('the picture cannot be drawn')) : resolve(blob)),
      'image/png',
    )
  })
}
