import type { TraceTable } from './trace-table.ts'

/** Rows on their way to becoming a table: columns that grow, in file order until they are sorted. */
export class RowBuffer {
  count = 0
  /** Ticks since the file's first row; negative for what came before it. */
  private arrival: Float64Array = new Float64Array(1024)
  private prompt: Int32Array = new Int32Array(1024)
  private output: Int32Array = new Int32Array(1024)
  private start: Float64Array = new Float64Array(1025)
  private ids: Int32Array = new Int32Array(1024)
  private isSorted = true

  push(arrival: number, prompt: number, output: number): void {
    const at = this.count
    if (at === this.arrival.length) this.grow()
    if (at > 0 && arrival < this.arrival[at - 1]!) this.isSorted = false
    this.arrival[at] = arrival
    this.prompt[at] = prompt
    this.output[at] = output
    this.start[at + 1] = this.start[at]!
    this.count = at + 1
  }

  /** Adds the first `count` of `ids` to the row pushed last. */
  pushIds(ids: Int32Array, count: number): void {
    const from = this.start[this.count]!
    if (from + count > this.ids.length) this.ids = larger(this.ids, Math.max(from + count, 2 * this.ids.length))
    this.ids.set(ids.subarray(0, count), from)
    this.start[this.count] = from + count
  }

  private grow(): void {
    const length = 2 * this.arrival.length
    this.prompt = larger(this.prompt, length)
    this.output = larger(this.output, length)
    const arrival = new Float64Array(length)
    arrival.set(this.arrival)
    this.arrival = arrival
    const start = new Float64Array(length + 1)
    start.set(this.start)
    this.start = start
  }

  /** Earliest arrival held; only after `sort`. */
  get first(): number {
    return this.arrival[0]!
  }

  /** Sorts by arrival; rows of one time stay in file order. */
  sort(): void {
    if (this.isSorted) return
    const { arrival, start } = this
    const order = Uint32Array.from({ length: this.count }, (_, i) => i)
    order.sort((a, b) => arrival[a]! - arrival[b]! || a - b)
    const ids = new Int32Array(start[this.count]!)
    const starts = new Float64Array(this.arrival.length + 1)
    for (const [to, from] of order.entries()) {
      const own = this.ids.subarray(start[from]!, start[from + 1]!)
      ids.set(own, starts[to])
      starts[to + 1] = starts[to]! + own.length
    }
    this.arrival = picked(this.arrival, order)
    this.prompt = picked(this.prompt, order)
    this.output = picked(this.output, order)
    this.start = starts
    this.ids = ids
    this.isSorted = true
  }

  /** Removes the first `rows` rows as a table whose clock starts at `origin`; only after `sort`. */
  take(rows: number, origin: number, timed: boolean, blockTokens: number | undefined): TraceTable {
    const arrival = this.arrival.slice(0, rows)
    if (origin !== 0) for (let i = 0; i < rows; i++) arrival[i] = arrival[i]! - origin
    const idCount = this.start[rows]!
    const prefix = { start: this.start.slice(0, rows + 1), ids: this.ids.slice(0, idCount) }
    const table: TraceTable = {
      count: rows,
      arrival,
      prompt: this.prompt.slice(0, rows),
      output: this.output.slice(0, rows),
      timed,
      ...(blockTokens === undefined ? {} : { prefix: { blockTokens, ...prefix } }),
    }
    this.drop(rows, idCount)
    return table
  }

  private drop(rows: number, idCount: number): void {
    this.ids.copyWithin(0, idCount, this.start[this.count])
    for (let i = rows; i <= this.count; i++) this.start[i - rows] = this.start[i]! - idCount
    this.arrival.copyWithin(0, rows, this.count)
    this.prompt.copyWithin(0, rows, this.count)
    this.output.copyWithin(0, rows, this.count)
    this.count -= rows
  }
}

function larger(column: Int32Array, length: number): Int32Array {
  const grown = new Int32Array(length)
  grown.set(column)
  return grown
}

function picked<Column extends Float64Array | Int32Array>(column: Column, order: Uint32Array): Column {
  const result = column.slice() as Column
  for (let i = 0; i < order.length; i++) result[i] = column[order[i]!]!
  return result
}
