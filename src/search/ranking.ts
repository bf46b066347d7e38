import { isKnown } from '../catalog/index.ts'
import type { SearchMeasure, SearchPoint, ServiceGoal } from './search-types.ts'

/** How good a point is for who pays: larger is better. Undefined where no price is known. */
export function worth({ load: { throughput, perMtokOutput } }: SearchPoint, by: SearchMeasure): number | undefined {
  if (by === 'chip') return throughput.outputPerChip.value
  return isKnown(perMtokOutput) ? -perMtokOutput.value : undefined
}

/**
 * The points that no other one beats in both the speed of each user and what they are weighed by; of equal ones the first of the
 * plan. Which points were offered in which order makes no difference.
 */
export class Frontier {
  private points: { readonly point: SearchPoint; readonly speed: number; readonly worth: number }[] = []

  offer(point: SearchPoint, its: number): void {
    const speed = point.load.throughput.perUser.value
    for (const other of this.points) {
      if (other.speed < speed || other.worth < its) continue
      const isEqual = other.speed === speed && other.worth === its
      if (!isEqual || other.point.place <= point.place) return
    }
    this.points = this.points.filter((other) => other.speed > speed || other.worth > its)
    this.points.push({ point, speed, worth: its })
  }

  /** By descending speed of a user. */
  list(): SearchPoint[] {
    return this.points.toSorted((a, b) => b.speed - a.speed).map(({ point }) => point)
  }
}

/** By how much a point misses a goal: the largest ratio of a figure to its bound; at most 1 when it meets all of them. */
export function miss({ load: { ttft, tpot, throughput } }: SearchPoint, goal: ServiceGoal): number {
  return Math.max(
    goal.ttft === undefined ? 0 : ttft.value / goal.ttft,
    goal.tpot === undefined ? 0 : tpot.value / goal.tpot,
    goal.userSpeed === undefined ? 0 : goal.userSpeed / throughput.perUser.value,
  )
}

/** Whether a point comes before another one with the same figures: fewer chips, then its place in the plan. */
export function isEarlier(point: SearchPoint, other: SearchPoint): boolean {
  const [chips, others] = [point.load.chips, other.load.chips]
  return chips === others ? point.place < other.place : chips < others
}
