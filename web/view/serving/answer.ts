import { signal } from '@preact/signals'
import type { ServiceLevel } from '../../../src/index.ts'
import { ask } from '../../engine/client.ts'
import type { Lanes } from '../../engine/lanes.ts'
import type { Highest, Kept, ServingAnswer, ServingQuestion } from '../../engine/method/simulate.ts'
import { type Question, question } from '../../engine/question.ts'

/** A run with the question that it answers. */
export interface Served extends ServingAnswer {
  readonly question: ServingQuestion
}

export const asked: Question<Served> = question()
/** The file that was given; it stays on this page. */
export const traceFile = signal<File | undefined>(undefined)

/** Hands may still be moving, ms. */
const SETTLE = 150

export function askFor(simulated: ServingQuestion): void {
  asked.ask(async (options) => ({ ...(await ask('simulate.run', simulated, options)), question: simulated }), SETTLE)
}

/** The requests of the stretch of time that is shown. */
export const lanes: Question<Lanes> = question()

export function askLanes(simulated: ServingQuestion, from: number, to: number, rows: number, pixels: number): void {
  lanes.ask((options) => ask('simulate.lanes', { question: simulated, from, to, rows, pixels }, options))
}

/** What is said of a run, with the run it is said of. */
type About<A> = A & { readonly question: ServingQuestion }

export const kept: Question<About<Kept>> = question()

export function askKept(simulated: ServingQuestion, slo: ServiceLevel): void {
  kept.ask(
    async (options) => ({
      ...(await ask('simulate.kept', { question: simulated, slo }, options)),
      question: simulated,
    }),
    40,
  )
}

/** The greatest load that keeps the level. */
export const highest: Question<About<Highest>> = question()

export function askHighest(simulated: ServingQuestion, slo: ServiceLevel, attain: number, delay = 400): void {
  highest.ask(
    async (options) => ({
      ...(await ask('simulate.highest', { question: simulated, slo, attain }, options)),
      question: simulated,
    }),
    delay,
  )
}
