import { fault } from '../arrival/arrival-field.ts'
import { type SessionTable, sessionBlocks } from '../arrival/arrival-session.ts'
import { MOST_COUNT } from '../engine/engine-settings.ts'
import { checkTokens } from '../engine/request-table.ts'
import { invalid, isWhole } from '../engine/tick.ts'
import type { PrefixBlocks } from '../trace/trace-table.ts'

/** Ids of prefix blocks that one table may hold: a gigabyte. */
const MOST_IDS = 2 ** 28

/**
 * The prefix blocks of all turns, of `blockTokens` tokens each.
 * @throws PincerError `too_large`
 */
export function sessionPrefix(table: SessionTable, blockTokens: number): PrefixBlocks {
  const count = table.turn.length
  const start = new Float64Array(count + 1)
  for (let row = 0; row < count; row++) {
    const tokens = (table.prompt[row] ?? 0) + (table.output[row] ?? 0)
    start[row + 1] = (start[row] ?? 0) + Math.floor(tokens / blockTokens)
  }
  const total = start[count] ?? 0
  if (total > MOST_IDS) throw fault('too_large', ['sessions'], `have ${total} prefix blocks, more than ${MOST_IDS}`)
  const ids = new Int32Array(total)
  const blocks = sessionBlocks(table, blockTokens)
  for (let row = 0; row < count; row++) ids.set(blocks(row), start[row] ?? 0)
  return { blockTokens, start, ids }
}

/**
 * First row of each session, and behind them the count of rows.
 * @throws PincerError `invalid_value` for rows that are not the turns of one session after the other, or are out of range
 */
export function sessionStarts(table: SessionTable): Int32Array {
  const { turn, session, release, prompt, output } = table
  const count = turn.length
  if (count > MOST_COUNT) throw invalid(['sessions', 'turn'], `has ${count} rows`, `give at most ${MOST_COUNT}`)
  for (const [field, column] of Object.entries({ session, release, prompt, output })) {
    if (column.length >= count) continue
    throw invalid(['sessions', field], `has ${column.length} rows of ${count}`, 'give a value for every turn')
  }
  const starts: number[] = []
  for (let row = 0; row < count; row++) {
    if (turn[row] === 0) starts.push(row)
    else if (!(row > 0 && turn[row] === (turn[row - 1] ?? 0) + 1 && session[row] === session[row - 1])) {
      const hint = 'give the turns of a session from 0 on, session by session'
      throw invalid(['sessions', 'turn', row], `is ${turn[row]}`, hint)
    }
    if (!isWhole(release[row] ?? Number.NaN)) {
      throw invalid(['sessions', 'release', row], `is ${release[row]}`, 'give whole ticks (1/32 ns) from 0')
    }
    checkTokens('prompt', row, prompt[row] ?? 0)
    checkTokens('output', row, output[row] ?? 0)
  }
  return Int32Array.from([...starts, count])
}
