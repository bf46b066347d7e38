/**
 * Load of the slowest expert-parallel rank over the mean load. Experts are not equally popular: with a coefficient of
 * variation `spread` between experts and E/R experts per rank, a rank's load varies by spread/√(E/R); the largest of R
 * such loads lies about √(2·ln R) deviations above the mean (extreme-value estimate of a normal sample).
 * Random routing of a finite batch adds its own variance 1/(tokens per rank).
 */
export function rankImbalance(experts: number, ranks: number, routedPerRank: number, spread: number): number {
  if (ranks <= 1) return 1
  const perRank = experts / ranks
  const variance = (spread * spread) / perRank + 1 / Math.max(routedPerRank, 1)
  // One rank can at most receive everything.
  return Math.min(1 + Math.sqrt(2 * Math.log(ranks) * variance), ranks)
}
