/** A small seeded generator (xoshiro128**), so that every test draws the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number
  /** Exponential with the given mean. */
  exponential(mean: number): number
  /** Uniform integer in [min, max]. */
  integer(min: number, max: number): number
}

export function seededRandom(seed: number): Random {
  const state = Uint32Array.from({ length: 4 }, (_, i) => mix(seed + Math.imul(i + 1, 0x9e3779b9)))
  const uniform = (): number => {
    const high = nextWord(state) >>> 5
    const low = nextWord(state) >>> 6
    return (high * 0x4000000 + low) / 0x20000000000000
  }
  return {
    uniform,
    exponential: (mean) => -mean * Math.log(1 - uniform()),
    integer: (min, max) => min + Math.floor(uniform() * (max - min + 1)),
  }
}

function nextWord(state: Uint32Array): number {
  const [a, b, c, d] = state as unknown as [number, number, number, number]
  const result = Math.imul(rotate(Math.imul(b, 5), 7), 9)
  const e = c ^ a
  const f = d ^ b
  state[1] = b ^ e
  state[0] = a ^ f
  state[2] = e ^ (b << 9)
  state[3] = rotate(f, 11)
  return result
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

/** The finaliser of MurmurHash3: neighbouring seeds start far apart. */
function mix(word: number): number {
  let h = word | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
