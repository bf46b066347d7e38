import type { Engine } from './engine.ts'

/** A request as it comes to an engine. */
export interface ArrivingRow {
  readonly row: number
  readonly tick: number
  readonly prompt: number
  readonly output: number
}

/** Adds a request at the end of the queue of an engine whose rows come one by one. */
export function addRow(engine: Engine, { row, tick, prompt, output }: ArrivingRow): void {
  const id = engine.known
  if (id === engine.arrival.length) growRows(engine)
  engine.known = id + 1
  engine.arrival[id] = tick
  engine.prompt[id] = prompt
  engine.output[id] = output
  if (engine.rowOf !== null) engine.rowOf[id] = row
}

// Twice as long columns.
function growRows(engine: Engine): void {
  const size = Math.max(16, 2 * engine.arrival.length)
  engine.arrival = grownTicks(engine.arrival, size)
  engine.scheduled = grownTicks(engine.scheduled, size)
  engine.firstToken = grownTicks(engine.firstToken, size)
  engine.end = grownTicks(engine.end, size)
  engine.prompt = grownCounts(engine.prompt, size)
  engine.output = grownCounts(engine.output, size)
  engine.preemptions = grownCounts(engine.preemptions, size)
  engine.hitTokens = grownCounts(engine.hitTokens, size)
  engine.hostTokens = grownCounts(engine.hostTokens, size)
  if (engine.rowOf !== null) engine.rowOf = grownCounts(engine.rowOf, size)
}

function grownTicks(column: Float64Array, size: number): Float64Array {
  const grown = new Float64Array(size)
  grown.set(column)
  return grown
}

function grownCounts(column: Int32Array, size: number): Int32Array {
  const grown = new Int32Array(size)
  grown.set(column)
  return grown
}
