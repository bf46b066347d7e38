import file from '../../catalog/grid.json' with { type: 'json' }
import type { Figure } from '../catalog/index.ts'
import { PincerError, nearest } from '../issue/index.ts'

// The file is checked by a test; its literals only widen on import.
const GRIDS: ReadonlyMap<string, Figure> = new Map(Object.entries(file as unknown as Record<string, Figure>))

/** Where the catalog knows the carbon of the grid's electricity. */
export function gridNames(): readonly string[] {
  return [...GRIDS.keys()]
}

/** Where chips are when nobody says: where the default price of electricity is from. */
export const DEFAULT_GRID = 'united-states'

/**
 * Yearly mean carbon of the electricity of a country or region, gCO2e/kWh over the life of the plants.
 * @throws PincerError `invalid_value` at `path` with the nearest name
 */
export function gridCarbon(name: string, path: readonly (string | number)[] = ['grid']): Figure {
  const figure = GRIDS.get(name.toLowerCase())
  if (figure !== undefined) return figure
  const near = nearest(name, gridNames())
  const suggestion =
    near === undefined ? `give gCO2/kWh or one of ${gridNames().join(', ')}` : `did you mean "${near}"?`
  throw new PincerError({ code: 'invalid_value', path, message: `unknown grid "${name.slice(0, 60)}"`, suggestion })
}
