import { type Signal, signal } from '@preact/signals'
import type { SearchPart, SearchQuestion, SearchResult } from '../../../src/index.ts'
import { ask } from '../../engine/client.ts'
import type { Details, MachineSearch, SearchOutline } from '../../engine/method/search.ts'
import type { AskOptions } from '../../engine/pool.ts'
import { type Question, question } from '../../engine/question.ts'

/** What is known of a search: machines come one by one, the result when all are there. */
export interface FrontierAnswer {
  readonly question: SearchQuestion
  readonly outline: SearchOutline
  /** By place of the machine in the question. */
  readonly machines: readonly (MachineSearch | undefined)[]
  readonly result?: SearchResult
  /** From the question to the result, ms. */
  readonly milliseconds?: number
}

/** The last whole answer. */
export const asked: Question<FrontierAnswer> = question()
/** The answer on its way, as soon as a machine is there. */
export const coming: Signal<FrontierAnswer | undefined> = signal(undefined)

/** Hands may still be moving, ms. */
const SETTLE = 150

export function askFor(searched: SearchQuestion): void {
  asked.ask((options) => search(searched, options), SETTLE)
}

async function search(searched: SearchQuestion, { signal: ending, onProgress }: AskOptions): Promise<FrontierAnswer> {
  const start = performance.now()
  const forget = (): void => {
    coming.value = undefined
  }
  ending?.addEventListener('abort', forget, { once: true })
  const outline = await ask('search.plan', searched, { signal: ending })
  const done = outline.chips.map(() => 0)
  const all = outline.chips.reduce((sum, { configurations }) => sum + configurations, 0)
  let machines: readonly (MachineSearch | undefined)[] = outline.chips.map(() => undefined)
  const parts = await Promise.all(
    outline.chips.map(async (_, chip): Promise<SearchPart> => {
      const found = await ask(
        'search.machine',
        { question: searched, chip },
        {
          signal: ending,
          onProgress: (tried) => {
            done[chip] = tried
            onProgress?.(
              done.reduce((sum, each) => sum + each, 0),
              all,
            )
          },
        },
      )
      machines = machines.with(chip, found)
      if (ending?.aborted !== true) coming.value = { question: searched, outline, machines }
      return found.part
    }),
  )
  const result = await ask('search.result', { question: searched, parts }, { signal: ending })
  const answer = { question: searched, outline, machines, result, milliseconds: performance.now() - start }
  ending?.removeEventListener('abort', forget)
  // The whole takes the place of its parts at once.
  queueMicrotask(forget)
  return answer
}

/** The configurations that the page shows one by one, with the search that they are of. */
export const detailed: Question<Details & { readonly question: SearchQuestion }> = question()

export function askDetails(searched: SearchQuestion, places: readonly number[], ids: readonly string[]): void {
  if (places.length + ids.length === 0) {
    detailed.settle({ points: [], missing: [], sources: {}, question: searched })
    return
  }
  detailed.ask(
    async (options) => ({
      ...(await ask('search.details', { question: searched, places, ids }, options)),
      question: searched,
    }),
    60,
  )
}
