import { signal } from '@preact/signals'

/** The operator under the pointer or the focus, in whichever picture of the step. */
export const lit = signal<string | undefined>(undefined)
