import { type ReadonlySignal, computed, signal } from '@preact/signals'
import { hashOf, splitHash } from './url.ts'

/** The view that an address without a name leads to. */
export const HOME = 'pincer'

const hash = signal(location.hash)

addEventListener('hashchange', () => {
  clearTimeout(writing)
  waiting = undefined
  hash.value = location.hash
})

/** The view and the query that the address names. */
export const place: ReadonlySignal<{ readonly view: string; readonly query: string }> = computed(() => {
  const { view, query } = splitHash(hash.value)
  return { view: view === '' ? HOME : view, query }
})

/** Browsers refuse an address that changes as often as a slider moves, ms. */
const REST = 200
let writing: ReturnType<typeof setTimeout> | undefined
let waiting: string | undefined

/** Says where the page is, at once to the page and soon in the address, without a new entry in the history. */
export function replacePlace(view: string, query: string): void {
  const next = hashOf(view, query)
  hash.value = next
  clearTimeout(writing)
  waiting = next
  writing = setTimeout(writeNow, REST)
}

// What was changed just before somebody goes elsewhere is there when they come back.
for (const leaving of ['click', 'pagehide']) addEventListener(leaving, writeNow, { capture: true })

function writeNow(): void {
  if (waiting === undefined) return
  clearTimeout(writing)
  history.replaceState(history.state, '', waiting)
  waiting = undefined
}

/** The whole link to a view in a state. */
export function linkTo(view: string, query: string): string {
  return new URL(hashOf(view, query), location.href).href
}
