import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { PincerError } from '../../issue/index.ts'

/** A seeded sequence of random bits. Draws change it; two subsystems never share one. */
export type RandomStream = RandomGenerator

/**
 * The stream of one subsystem: same seed and name, same numbers, whatever other subsystems draw. Xoroshiro128+ whose
 * 128 bits of state come from the seed and the name.
 * @throws PincerError `invalid_value` when the seed is not a whole number from 0 to 2^53 − 1
 */
export function rng(seed: number, subsystem: string): RandomStream {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new PincerError({
      code: 'invalid_value',
      path: ['seed'],
      message: `${seed} is not a whole number from 0 to 2^53 − 1`,
    })
  }
  const name = nameHash(subsystem)
  const high = Math.floor(seed / 2 ** 32)
  const state: number[] = [1, 2, 3, 4].map((word) =>
    mixed((seed >>> 0) + mixed(high + mixed(name + word * 0x9e3779b9))),
  )
  // The one state from which the generator never moves.
  if (!state.some((word) => word !== 0)) state[0] = 1
  return xoroshiro128plusFromState(state)
}

/** FNV-1a, 32 bits. */
function nameHash(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** The finaliser of MurmurHash3: every input bit reaches every output bit. */
function mixed(word: number): number {
  let bits = word | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) | 0
}

/** Uniform on [0, 1), 53 bits. */
export function uniform(random: RandomStream): number {
  return uniformFloat64(random)
}

/** Exponential with mean 1. */
export function exponential(random: RandomStream): number {
  return -Math.log1p(-uniformFloat64(random))
}

/** Normal with mean 0 and variance 1 (Marsaglia's polar method; the second value is thrown away to keep no state). */
export function normal(random: RandomStream): number {
  for (;;) {
    const u = 2 * uniformFloat64(random) - 1
    const v = 2 * uniformFloat64(random) - 1
    const square = u * u + v * v
    if (square < 1 && square > 0) return u * Math.sqrt((-2 * Math.log(square)) / square)
  }
}

/**
 * Gamma with the given shape and scale 1 (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000;
 * below shape 1 by their boost with a power of a uniform).
 */
export function gamma(random: RandomStream, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * (1 - uniformFloat64(random)) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const z = normal(random)
    const cube = (1 + c * z) ** 3
    if (cube <= 0) continue
    const u = 1 - uniformFloat64(random)
    if (Math.log(u) < 0.5 * z * z + d - d * cube + d * Math.log(cube)) return d * cube
  }
}
