import { type FittedTier, type Quantity, endsOf, foldOf, isInside, labelledOf } from './band-file.ts'
import type { ResidualRow } from './residual-table.ts'

/** Shares of measurements inside bands that were made without them. */
export interface Coverage {
  readonly rows: number
  readonly inside80: number
  readonly inside90: number
}

/** Whether each row lies inside the bands of a tier that were made without its fold. */
interface Checked {
  readonly row: ResidualRow
  readonly inside80: boolean
  readonly inside90: boolean
}

/** Bands made of nine tenths of the rows, whole deployments and lengths at a time, and checked on the other tenth. */
export function checkBands(rows: readonly ResidualRow[], tier: FittedTier, quantity: Quantity): Checked[] {
  const folds = [...new Set(rows.map(foldOf))].toSorted()
  return folds.flatMap((fold) => {
    const ends = endsOf(
      rows.filter((row) => foldOf(row) !== fold),
      tier,
      quantity,
    )
    return rows
      .filter((row) => foldOf(row) === fold)
      .flatMap((row) =>
        labelledOf(row, tier, row[quantity]).map((residual) => ({
          row,
          inside80: isInside(ends, residual, 80),
          inside90: isInside(ends, residual, 90),
        })),
      )
  })
}

export function coverageOf(checked: readonly Checked[]): Coverage {
  const share = (key: 'inside80' | 'inside90'): number => checked.filter((each) => each[key]).length / checked.length
  return { rows: checked.length, inside80: share('inside80'), inside90: share('inside90') }
}
