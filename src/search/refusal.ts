import type { Refusal } from './search-types.ts'

/** Configurations without numbers, counted by reason. */
export class Tally {
  private readonly counts = new Map<string, number>()

  add(reason: string, count: number): void {
    if (count > 0) this.counts.set(reason, (this.counts.get(reason) ?? 0) + count)
  }

  addAll(refusals: readonly Refusal[]): void {
    for (const { reason, count } of refusals) this.add(reason, count)
  }

  /** Most frequent first, equal ones by name: the same however a plan was divided. */
  list(): Refusal[] {
    const all = [...this.counts].map(([reason, count]) => ({ reason, count }))
    return all.toSorted((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
  }
}
