/**
 * Sums of products that outgrow 2^53, kept exactly as pairs of float64: [high, low] with value high·2^52 + low and
 * 0 ≤ low < 2^52. Pair `at` of `sums` lies at 2·at.
 */
export const WORD: number = 2 ** 52
const HALF = 2 ** 26

/** Adds count·ticks, both whole, count ≤ 2^26, ticks ≤ 2^53. */
export function addProduct(sums: Float64Array, at: number, count: number, ticks: number): void {
  const product = count * ticks
  if (product < WORD) addWord(sums, at, product)
  else addLarge(sums, at, count, ticks)
}

/** Adds a whole number below 2^52. */
export function addWord(sums: Float64Array, at: number, value: number): void {
  const low = (sums[2 * at + 1] ?? 0) + value
  if (low < WORD) {
    sums[2 * at + 1] = low
    return
  }
  sums[2 * at + 1] = low - WORD
  sums[2 * at] = (sums[2 * at] ?? 0) + 1
}

// Schoolbook multiplication by halves of 26 bits.
function addLarge(sums: Float64Array, at: number, count: number, ticks: number): void {
  const upper = Math.floor(ticks / HALF)
  const middle = count * upper
  const carry = Math.floor(middle / HALF)
  sums[2 * at] = (sums[2 * at] ?? 0) + carry
  addWord(sums, at, (middle - carry * HALF) * HALF)
  const rest = count * (ticks - upper * HALF)
  addWord(sums, at, rest)
}

/** The pair as an exact integer. */
export function exactTotal(sums: Float64Array, at: number): bigint {
  return BigInt(sums[2 * at] ?? 0) * BigInt(WORD) + BigInt(sums[2 * at + 1] ?? 0)
}
