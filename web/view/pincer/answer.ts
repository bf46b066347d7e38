import { answer as defaultAnswer } from 'virtual:default-answer'
import type { Cell, CellQuestion, CompareOptions } from '../../../src/index.ts'
import { ask } from '../../engine/client.ts'
import type { PincerAnswer } from '../../engine/method/pincer.ts'
import type { AskOptions } from '../../engine/pool.ts'
import { type Question, question } from '../../engine/question.ts'
import { encode } from '../../state/url.ts'
import { type PincerState, optionsOf, schema } from './schema.ts'

/** The answer on the page; at first the one that was worked out while the app was built. */
export const asked: Question<PincerAnswer> = question(defaultAnswer)

/** Cells worked out since the page was opened: a price changes two of six. */
const known = new Map<string, Cell>()
const MOST_KNOWN = 300

/** Hands may still be moving, ms. */
const SETTLE = 120

/** Asks for the answer to `state`, the default one without any engine. */
export function askFor(state: PincerState): void {
  if (encode(schema, state) === '') asked.settle(defaultAnswer)
  else asked.ask((options) => pincer(optionsOf(state), options), SETTLE)
}

async function pincer(asks: CompareOptions, { signal, onProgress }: AskOptions): Promise<PincerAnswer> {
  const plan = await ask('pincer.plan', asks, { signal })
  let done = 0
  onProgress?.(done, plan.cells.length)
  const cells = await Promise.all(
    plan.cells.map(async (each) => {
      const cell = await cellOf(each, signal)
      onProgress?.(++done, plan.cells.length)
      return cell
    }),
  )
  return ask('pincer.result', { plan, cells }, { signal })
}

async function cellOf(cell: CellQuestion, signal: AbortSignal | undefined): Promise<Cell> {
  const key = JSON.stringify(cell)
  const found = known.get(key) ?? (await ask('pincer.cell', cell, { signal }))
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(key, found)
  return found
}
