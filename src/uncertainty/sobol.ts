import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { PincerError } from '../issue/index.ts'
import { rng } from '../serving/index.ts'
import { JOE_KUO } from './sobol-direction.ts'

const BITS = 32

/** Dimensions that direction numbers are kept for. */
export const MOST_DIMENSIONS: number = JOE_KUO.length + 1

/** Points of [0, 1)ᵈ that fill it more evenly than random ones; each call writes the next into `into`. */
export type PointSequence = (into: Float64Array) => void

/**
 * The Sobol' sequence in the Gray code order of I. A. Antonov and V. M. Saleev (1979) with the direction numbers of Joe and Kuo (2008).
 * @throws PincerError `too_large` for more dimensions than there are numbers for
 */
export function sobol(dimensions: number): PointSequence {
  return sequence(directions(dimensions), new Uint32Array(dimensions), 0)
}

/**
 * The same, scrambled: in each dimension the bits are mixed by a random lower triangular matrix and shifted by random bits (J. Matoušek, "On the
 * L2-discrepancy for anchored boxes", J. Complexity 14, 1998). Every point is uniform, all together stay a digital net, so that means over
 * 2ᵐ of them are unbiased, with an error that falls about as 1/N where the integrand is smooth. Points lie strictly between 0 and 1. Same seed,
 * same points.
 * @throws PincerError for a bad seed or too many dimensions
 */
export function scrambledSobol(dimensions: number, seed: number, stream = 'sobol'): PointSequence {
  const plain = directions(dimensions)
  const shift = new Uint32Array(dimensions)
  for (let d = 0; d < dimensions; d++) {
    const random = rng(seed, `${stream} ${d}`)
    const bits = (): number => Math.floor(uniformFloat64(random) * 2 ** BITS) >>> 0
    // Row r of the matrix, from the top bit: bits above the diagonal one at random, the diagonal 1.
    const rows = Array.from({ length: BITS }, (_, r) => (r === 0 ? 0 : (bits() & ~(0xffffffff >>> r)) >>> 0))
    for (let i = 0; i < BITS; i++) plain[d * BITS + i] = mixedBits(plain[d * BITS + i]!, rows)
    shift[d] = bits()
  }
  // Half of the last bit keeps 0 away, whose quantile may be infinite.
  return sequence(plain, shift, 0.5)
}

function mixedBits(word: number, rows: readonly number[]): number {
  let mixed = 0
  for (let r = 0; r < BITS; r++) {
    const diagonal = 0x80000000 >>> r
    if (parity(word & (rows[r]! | diagonal)) === 1) mixed |= diagonal
  }
  return mixed >>> 0
}

function parity(word: number): number {
  let bits = word ^ (word >>> 16)
  bits ^= bits >>> 8
  bits ^= bits >>> 4
  bits ^= bits >>> 2
  bits ^= bits >>> 1
  return bits & 1
}

function sequence(numbers: Uint32Array, start: Uint32Array, centre: number): PointSequence {
  const state = start.slice()
  const dimensions = state.length
  let index = 0
  return (into) => {
    for (let d = 0; d < dimensions; d++) into[d] = (state[d]! + centre) / 2 ** BITS
    // The lowest zero bit of the index.
    const changed = 31 - Math.clz32(~index & (index + 1))
    index++
    for (let d = 0; d < dimensions; d++) state[d] = (state[d]! ^ numbers[d * BITS + changed]!) >>> 0
  }
}

/** 32 direction numbers per dimension, as 32-bit fractions. */
function directions(dimensions: number): Uint32Array {
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > MOST_DIMENSIONS) {
    const message = `${dimensions} uncertain inputs are too many`
    throw new PincerError({ code: 'too_large', path: ['vary'], message, suggestion: `at most ${MOST_DIMENSIONS / 2}` })
  }
  const numbers = new Uint32Array(dimensions * BITS)
  for (let i = 0; i < BITS; i++) numbers[i] = (0x80000000 >>> i) >>> 0
  for (let d = 1; d < dimensions; d++) fillDimension(numbers.subarray(d * BITS, (d + 1) * BITS), JOE_KUO[d - 1]!)
  return numbers
}

// v_i = v_{i−s}/2^s ⊕ v_{i−s} ⊕ Σ a_k v_{i−k}: Joe and Kuo (2008), equation 2.
function fillDimension(v: Uint32Array, [a = 0, ...m]: readonly number[]): void {
  const s = m.length
  for (let i = 0; i < s; i++) v[i] = (m[i]! << (BITS - 1 - i)) >>> 0
  for (let i = s; i < BITS; i++) {
    let word = v[i - s]! ^ (v[i - s]! >>> s)
    for (let k = 1; k < s; k++) if (((a >>> (s - 1 - k)) & 1) === 1) word ^= v[i - k]!
    v[i] = word >>> 0
  }
}
