import type { Box, Panel } from './figure.ts'

/** Pixel of a place on the x axis. */
export function xOf(at: number, { x }: Panel, { left, width }: Box): number {
  return left + ((at - x.min) / (x.max - x.min)) * width
}

/** Pixel of a place on the y axis. */
export function yOf(at: number, { y }: Panel, { top, height }: Box): number {
  return top + height - ((at - y.min) / (y.max - y.min)) * height
}
