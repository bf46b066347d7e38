import { type ReadonlySignal, signal } from '@preact/signals'
import type { AskOptions } from './pool.ts'
import { Cancelled } from './protocol.ts'

/** Where a question to the engine stands. The last answer stays until the next is there. */
export interface Standing<A> {
  readonly phase: 'idle' | 'working' | 'cancelled' | 'failed'
  readonly done: number
  readonly of: number
  readonly fault?: Error
  readonly answer?: A
}

/** What the page needs to show of a question on its way. */
export interface Running<A> {
  readonly standing: ReadonlySignal<Standing<A>>
  readonly cancel: () => void
  /** Asks the last question once more. */
  readonly again: () => void
}

/** One question at a time: a new one ends the one before. */
export interface Question<A> extends Running<A> {
  /** Asks, after `delay` ms in which nothing newer was asked. */
  readonly ask: (run: (options: AskOptions) => Promise<A>, delay?: number) => void
  /** Takes an answer that is known already. */
  readonly settle: (answer: A) => void
}

export function question<A>(answer?: A): Question<A> {
  const rest = { done: 0, of: 0 }
  const standing = signal<Standing<A>>({ phase: 'idle', ...rest, ...(answer === undefined ? {} : { answer }) })
  let controller = new AbortController()
  let latest: ((options: AskOptions) => Promise<A>) | undefined
  const kept = (): { answer?: A } => {
    // `peek`: who asks must not be asked again by the answer.
    const { answer: old } = standing.peek()
    return old === undefined ? {} : { answer: old }
  }

  async function start(run: (options: AskOptions) => Promise<A>, ending: AbortSignal, delay: number): Promise<void> {
    try {
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
      if (ending.aborted) return
      const onProgress = (done: number, of: number): void => {
        if (!ending.aborted) standing.value = { phase: 'working', done, of, ...kept() }
      }
      const found = await run({ signal: ending, onProgress })
      if (!ending.aborted) standing.value = { phase: 'idle', ...rest, answer: found }
    } catch (error) {
      if (ending.aborted || error instanceof Cancelled) return
      standing.value = { phase: 'failed', ...rest, fault: error as Error, ...kept() }
    }
  }

  function stop(): void {
    controller.abort()
    controller = new AbortController()
  }

  return {
    standing,
    ask: (run, delay = 0) => {
      stop()
      latest = run
      standing.value = { phase: 'working', ...rest, ...kept() }
      void start(run, controller.signal, delay)
    },
    settle: (known) => {
      stop()
      standing.value = { phase: 'idle', ...rest, answer: known }
    },
    cancel: () => {
      if (standing.peek().phase !== 'working') return
      stop()
      standing.value = { phase: 'cancelled', ...rest, ...kept() }
    },
    again: () => {
      if (latest === undefined) return
      stop()
      standing.value = { phase: 'working', ...rest, ...kept() }
      void start(latest, controller.signal, 0)
    },
  }
}
