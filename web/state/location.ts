import { type ReadonlySignal, computed, signal } from '@preact/signals'
import { hashOf, splitHash } from './url.ts'

/** The view that an address without a name leads to. */
export const HOME = 'pincer'

const hash = signal(location.hash)

addEventListener('hashchange', () => {
  hash.value = location.hash
})

/** The view and the query that the address names. */
export const place: ReadonlySignal<{ readonly view: string; readonly query: string }> = computed(() => {
  const { view, query } = splitHash(hash.value)
  return { view: view === '' ? HOME : view, query }
})

/** Rewrites the address without a new entry in the history: a slider would fill it. */
export function replacePlace(view: string, query: string): void {
  const next = hashOf(view, query)
  history.replaceState(history.state, '', next)
  hash.value = next
}

/** The whole link to a view in a state. */
export function linkTo(view: string, query: string): string {
  return new URL(hashOf(view, query), location.href).href
}
