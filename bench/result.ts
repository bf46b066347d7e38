/** One figure. Names are stable; later work adds names. */
export interface BenchResult {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** Best of the repeats, where there are any; for people, not part of the JSON. */
  readonly best?: number
}
