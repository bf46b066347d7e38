import { type ReadonlySignal, type Signal, computed, signal } from '@preact/signals'
import type { ServiceLevel } from '../../../src/index.ts'
import { type ViewState, viewState } from '../../state/view-state.ts'
import { type Served, askFor, askHighest, askKept, askLanes, asked, traceFile } from './answer.ts'
import { PACES, isPlaying, now, pace, pause } from './clock.ts'
import { meanOf } from './mean.ts'
import { commandOf, levelOf, questionOf, schema } from './schema.ts'

/** All that the page is asked. */
export const state: ViewState<typeof schema> = viewState('serving', schema)

const files: File[] = []
/** The question as text, so that what does not change it does not ask it again; a file has a number. Empty: a trace is missing. */
export const asking: ReadonlySignal<string> = computed(() => {
  const file = traceFile.value
  if (file !== undefined && !files.includes(file)) files.push(file)
  const question = questionOf(state.value.value, file)
  if (question === undefined) return ''
  return JSON.stringify({ question, file: question.load.kind === 'trace' ? files.indexOf(file!) : -1 })
})

const levelText = computed(() => JSON.stringify(levelOf(state.value.value)))
/** The bounds of the service level, seconds. */
export const level: ReadonlySignal<ServiceLevel> = computed(() => JSON.parse(levelText.value) as ServiceLevel)
/** The share of requests that must keep them. */
export const attain: ReadonlySignal<number> = computed(() => state.value.value.attain / 100)

/** The command that simulates the same, or finds the greatest load. */
export function command(isSearch = false): string {
  return commandOf(state.value.peek(), traceFile.peek()?.name, isSearch)
}

/** Lines of the picture of requests, and its width in pixels. */
const ROWS = matchMedia('(max-width: 40rem)').matches ? 40 : 56
export const pixels: Signal<number> = signal(900)

/** A stretch is so many mean requests long, unless the link says otherwise. */
const REQUESTS_LONG = 2.5
export const length: ReadonlySignal<number> = computed(() => {
  const { answer } = asked.standing.value
  const given = state.value.value.window
  if (answer === undefined) return 1
  const { span } = answer.timeline
  const mean = meanOf(answer.document.e2e) ?? span
  return Math.max(1e-6, Math.min(span, given ?? Number((REQUESTS_LONG * mean).toPrecision(2))))
})
/** Where the stretch begins that time stands in: it changes when a page is turned, and not before. */
export const start: ReadonlySignal<number> = computed(() => Math.floor(now.value / length.value) * length.value)

/** Runs with more requests are not simulated over and over without being asked. */
export const MOST_UNASKED = 20_000

/** Asks what the address says. */
export function askRun(): void {
  if (asking.value === '') return
  const question = questionOf(state.value.peek(), traceFile.peek())
  if (question !== undefined) askFor(question)
}

/** Asks for the requests of the stretch that time stands in. */
export function follow(): void {
  const { answer } = asked.standing.value
  if (answer === undefined) return
  askLanes(answer.question, start.value, start.value + length.value, ROWS, pixels.value)
}

/** Asks how well the run keeps the level, and for the greatest load that does. */
export function judge(): void {
  const { answer, phase } = asked.standing.value
  const [slo, share] = [level.value, attain.value]
  if (answer === undefined || phase !== 'idle') return
  setPace(answer)
  askKept(answer.question, slo)
  if (answer.document.requests.count <= MOST_UNASKED) askHighest(answer.question, slo, share)
}

/** Lets time stand where the link says, else where most requests are in the system. */
export function setClock(): void {
  const { at } = state.value.value
  const { answer } = asked.standing.value
  if (answer === undefined || isPlaying.peek()) return
  now.value = Math.min(at ?? fullestOf(answer), answer.timeline.span)
}

function fullestOf({ timeline: { running, queue, binSeconds } }: Served): number {
  const all = running.map((value, bin) => value + queue[bin]!)
  return all.indexOf(all.reduce((most, value) => Math.max(most, value), 0)) * binSeconds
}

/** How long a stretch takes to play, s. */
const SECONDS_A_STRETCH = 8
let paced: Served | undefined

// Of a new run: so that a stretch takes some seconds.
function setPace(answer: Served): void {
  if (paced === answer) return
  paced = answer
  pause()
  const wanted = length.peek() / SECONDS_A_STRETCH
  const distance = (each: number): number => Math.abs(Math.log(each / wanted))
  pace.value = PACES.reduce((best, each) => (distance(each) < distance(best) ? each : best))
}
