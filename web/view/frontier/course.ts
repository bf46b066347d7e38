import { type ReadonlySignal, computed } from '@preact/signals'
import type { SearchQuestion } from '../../../src/index.ts'
import { type ViewState, viewState } from '../../state/view-state.ts'
import { type FrontierAnswer, askDetails, askFor, asked, coming, detailed } from './answer.ts'
import type { Shown } from './evidence.ts'
import { idOf } from './line.tsx'
import { type MeasuredRun, loadMeasured, measuredRuns } from './measured.ts'
import { byOf } from './plot.ts'
import { placesIn } from './region.tsx'
import { MOST_PINS, commandOf, questionOf, schema } from './schema.ts'

/** All that the page is asked. */
export const state: ViewState<typeof schema> = viewState('frontier', schema)

// How an answer is looked at changes no question: its text is what must not change.
const questionText = computed(() => JSON.stringify(questionOf(state.value.value)))

/** Asks what the address says. */
export function askSearch(): void {
  askFor(JSON.parse(questionText.value) as SearchQuestion)
}

/** What is shown: the answer on its way as soon as a machine is in, else the last one. */
export const current: ReadonlySignal<FrontierAnswer | undefined> = computed(
  () => coming.value ?? asked.standing.value.answer,
)

/** Places of the configurations in the region of the address, and how many there are. */
export const inRegion: ReadonlySignal<{ places: number[]; count: number } | undefined> = computed(() => {
  const { region } = state.value.value
  const answer = current.value
  return region === undefined || answer === undefined ? undefined : placesIn(answer, region, byOf(answer))
})

/** The best point under a goal, or the nearest to it. */
export const bestId: ReadonlySignal<string | undefined> = computed(() => {
  const result = current.value?.result
  if (result === undefined || Object.keys(result.goal).length === 0) return undefined
  const point = result.best ?? result.nearest
  return point === undefined ? undefined : idOf(point)
})

// The configurations wanted in full, as text: what is the same is not asked again.
const wanted = computed(() => {
  const answer = current.value
  if (answer === undefined) return ''
  const ids = [...state.value.value.pins, ...(bestId.value === undefined ? [] : [bestId.value])]
  const places = [...(answer.result?.frontier.map(({ place }) => place) ?? []), ...(inRegion.value?.places ?? [])]
  return JSON.stringify([answer.question, places, ids] satisfies DetailsQuestion)
})
type DetailsQuestion = Parameters<typeof askDetails>

/** Asks for all that is known of the points that the page shows one by one. */
export function askShown(): void {
  if (wanted.value !== '') askDetails(...(JSON.parse(wanted.value) as DetailsQuestion))
}

/** The points that are known in full; none while they are those of another question. */
export const shown: ReadonlySignal<readonly Shown[]> = computed(() => {
  const details = detailed.standing.value.answer
  const question = current.value?.question
  if (details === undefined || JSON.stringify(details.question) !== JSON.stringify(question)) return []
  return details.points.map((point) => ({ point, question: details.question, sources: details.sources }))
})

export function shownOf(ids: readonly string[]): Shown[] {
  return ids.flatMap((id) => shown.value.filter(({ point }) => point.id === id))
}

/** The pinned points that there are, in the order of the link, and the ids of those that there are not. */
export const pinned: ReadonlySignal<{ pins: readonly Shown[]; missing: readonly string[] }> = computed(() => {
  const { pins: ids } = state.value.value
  const missing = detailed.standing.value.answer?.missing ?? []
  return { pins: shownOf(ids), missing: shown.value.length === 0 ? [] : missing.filter((id) => ids.includes(id)) }
})

/** Pins a point, the oldest pin going where there is no more room, or takes the pin away. */
export function togglePin(id: string): void {
  const { pins } = state.value.peek()
  state.set({ pins: pins.includes(id) ? pins.filter((pin) => pin !== id) : [...pins, id].slice(-MOST_PINS) })
}

export function unpin(ids: readonly string[]): void {
  state.set({ pins: state.value.peek().pins.filter((pin) => !ids.includes(pin)) })
}

/** Loads the measured runs where they are wanted. */
export function askMeasured(): void {
  if (state.value.value.measured === 'on') loadMeasured()
}

const isMeasured = computed(() => state.value.value.measured === 'on')
/** The measured runs in the picture. */
export const runs: ReadonlySignal<readonly MeasuredRun[]> = computed(() =>
  isMeasured.value && current.value !== undefined ? measuredRuns(current.value) : [],
)

/** The command that searches the same. */
export function command(): string {
  return commandOf(state.value.peek())
}
