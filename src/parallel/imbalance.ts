/**
 * Load of the slowest expert-parallel rank over the mean load. Experts are not equally popular: with a coefficient of
 * variation `spread` between experts and E/R experts per rank, a rank's load varies by spread/√(E/R); the largest of R
 * such loads lies `largestOf(R)` deviations above the mean. Random routing of a finite batch adds its own variance
 * 1/(tokens per rank).
 */
export function rankImbalance(experts: number, ranks: number, routedPerRank: number, spread: number): number {
  if (ranks <= 1) return 1
  const perRank = experts / ranks
  const variance = (spread * spread) / perRank + 1 / Math.max(routedPerRank, 1)
  // One rank can at most receive everything.
  return Math.min(1 + largestOf(ranks) * Math.sqrt(variance), ranks)
}

/**
 * Distinct experts that the busiest of `ranks` ranks reads when `hit` of `experts` are hit in all: each of a rank's E/R
 * experts is hit with probability p = hit/E, so their number varies by √(E/R·p·(1 − p)).
 */
export function mostDistinct(experts: number, ranks: number, hit: number): number {
  const perRank = experts / ranks
  const share = Math.min(hit / experts, 1)
  if (ranks <= 1) return perRank * share
  return Math.min(perRank * share + largestOf(ranks) * Math.sqrt(perRank * share * (1 - share)), perRank)
}

/**
 * Expected largest of `count` standard normal values: Blom's (1958) Φ⁻¹((n − 0.375)/(n + 0.25)), with Tukey's lambda
 * (p^0.135 − (1 − p)^0.135)/0.1975 for Φ⁻¹; within 1 % up to hundreds of ranks.
 */
export function largestOf(count: number): number {
  if (count <= 1) return 0
  let largest = LARGEST.get(count)
  if (largest === undefined) {
    const p = (count - 0.375) / (count + 0.25)
    largest = (p ** 0.135 - (1 - p) ** 0.135) / 0.1975
    LARGEST.set(count, largest)
  }
  return largest
}

/** By number of ranks, of which a search sees a few and asks at every step of every load. */
const LARGEST = new Map<number, number>()
