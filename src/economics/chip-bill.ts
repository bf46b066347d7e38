import { type Chip, type Figure, type Known, type Unknown, isKnown } from '../catalog/index.ts'
import { type ChipHourCost, chipHourCost, mapInterval } from './chip-hour.ts'
import type { OwnedInput } from './chip-hour-input.ts'
import { ownedChipHour, ownedInputs } from './default-chip-hour.ts'
import type { Interval } from './interval.ts'
import { type MarketPrice, marketPrices } from './market-price.ts'
import { OWNERS, type Owner, type TcoQuestion, ownerName } from './owner.ts'

/** Chips in one place and what they cost together, busy as the inputs say. */
export interface Scale {
  readonly chips: number
  /** USD for an hour in use of all of them. */
  readonly perHour: Interval
  /** USD a year. */
  readonly yearly: Interval
  /** USD to put them up. */
  readonly capital: Interval
}

/** What a chip costs its owner, part by part, beside what others ask for one. */
export interface ChipBill {
  readonly chip: { readonly id: string; readonly name: string }
  readonly owner: Owner
  readonly ownerName: string
  /** Every input, also those that are unknown. */
  readonly inputs: OwnedInput
  readonly cost: ChipHourCost | Unknown
  readonly scales: {
    readonly chip: Scale | Unknown
    readonly node: Scale | Unknown
    readonly rack: Scale | Unknown
    readonly fleet?: Scale | Unknown
  }
  /** The same inputs in the hands of each kind of owner. */
  readonly owners: readonly { readonly owner: Owner; readonly name: string; readonly perHour: Interval | Unknown }[]
  /** Dated prices, with the build-up (per paid hour) over each. */
  readonly market: readonly (MarketPrice & { readonly ratio: number | Unknown })[]
}

/**
 * The bill of a chip in the hands of an owner, for one, a node, a rack and a fleet of `chips`.
 * @throws PincerError for an input out of range
 */
export function chipBill(chip: Chip, question: TcoQuestion, chips?: number): ChipBill {
  const owner = question.owner ?? 'typical'
  const cost = builtUp(chip, question)
  const scale = (count: Known): Scale | Unknown => ('unknown' in cost ? cost : scaled(cost, count))
  return {
    chip: { id: chip.id, name: chip.name },
    owner,
    ownerName: ownerName(owner),
    inputs: ownedInputs(chip, question),
    cost,
    scales: {
      chip: scale(ONE),
      node: scale(chip.node.chips),
      rack: scale(chip.rack.chips),
      ...(chips === undefined ? {} : { fleet: scale({ ...ONE, value: chips }) }),
    },
    owners: OWNERS.map((each) => ({ owner: each, name: ownerName(each), perHour: totalOf(chip, question, each) })),
    market: marketPrices(chip).map((row) => ({
      ...row,
      ratio: 'unknown' in cost ? cost : cost.paid.central / row.price.value,
    })),
  }
}

const ONE: Figure = { value: 1, unit: 'chips', source: 'given', basis: 'estimate' }

function builtUp(chip: Chip, question: TcoQuestion): ChipHourCost | Unknown {
  const input = ownedChipHour(chip, question)
  return 'unknown' in input ? input : chipHourCost(input)
}

function totalOf(chip: Chip, question: TcoQuestion, owner: Owner): Interval | Unknown {
  const cost = builtUp(chip, { ...question, owner })
  return 'unknown' in cost ? cost : cost.total
}

function scaled(cost: ChipHourCost, count: Known): Scale | Unknown {
  if (!isKnown(count)) return count
  if ('unknown' in cost.capital) return cost.capital
  const times = (interval: Interval): Interval => mapInterval(interval, (value) => value * count.value)
  return {
    chips: count.value,
    perHour: times(cost.total),
    yearly: times(cost.yearly),
    capital: times(cost.capital),
  }
}
