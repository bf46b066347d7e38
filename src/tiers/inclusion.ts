/**
 * Probability π_e that expert e is among the `topk` that a token draws one after another without replacement, each time
 * in proportion to `weights` (a Plackett–Luce draw: what the top k of logits with Gumbel noise are). Exact up to
 * rounding; the π sum to `topk`.
 *
 * Give every expert an exponential clock of rate w_e; the k that ring first are such a draw, so that
 * π_e = ∫ w_e·e^(−w_e·t)·P(at most k − 1 others have rung by t) dt. Over ln t the integrand falls off doubly
 * exponentially on both sides, where the trapezoidal rule converges geometrically (Trefethen and Weideman, SIAM Review
 * 56, 2014). The counts of others are Poisson-binomial, from prefixes and suffixes, without a subtraction.
 * @param weights not negative, at least `topk` of them above 0
 */
export function inclusionProbabilities(weights: ArrayLike<number>, topk: number): Float64Array {
  const count = weights.length
  const total = sumOf(weights)
  const rates = Float64Array.from(weights, (weight) => weight / total)
  if (rates.every((rate) => rate === rates[0])) return new Float64Array(count).fill(topk / count)
  const drawable = rates.filter((rate) => rate > 0).length
  if (drawable <= topk) return rates.map((rate) => (rate > 0 ? 1 : 0))
  const included = integral(rates, topk)
  const scale = topk / sumOf(included)
  return included.map((share) => Math.min(1, share * scale))
}

/** Rates sum to 1, so that the first clock rings at about 1 and nothing happens before this. */
const START = 1e-13
/** What is left of the integral once this few draws are still open. */
const NEGLIGIBLE = 1e-15

function integral(rates: Float64Array, topk: number): Float64Array {
  const included = new Float64Array(rates.length)
  // The count of rung clocks passes k within about 1/√k of ln t.
  const step = Math.min(0.1, 0.5 / Math.sqrt(topk))
  const rung = new Float64Array(rates.length)
  for (let x = Math.log(START); ; x += step) {
    const time = Math.exp(x)
    for (let e = 0; e < rates.length; e++) rung[e] = -Math.expm1(-rates[e]! * time)
    const open = addNode(included, rates, rung, { time, step, topk })
    if (open < NEGLIGIBLE) return included
  }
}

interface Node {
  readonly time: number
  readonly step: number
  readonly topk: number
}

/** Adds one node of the rule to `included`; returns the probability that the draw is not over by then. */
function addNode(included: Float64Array, rates: Float64Array, rung: Float64Array, { time, step, topk }: Node): number {
  const count = rates.length
  const before = countsBefore(rung, topk)
  const row = new Float64Array(topk)
  row[0] = 1
  // `row`: distribution of the rung among the experts behind e.
  for (let e = count - 1; e >= 0; e--) {
    const rate = rates[e]!
    const density = rate * time * Math.exp(-rate * time)
    if (density > 0) included[e]! += step * density * atMost(before, e * topk, row, topk)
    addClock(row, rung[e]!, topk)
  }
  return sumOf(row)
}

/** Row e: distribution of how many of the first e clocks have rung, cut off at `topk`. */
function countsBefore(rung: Float64Array, topk: number): Float64Array {
  const rows = new Float64Array(rung.length * topk)
  const row = new Float64Array(topk)
  row[0] = 1
  for (let e = 0; e < rung.length; e++) {
    rows.set(row, e * topk)
    addClock(row, rung[e]!, topk)
  }
  return rows
}

function addClock(row: Float64Array, chance: number, topk: number): void {
  for (let j = topk - 1; j > 0; j--) row[j] = row[j]! * (1 - chance) + row[j - 1]! * chance
  row[0] = row[0]! * (1 - chance)
}

/** P(i + j ≤ topk − 1) for counts i of `rows` from `from` on and j of `row`. */
function atMost(rows: Float64Array, from: number, row: Float64Array, topk: number): number {
  let cumulated = 0
  let chance = 0
  for (let j = 0; j < topk; j++) {
    cumulated += row[j]!
    chance += cumulated * rows[from + topk - 1 - j]!
  }
  return chance
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum
}
