import { Line, csvRows } from './line.ts'

/** Times of one layer's experts, µs, by tokens and by how many different experts these reach. */
export class ExpertTable {
  private readonly byExperts = new Map<number, Line>()
  private readonly fewest = new Map<number, number>()

  constructor(path: string) {
    for (const row of csvRows(path)) {
      const experts = Number(row['activated_experts'])
      const line = this.byExperts.get(experts) ?? new Line()
      if (!this.byExperts.has(experts)) this.fewest.set(experts, Number(row['tokens']))
      line.add(Number(row['tokens']), Number(row['time_us']))
      this.byExperts.set(experts, line)
    }
  }

  /** Linear in both; a column is held constant below its first point, since fewer tokens cannot reach as many experts. */
  at(tokens: number, experts: number): number {
    const columns = [...this.byExperts.keys()].toSorted((a, b) => a - b)
    const high = columns.find((column) => column >= experts) ?? columns.at(-1) ?? 0
    const low = columns.findLast((column) => column < high && column <= experts) ?? high
    const part = high === low ? 0 : (experts - low) / (high - low)
    return (1 - part) * this.column(low, tokens) + part * this.column(high, tokens)
  }

  private column(experts: number, tokens: number): number {
    return this.byExperts.get(experts)?.at(Math.max(tokens, this.fewest.get(experts) ?? 1)) ?? Number.NaN
  }
}
