import type { Axis } from './axis.ts'

/** A line of a panel; `steps` has one value per interval between the x, and so one x more than y; `dots` are not joined. */
export interface Line {
  readonly name: string
  readonly shape: 'steps' | 'line' | 'dots'
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
}

/** A bound that is drawn across the panel. */
export interface Bound {
  readonly at: number
  readonly label: string
}

export interface Panel {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly lines: readonly Line[]
  readonly bounds?: readonly Bound[]
  /** Whether the labels of the x axis are left to the panel below. */
  readonly sharesX?: boolean
}

/** Rows of panels under a title. */
export interface Figure {
  readonly title: string
  readonly subtitle: string
  readonly rows: readonly { readonly height: number; readonly panels: readonly Panel[] }[]
}
