import { type EngineSettings, MOST_COUNT, PLAIN, commonDivisor } from './engine-settings.ts'
import type { EngineRows } from './engine.ts'
import { LAST_TICK, invalid } from './tick.ts'
import type { PrefixBlocks } from '../trace/trace-table.ts'

/** Requests as columns of `count` rows, in any order; rows with equal arrival keep their order. */
export interface RequestTable {
  readonly count: number
  /** Whole ticks ≥ 0. */
  readonly arrival: Float64Array
  /** Tokens, ≥ 1. */
  readonly prompt: Int32Array | Float64Array
  readonly output: Int32Array | Float64Array
  /** Which requests begin with the same tokens; they share the cache of these. */
  readonly prefix?: PrefixBlocks
  /** Prompts were computed elsewhere: requests arrive with their cache and their first token. */
  readonly ready?: boolean
}

/** Longest prompt and output, which bound the ring of ends and keep token sums exact. */
const MOST_TOKENS = 2 ** 24

/** What a cache can hold: requests beyond it are rejected on arrival. */
export function isServable(prompt: number, output: number, settings: EngineSettings): boolean {
  if (settings.maxContext !== undefined && prompt + output > settings.maxContext) return false
  const { gain, grain } = settings.speculation ?? PLAIN
  // The last step may pass the last token; by how much depends on when the request was preempted.
  const beyond = output > 1 ? gain - commonDivisor(gain, grain) : 0
  return (prompt + output - 1) * grain + beyond <= settings.blocks * settings.blockSize * grain
}

/** Table rows by arrival, without those that are rejected, and the table's row of each (null: the same rows). */
export interface Admissible {
  readonly rows: EngineRows
  readonly order: Int32Array | null
  readonly longestOutput: number
}

/** Throws PincerError `invalid_value` with the row for an arrival or a length out of range. */
export function checkTable(table: RequestTable): void {
  const { count, arrival, prompt, output } = table
  if (!Number.isInteger(count) || count < 0 || count > MOST_COUNT) {
    throw invalid(['requests', 'count'], `is ${count}`, `give a whole number from 0 to ${MOST_COUNT}`)
  }
  checkLength('arrival', arrival.length, count)
  checkLength('prompt', prompt.length, count)
  checkLength('output', output.length, count)
  for (let i = 0; i < count; i++) {
    const tick = arrival[i] ?? 0
    if (!(tick >= 0 && tick <= LAST_TICK && Math.floor(tick) === tick)) {
      throw invalid(['requests', 'arrival', i], `is ${tick}`, 'give whole ticks (1/32 ns) from 0')
    }
    checkTokens('prompt', i, prompt[i] ?? 0)
    checkTokens('output', i, output[i] ?? 0)
    if (table.ready === true && output[i] === 1) {
      throw invalid(['requests', 'output', i], 'is 1, and the first token is there already', 'leave the request out')
    }
  }
}

function checkLength(column: string, length: number, count: number): void {
  if (length < count) {
    throw invalid(['requests', column], `has ${length} rows of ${count}`, 'give a value for every request')
  }
}

/** Throws unless `tokens` is a whole number from 1 on. */
export function checkTokens(column: string, row: number, tokens: number): void {
  if (tokens >= 1 && tokens <= MOST_TOKENS && Math.floor(tokens) === tokens) return
  throw invalid(['requests', column, row], `is ${tokens}`, `give a whole number of tokens from 1 to ${MOST_TOKENS}`)
}

/** Sorts a checked table by arrival, stably, and leaves out what can never be served. */
export function admissible(table: RequestTable, settings: EngineSettings): Admissible {
  const { count, arrival, prompt, output } = table
  let isPlain = true
  let longestOutput = 0
  for (let i = 0; i < count; i++) {
    if (i > 0 && (arrival[i] ?? 0) < (arrival[i - 1] ?? 0)) isPlain = false
    if (!isServable(prompt[i] ?? 0, output[i] ?? 0, settings)) isPlain = false
    else if ((output[i] ?? 0) > longestOutput) longestOutput = output[i] ?? 0
  }
  if (isPlain) {
    const rows = emptyRows(arrival.subarray(0, count), wholeColumn(prompt, count), wholeColumn(output, count))
    return { rows, order: null, longestOutput }
  }
  const order = Int32Array.from({ length: count }, (_, i) => i)
    .filter((row) => isServable(prompt[row] ?? 0, output[row] ?? 0, settings))
    .sort((a, b) => (arrival[a] ?? 0) - (arrival[b] ?? 0) || a - b)
  const rows = emptyRows(
    Float64Array.from(order, (row) => arrival[row] ?? 0),
    Int32Array.from(order, (row) => prompt[row] ?? 0),
    Int32Array.from(order, (row) => output[row] ?? 0),
  )
  return { rows, order, longestOutput }
}

function wholeColumn(column: Int32Array | Float64Array, count: number): Int32Array {
  return column instanceof Int32Array ? column.subarray(0, count) : Int32Array.from(column.subarray(0, count))
}

/** Rows to which nothing has happened yet. */
export function emptyRows(arrival: Float64Array, prompt: Int32Array, output: Int32Array): EngineRows {
  const count = arrival.length
  return {
    arrival,
    prompt,
    output,
    scheduled: new Float64Array(count),
    firstToken: new Float64Array(count),
    end: new Float64Array(count),
    preemptions: new Int32Array(count),
    hitTokens: new Int32Array(count),
    hostTokens: new Int32Array(count),
  }
}
