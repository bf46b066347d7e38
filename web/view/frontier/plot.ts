import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from 'd3-scale'
import { type SearchPoint, type SearchQuestion, isKnown } from '../../../src/index.ts'
import type { Cloud } from '../../engine/method/search.ts'

export type Measure = 'chip' | 'cost'
/** The measure that an answer is about: while another is asked, the picture stays what it is. */
export function byOf({ question }: { readonly question: SearchQuestion }): Measure {
  return question.by ?? 'chip'
}

export type ScaleKind = 'log' | 'linear'
type Scale = ScaleContinuousNumeric<number, number>

/** Where numbers stand in a picture. */
export interface Plot {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly x: Scale
  readonly y: Scale
  readonly kind: ScaleKind
}

interface Extent {
  readonly from: number
  readonly to: number
}

const LEAST_WIDTH = 240

/** A picture of some width for points that lie between these ends. */
export function plotOf(given: number, speed: Extent, worth: Extent, kind: ScaleKind): Plot {
  // What is not laid out yet has no width.
  const width = Math.max(LEAST_WIDTH, given)
  const isNarrow = width < 560
  const height = isNarrow ? 360 : Math.round(Math.min(560, width * 0.56))
  const [left, right, top, bottom] = [isNarrow ? 50 : 58, 14, 30, height - 40]
  const scale = ({ from, to }: Extent): Scale =>
    kind === 'log' ? scaleLog().domain([from / 1.15, to * 1.15]) : scaleLinear().domain([0, to * 1.04])
  return {
    width,
    height,
    left,
    right: width - right,
    top,
    bottom,
    x: scale(speed).range([left, width - right]),
    y: scale(worth).range([bottom, top]),
    kind,
  }
}

/** The value of a point on the vertical axis; undefined where no price is known. */
export function worthOf({ load: { throughput, perMtokOutput } }: SearchPoint, by: Measure): number | undefined {
  if (by === 'chip') return throughput.outputPerChip.value
  return isKnown(perMtokOutput) ? perMtokOutput.value : undefined
}

export function worthColumn(cloud: Cloud, by: Measure): Float64Array {
  return by === 'chip' ? cloud.perChip : cloud.cost
}

/** The ends of all numbers above zero; 1 to 10 where there is none. */
export function extentOf(columns: readonly (Float64Array | readonly number[])[]): Extent {
  let [from, to] = [Number.POSITIVE_INFINITY, 0]
  for (const column of columns) {
    for (const value of column) {
      if (!(value > 0)) continue
      if (value < from) from = value
      if (value > to) to = value
    }
  }
  return to > 0 ? { from, to: Math.max(to, from * 1.01) } : { from: 1, to: 10 }
}

/** Places of lines and labels on an axis: 1, 2, 5 in each decade where there is room for them. */
export function ticksOf(scale: Scale, kind: ScaleKind, most: number): number[] {
  if (kind === 'linear') return scale.ticks(most)
  const [from = 1, to = 10] = scale.domain()
  const decades = Math.log10(to / from)
  const steps = decades * 3 <= most ? [1, 2, 5] : decades * 2 <= most ? [1, 3] : [1]
  const first = Math.floor(Math.log10(from))
  const count = Math.ceil(Math.log10(to)) - first + 1
  return Array.from({ length: count }, (_, i) => steps.map((step) => Number(`${step}e${first + i}`)))
    .flat()
    .filter((value) => value >= from && value <= to)
}

/** The point of a cloud that is nearest to a place in the picture, within `reach` pixels. */
export function nearestOf(
  plot: Plot,
  clouds: readonly (Cloud | undefined)[],
  by: Measure,
  at: { readonly x: number; readonly y: number },
  reach = 12,
): { chip: number; row: number } | undefined {
  let found: { chip: number; row: number } | undefined
  let least = reach ** 2
  for (const [chip, cloud] of clouds.entries()) {
    if (cloud === undefined) continue
    const worth = worthColumn(cloud, by)
    for (let row = 0; row < worth.length; row++) {
      const dx = plot.x(cloud.speed[row]!) - at.x
      if (Math.abs(dx) > reach) continue
      const distance = dx ** 2 + (plot.y(worth[row]!) - at.y) ** 2
      if (distance < least) [least, found] = [distance, { chip, row }]
    }
  }
  return found
}
