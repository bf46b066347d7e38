import { type ReadonlySignal, computed } from '@preact/signals'
import { linkTo, place, replacePlace } from './location.ts'
import { type LinkFault, type Schema, type StateOf, decode, encode } from './url.ts'

/** All that a view is asked, held in the address and nowhere else. */
export interface ViewState<S extends Schema> {
  readonly value: ReadonlySignal<StateOf<S>>
  /** What the address says that was not taken. */
  readonly faults: ReadonlySignal<readonly LinkFault[]>
  /** Whether nothing differs from the defaults. */
  readonly isDefault: ReadonlySignal<boolean>
  readonly set: (change: Partial<StateOf<S>>) => void
  readonly reset: () => void
  readonly link: () => string
}

/** State of the view `name`; made once, when its module is loaded. */
export function viewState<S extends Schema>(name: string, schema: S): ViewState<S> {
  // What the address says of another view is nothing to this one.
  const query = computed(() => (place.value.view === name ? place.value.query : ''))
  const decoded = computed(() => decode(schema, query.value))
  const value = computed(() => decoded.value.state)
  const write = (state: StateOf<S>): void => replacePlace(name, encode(schema, state))
  return {
    value,
    faults: computed(() => decoded.value.faults),
    isDefault: computed(() => encode(schema, value.value) === ''),
    set: (change) => write({ ...value.value, ...change }),
    reset: () => replacePlace(name, ''),
    link: () => linkTo(name, encode(schema, value.value)),
  }
}
