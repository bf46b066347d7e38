import { knotCount } from '../../src/kernel/lattice.ts'
import { decodeSteps, encodeSteps } from '../../src/kernel/surface-text.ts'
import { type Family, axesOf } from '../../src/kernel/surface-family.ts'
import { type Points, evaluate, fitLattice } from './lattice-fit.ts'
import type { Sample } from './samples.ts'

/** Points that the shared surface is fitted to; more of them say nothing new of it. */
const SHARED_POINTS = 30_000

/** Surface that chips share, as text: fitted to the points of all of them. */
export function fitShared(family: Family, samples: readonly Sample[]): string {
  const all = samples.reduce((sum, { values }) => sum + values.length, 0)
  return encodeSteps(fitLattice(joined(family, samples, Math.ceil(all / SHARED_POINTS))))
}

/** A chip's difference from the knots of its kin, as text. */
export function fitChip(family: Family, sample: Sample, parent: Float64Array): string {
  const knots = fitLattice(joined(family, [sample], 1), parent)
  return encodeSteps(knots.map((value, i) => value - parent[i]!))
}

/** Knots as the engine reads them. */
export function differing(family: Family, parent: Float64Array, difference: string): Float64Array {
  return decode(family, difference).map((value, i) => value + parent[i]!)
}

/** Knots of a surface that is told whole. */
export function decode(family: Family, text: string): Float64Array {
  return decodeSteps(text, knotCount(axesOf(family)))
}

/** Errors |predicted/measured − 1| at the shapes that no fit has seen. */
export function heldErrors(family: Family, sample: Sample, knots: Float64Array): number[] {
  const points = pointsOf(family, sample, (i) => sample.isHeld[i] === 1)
  return [...evaluate(points, knots)].map((value, i) => Math.abs(Math.expm1(value - points.values[i]!)))
}

function joined(family: Family, samples: readonly Sample[], stride: number): Points {
  const parts = samples.map((sample) => pointsOf(family, sample, (i) => sample.isHeld[i] === 0 && i % stride === 0))
  const concat = (arrays: readonly Float64Array[]): Float64Array => {
    const whole = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const array of arrays) {
      whole.set(array, at)
      at += array.length
    }
    return whole
  }
  return {
    axes: axesOf(family),
    coordinates: concat(parts.map(({ coordinates }) => coordinates)),
    values: concat(parts.map(({ values }) => values)),
  }
}

function pointsOf(family: Family, sample: Sample, takes: (i: number) => boolean): Points {
  const axes = axesOf(family)
  const kept = Array.from(sample.values.keys()).filter(takes)
  const coordinates = new Float64Array(kept.length * axes.length)
  for (const [to, from] of kept.entries()) {
    coordinates.set(sample.coordinates.subarray(from * axes.length, (from + 1) * axes.length), to * axes.length)
  }
  return { axes, coordinates, values: Float64Array.from(kept, (i) => sample.values[i]!) }
}
