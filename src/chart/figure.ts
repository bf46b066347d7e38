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

/** A horizontal stroke at a height; `tick`: a short upright one at `from`. */
export interface Stroke {
  readonly y: number
  readonly from: number
  readonly to: number
  readonly weight: 'thin' | 'thick' | 'tick'
  /** Which of the line colours. */
  readonly colour: 0 | 1 | 2
  /** Written above it at the left edge of the panel, and at its right edge. */
  readonly name?: string
  readonly value?: string
}

/** A filled rectangle; `strength` from 0 to 1 is its opacity. */
export interface Cell {
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
  readonly colour: 0 | 1 | 2
  readonly strength: number
}

/** A straight piece between two places. */
export type Piece = readonly [readonly [x: number, y: number], readonly [x: number, y: number]]

export interface Panel {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly lines: readonly Line[]
  readonly bounds?: readonly Bound[]
  /** Bounds that stand upright at a place of the x axis. */
  readonly uprights?: readonly Bound[]
  readonly strokes?: readonly Stroke[]
  /** Drawn below all else. */
  readonly cells?: readonly Cell[]
  /** A line in pieces, named in the legend. */
  readonly contour?: { readonly name: string; readonly pieces: readonly Piece[] }
  /** Whether the labels of the x axis are left to the panel below. */
  readonly sharesX?: boolean
}

/** Where a panel's axes stand, in pixels. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Rows of panels under a title. */
export interface Figure {
  readonly title: string
  readonly subtitle: string
  readonly rows: readonly { readonly height: number; readonly panels: readonly Panel[] }[]
}
