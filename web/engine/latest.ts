import { signal } from '@preact/signals'
import type { AskOptions } from './pool.ts'
import { Cancelled } from './protocol.ts'
import type { Running, Standing } from './question.ts'

/** Questions of a hand that moves: one is on its way, the newest waits, those between are never asked. */
export interface Latest<Q, A> extends Running<A> {
  readonly ask: (question: Q) => void
}

/** Drawn although a newer question waits, when nothing has been drawn for so long, ms. */
const PATIENCE = 80

/**
 * Asks `run` one question at a time. Unlike `question()` it lets short work finish instead of ending it, so that the worker which has
 * everything prepared goes on to the next.
 */
export function latest<Q, A>(run: (question: Q, options: AskOptions) => Promise<A>): Latest<Q, A> {
  const rest = { done: 0, of: 0 }
  const standing = signal<Standing<A>>({ phase: 'idle', ...rest })
  let last: { readonly question: Q } | undefined
  let waiting: { readonly question: Q } | undefined
  let running: AbortController | undefined
  let drawn = 0
  const kept = (): { answer?: A } => {
    const { answer } = standing.peek()
    return answer === undefined ? {} : { answer }
  }

  async function start(question: Q): Promise<void> {
    const controller = new AbortController()
    running = controller
    try {
      settle({ answer: await run(question, { signal: controller.signal }) }, controller)
    } catch (fault) {
      if (!(fault instanceof Cancelled)) settle({ fault: fault as Error }, controller)
    }
  }

  function settle(outcome: { readonly answer: A } | { readonly fault: Error }, controller: AbortController): void {
    if (running !== controller) return
    running = undefined
    const next = waiting
    waiting = undefined
    const isNewest = next === undefined
    if (isNewest || performance.now() - drawn > PATIENCE) {
      drawn = performance.now()
      const phase = isNewest ? ('fault' in outcome ? 'failed' : 'idle') : 'working'
      standing.value = { phase, ...rest, ...kept(), ...outcome }
    }
    if (next !== undefined) void start(next.question)
  }

  function ask(question: Q): void {
    last = { question }
    if (running !== undefined) {
      waiting = last
      return
    }
    // Short work says nothing of itself: the page is drawn once, with the answer.
    if (standing.peek().phase !== 'working') standing.value = { phase: 'working', ...rest, ...kept() }
    void start(question)
  }

  return {
    standing,
    ask,
    cancel: () => {
      waiting = undefined
      if (running === undefined) return
      running.abort()
      running = undefined
      standing.value = { phase: 'cancelled', ...rest, ...kept() }
    },
    again: () => {
      if (last !== undefined) ask(last.question)
    },
  }
}
