import { useComputed } from '@preact/signals'
import type { Schema, StateOf } from './url.ts'
import type { ViewState } from './view-state.ts'

/** One field of a view's state: who uses it is drawn anew when that field changes, not when others do. */
export function useField<S extends Schema, K extends keyof S>(state: ViewState<S>, name: K): StateOf<S>[K] {
  return useComputed(() => state.value.value[name]).value
}
