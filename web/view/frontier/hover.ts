import { signal } from '@preact/signals'
import type { SearchPoint } from '../../../src/index.ts'
import type { MeasuredRun } from './measured.ts'

/** What the pointer or the keyboard is at. */
export type Hovered =
  | { readonly kind: 'point'; readonly point: SearchPoint }
  | { readonly kind: 'dot'; readonly chip: number; readonly row: number }
  | { readonly kind: 'run'; readonly run: MeasuredRun }

export const hovered = signal<Hovered | undefined>(undefined)
/** The machine of which the legend is pointed at. */
export const chosen = signal<number | undefined>(undefined)
