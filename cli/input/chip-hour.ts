import { type Chip, type Known, chipHour, energyUse } from '../../src/index.ts'

/** $ per hour of `chip`: the price given, or the catalog's; unknown, with the reason, for a chip without either. */
export function chipHourFigure(chip: Chip, given: number | undefined): Known {
  return chipHour({ chip, ...(given === undefined ? {} : { chipHour: given }) })
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
