/**
 * Whole numbers ≥ 0 → whole numbers ≥ 0, for few entries among many possible keys: open addressing with linear probing in two
 * columns, so that what a cache holds stays close together in memory however many blocks a trace names.
 */
export class UnitMap {
  /** Key + 1; 0 = empty. */
  private keys: Int32Array
  private values: Int32Array
  private shift: number
  private size = 0

  /** @param expected entries that will be in it at a time, about */
  constructor(expected: number) {
    const bits = Math.max(4, 34 - Math.clz32(expected))
    this.keys = new Int32Array(2 ** bits)
    this.values = new Int32Array(2 ** bits)
    this.shift = 32 - bits
  }

  /** −1: not there. */
  get(key: number): number {
    const { keys } = this
    const mask = keys.length - 1
    let at = Math.imul(key, GOLDEN) >>> this.shift
    for (;;) {
      const found = keys[at] ?? 0
      if (found === key + 1) return this.values[at] ?? 0
      if (found === 0) return -1
      at = (at + 1) & mask
    }
  }

  /** The value of a key; one that is not there gets `value`, and −1 is returned. */
  claim(key: number, value: number): number {
    if (2 * this.size >= this.keys.length) this.grow()
    const { keys } = this
    const mask = keys.length - 1
    let at = Math.imul(key, GOLDEN) >>> this.shift
    for (;;) {
      const found = keys[at] ?? 0
      if (found === key + 1) return this.values[at] ?? 0
      if (found === 0) break
      at = (at + 1) & mask
    }
    keys[at] = key + 1
    this.values[at] = value
    this.size += 1
    return -1
  }

  /** Removes a key that is there; what probing had pushed behind it moves up. */
  delete(key: number): void {
    const { keys, values } = this
    const mask = keys.length - 1
    let hole = Math.imul(key, GOLDEN) >>> this.shift
    while (keys[hole] !== key + 1) hole = (hole + 1) & mask
    for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      const moved = keys[at] ?? 0
      if (moved === 0) break
      const home = Math.imul(moved - 1, GOLDEN) >>> this.shift
      // It may move up unless its home lies behind the hole.
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      keys[hole] = moved
      values[hole] = values[at] ?? 0
      hole = at
    }
    keys[hole] = 0
    this.size -= 1
  }

  private grow(): void {
    const { keys, values } = this
    this.keys = new Int32Array(2 * keys.length)
    this.values = new Int32Array(2 * keys.length)
    this.shift -= 1
    this.size = 0
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] ?? 0
      if (key !== 0) this.claim(key - 1, values[at] ?? 0)
    }
  }
}

/** 2^32 over the golden ratio: spreads consecutive numbers evenly (Knuth, vol. 3, 6.4). */
const GOLDEN = 0x9e3779b1
