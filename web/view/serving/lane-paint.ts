import type { Lanes } from '../../engine/lanes.ts'

export interface LaneLayout {
  readonly width: number
  readonly height: number
  readonly x: (seconds: number) => number
  readonly y: (lane: number) => number
  /** Height of a lane. */
  readonly lane: number
  readonly left: number
}

/** Requests painted on a canvas. */
export interface LanePaint {
  /** What lies before `x` in full, what is to come faint. */
  readonly show: (x: number) => void
}

const FAINT = 0.32

/** Paints requests once; `show` then only copies, sixty times a second. */
export function paintLanes(canvas: HTMLCanvasElement, lanes: Lanes, layout: LaneLayout): LanePaint {
  const fine = Math.min(3, devicePixelRatio || 1)
  const [width, height] = [Math.round(layout.width * fine), Math.round(layout.height * fine)]
  canvas.width = width
  canvas.height = height
  const full = document.createElement('canvas')
  full.width = width
  full.height = height
  const context = full.getContext('2d')
  if (context !== null) {
    context.scale(fine, fine)
    paint(context, coloursOf(canvas), lanes, layout)
  }
  return { show: (x) => copy(canvas, full, Math.round(Math.min(layout.width, Math.max(0, x)) * fine)) }
}

interface Colours {
  readonly queue: string
  readonly prefill: string
  readonly decode: string
}

// A canvas knows no variables: an element that has them as its colour tells.
function coloursOf(canvas: HTMLCanvasElement): Colours {
  const read = (name: string): string => {
    canvas.className = name
    return getComputedStyle(canvas).color
  }
  const colours = { queue: read('ink-waiting'), prefill: read('ink-prefill'), decode: read('ink-decoding') }
  canvas.className = ''
  return colours
}

function paint(context: CanvasRenderingContext2D, colours: Colours, lanes: Lanes, layout: LaneLayout): void {
  const { x, y, lane: size, left, width } = layout
  context.beginPath()
  context.rect(left, 0, width - left, layout.height)
  context.clip()
  const bar = (colour: string, from: number, to: number, top: number, height: number): void => {
    context.fillStyle = colour
    context.fillRect(x(from), top, Math.max(0.6, x(to) - x(from)), height)
  }
  for (let i = 0; i < lanes.request.length; i++) {
    const top = y(lanes.lane[i]!)
    const [arrival, scheduled, first, end] = [
      lanes.arrival[i]!,
      lanes.scheduled[i]!,
      lanes.firstToken[i]!,
      lanes.end[i]!,
    ]
    // Heights tell the parts apart without their colours.
    bar(colours.decode, first, end, top + 1.5, size - 3.5)
    if (scheduled > arrival) bar(colours.queue, arrival, scheduled, top + size / 2 - 1, 1.6)
    bar(colours.prefill, scheduled, first, top, size - 0.5)
  }
}

function copy(canvas: HTMLCanvasElement, full: HTMLCanvasElement, at: number): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  const { width, height } = canvas
  context.clearRect(0, 0, width, height)
  context.globalAlpha = FAINT
  if (at < width) context.drawImage(full, at, 0, width - at, height, at, 0, width - at, height)
  context.globalAlpha = 1
  if (at > 0) context.drawImage(full, 0, 0, at, height, 0, 0, at, height)
}
