import { type Lattice, corners, knotCount, locate } from '../../src/kernel/lattice.ts'

/** Points of a surface to fit: coordinates one after the other, and the value wanted at each. */
export interface Points {
  readonly axes: Lattice['axes']
  readonly coordinates: Float64Array
  readonly values: Float64Array
}

/** Weight of a second difference between neighbouring knots against one point: smooth where there is little data. */
const SMOOTHNESS = 0.003
/** Weight of staying near the parent, per knot. */
const TIE = 0.0003
/** Passes of reweighted least squares, which come near to least absolute errors. */
const PASSES = 4
/** Errors below this (log scale) all count alike: noise. */
const NOISE = 0.02
const ITERATIONS = 300
const CLOSE_ENOUGH = 1e-5

/** Knots and shares of every point, so that passes do not look them up again. */
interface Design {
  readonly starts: Int32Array
  readonly places: Int32Array
  readonly shares: Float64Array
}

/**
 * Knots of the lattice nearest to the points: iteratively reweighted least squares (towards least absolute errors, so that
 * a badly chosen kernel here and there does not bend it), second differences along each axis kept small, and a weak tie
 * to `parent`, which fills what no point tells. Solved by conjugate gradients; deterministic.
 */
export function fitLattice(points: Points, parent?: Float64Array): Float64Array {
  const { axes, values } = points
  const design = designOf(points)
  const prior = parent ?? new Float64Array(knotCount(axes))
  // Deviations from the parent are smooth, whatever the parent is.
  const targets = values.map((value, i) => value - at(design, prior, i))
  let found = new Float64Array(prior.length)
  const weights = new Float64Array(values.length).fill(1)
  for (let pass = 0; pass < PASSES; pass++) {
    found = solve(axes, design, targets, weights, found)
    for (let i = 0; i < weights.length; i++) {
      weights[i] = NOISE / Math.max(Math.abs(targets[i]! - at(design, found, i)), NOISE)
    }
  }
  return found.map((value, i) => value + prior[i]!)
}

/** Values of a lattice at all points. */
export function evaluate(points: Points, knots: Float64Array): Float64Array {
  const design = designOf(points)
  return points.values.map((_, i) => at(design, knots, i))
}

function designOf({ axes, coordinates, values }: Points): Design {
  const dimensions = axes.length
  const most = values.length << dimensions
  const design = {
    starts: new Int32Array(values.length + 1),
    places: new Int32Array(most),
    shares: new Float64Array(most),
  }
  const found = corners()
  let used = 0
  for (let i = 0; i < values.length; i++) {
    locate(axes, coordinates.subarray(i * dimensions, (i + 1) * dimensions), found)
    for (let c = 0; c < found.count; c++, used++) {
      design.places[used] = found.places[c]!
      design.shares[used] = found.shares[c]!
    }
    design.starts[i + 1] = used
  }
  return design
}

function at({ starts, places, shares }: Design, knots: Float64Array, i: number): number {
  let sum = 0
  for (let c = starts[i]!; c < starts[i + 1]!; c++) sum += shares[c]! * knots[places[c]!]!
  return sum
}

function solve(
  axes: Lattice['axes'],
  design: Design,
  targets: Float64Array,
  weights: Float64Array,
  start: Float64Array,
): Float64Array<ArrayBuffer> {
  const size = start.length
  const right = new Float64Array(size)
  for (let i = 0; i < targets.length; i++) spread(design, i, weights[i]! * targets[i]!, right)
  const scale = diagonal(axes, design, weights, size)
  const x = Float64Array.from(start)
  const residue = right.slice()
  const image = new Float64Array(size)
  normal(axes, design, weights, x, image)
  for (let j = 0; j < size; j++) residue[j]! -= image[j]!
  const direction = residue.map((value, j) => value / scale[j]!)
  let energy = dot(residue, direction)
  const enough = energy * CLOSE_ENOUGH * CLOSE_ENOUGH + 1e-18
  for (let i = 0; i < ITERATIONS && energy > enough; i++) {
    normal(axes, design, weights, direction, image)
    const length = energy / dot(direction, image)
    for (let j = 0; j < size; j++) {
      x[j]! += length * direction[j]!
      residue[j]! -= length * image[j]!
    }
    const scaled = residue.map((value, j) => value / scale[j]!)
    const next = dot(residue, scaled)
    for (let j = 0; j < size; j++) direction[j] = scaled[j]! + (next / energy) * direction[j]!
    energy = next
  }
  return x
}

function spread({ starts, places, shares }: Design, i: number, amount: number, into: Float64Array): void {
  for (let c = starts[i]!; c < starts[i + 1]!; c++) into[places[c]!]! += shares[c]! * amount
}

function diagonal(axes: Lattice['axes'], design: Design, weights: Float64Array, size: number): Float64Array {
  const sums = new Float64Array(size).fill(TIE + 6 * SMOOTHNESS * axes.length)
  for (let i = 0; i < weights.length; i++) {
    for (let c = design.starts[i]!; c < design.starts[i + 1]!; c++) {
      sums[design.places[c]!]! += weights[i]! * design.shares[c]! ** 2
    }
  }
  return sums
}

// (AᵀWA + smoothness·DᵀD + tie)·x
function normal(
  axes: Lattice['axes'],
  design: Design,
  weights: Float64Array,
  x: Float64Array,
  into: Float64Array,
): void {
  for (let j = 0; j < x.length; j++) into[j] = TIE * x[j]!
  for (let i = 0; i < weights.length; i++) spread(design, i, weights[i]! * at(design, x, i), into)
  let stride = 1
  for (let d = axes.length - 1; d >= 0; d--) {
    const length = axes[d]!.length
    bend(x, length, stride, into)
    stride *= length
  }
}

// Second differences along one axis, in knots: axes are spaced so that the surface bends evenly.
function bend(x: Float64Array, length: number, stride: number, into: Float64Array): void {
  for (let j = 0; j < x.length; j++) {
    const place = Math.floor(j / stride) % length
    if (place === 0 || place >= length - 1) continue
    const second = SMOOTHNESS * (x[j - stride]! - 2 * x[j]! + x[j + stride]!)
    into[j - stride]! += second
    into[j]! -= 2 * second
    into[j + stride]! += second
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
