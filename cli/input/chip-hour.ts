import { type Chip, type Known, chipHourCost, chipIds, defaultChipHour, energyUse } from '../../src/index.ts'

/** $ per hour of `chip`: the price given, or the catalog's; unknown, with the reason, for a chip without either. */
export function chipHourFigure(chip: Chip, given: number | undefined): Known {
  if (given !== undefined)
    return { value: given, unit: 'USD/h', source: 'given', basis: 'estimate', note: 'given by the user' }
  if (!chipIds().includes(chip.id)) return { unknown: `no price of ${chip.name} is known; give --price` }
  const input = defaultChipHour(chip.id)
  if ('unknown' in input) return input
  const cost = chipHourCost(input)
  if ('unknown' in cost) return cost
  const { central, low, high } = cost.total
  const [figure] = Object.values(cost.figures)
  return {
    value: central,
    low,
    high,
    unit: 'USD/h',
    source: figure?.source ?? 'derived',
    basis: figure?.basis ?? 'derived',
  }
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
