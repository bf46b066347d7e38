import type { Panel } from './figure.ts'

/** Where a panel's axes stand, in pixels. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Pixel of a place on the x axis. */
export function xOf(at: number, { x }: Panel, { left, width }: Box): number {
  return left + ((at - x.min) / (x.max - x.min)) * width
}

/** Pixel of a place on the y axis. */
export function yOf(at: number, { y }: Panel, { top, height }: Box): number {
  return top + height - ((at - y.min) / (y.max - y.min)) * height
}

export function text(className: string, x: number, y: number, content: string): string {
  return `<text class="${className}" x="${px(x)}" y="${px(y)}">${escaped(content)}</text>`
}

/** Tenths of a pixel are enough. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10)
}

// Characters that XML forbids are dropped: names come from files.
/** Text as it may stand in XML. */
export function escaped(content: string): string {
  return (
    content
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  )
}
