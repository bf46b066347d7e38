import { type Chip, type Known, chipHour, energyUse, parseTco } from '../../src/index.ts'

/**
 * $ per hour of `chip`: the price given, the build-up that `tco` (`pincer.tco.v1`) describes, or the catalog's; unknown, with the
 * reason, for a chip without any.
 */
export function chipHourFigure(chip: Chip, given: number | undefined, tco?: unknown): Known {
  return chipHour({
    chip,
    ...(given === undefined ? {} : { chipHour: given }),
    ...(tco === undefined ? {} : { tco: parseTco(tco) }),
  })
}

/** Watts at the meter of one `chip` at full load with its share of host and cooling. */
export function fullLoadFigure(chip: Chip): Known {
  const use = energyUse({ chip, chips: 1, busy: 1 })
  if ('unknown' in use) return use
  const { central, low, high } = use.meter
  const { tdp } = chip.power
  return {
    value: central,
    low,
    high,
    unit: 'W',
    source: 'value' in tdp ? tdp.source : 'derived',
    basis: 'derived',
    note: use.fullLoad,
  }
}
