import { useRef, useState } from 'preact/hooks'
import { type Plot } from './plot.ts'
import type { Region } from './schema.ts'

interface Place {
  readonly x: number
  readonly y: number
}

/** Shorter ways are clicks, pixels. */
const CLICK = 5

interface BrushHandlers {
  /** The rectangle that is being dragged. */
  readonly drawn: Region | undefined
  readonly onPointerDown: (event: PointerEvent) => void
  readonly onPointerMove: (event: PointerEvent) => void
  readonly onPointerUp: (event: PointerEvent) => void
  readonly onPointerCancel: () => void
}

interface BrushOptions {
  readonly plot: Plot
  readonly onRegion: (region: Region) => void
  readonly onClick: (at: Place) => void
  readonly onHover: (at: Place) => void
}

/** Dragging a rectangle with a mouse or a pen; fingers scroll the page, and have the fields beside the table. */
export function useBrush({ plot, onRegion, onClick, onHover }: BrushOptions): BrushHandlers {
  const start = useRef<Place | undefined>(undefined)
  const [drawn, setDrawn] = useState<Region | undefined>(undefined)
  const stop = (): void => {
    start.current = undefined
    setDrawn(undefined)
  }
  return {
    drawn,
    onPointerDown: (event) => {
      if (event.pointerType === 'touch' || event.button !== 0) return
      start.current = placeOf(event)
      ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    },
    onPointerMove: (event) => {
      const at = placeOf(event)
      const from = start.current
      if (from === undefined) onHover(at)
      else if (isFar(from, at)) setDrawn(regionOf(plot, from, at))
    },
    onPointerUp: (event) => {
      const [from, at] = [start.current ?? placeOf(event), placeOf(event)]
      stop()
      if (isFar(from, at)) onRegion(regionOf(plot, from, at))
      else onClick(at)
    },
    onPointerCancel: stop,
  }
}

function placeOf(event: PointerEvent): Place {
  const box = (event.currentTarget as Element).closest('svg')!.getBoundingClientRect()
  return { x: event.clientX - box.left, y: event.clientY - box.top }
}

function isFar(from: Place, to: Place): boolean {
  return Math.abs(from.x - to.x) > CLICK || Math.abs(from.y - to.y) > CLICK
}

function regionOf({ x, y, left, right, top, bottom }: Plot, from: Place, to: Place): Region {
  const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value))
  // Three digits are finer than a pixel.
  const inverse = (scale: Plot['x'], at: number): number => Math.max(0, Number(scale.invert(at).toPrecision(3)))
  const [x0, x1] = [from.x, to.x].map((at) => within(at, left, right)).toSorted((a, b) => a - b) as [number, number]
  const [y0, y1] = [from.y, to.y].map((at) => within(at, top, bottom)).toSorted((a, b) => a - b) as [number, number]
  return { speed: [inverse(x, x0), inverse(x, x1)], worth: [inverse(y, y1), inverse(y, y0)] }
}
