import { type Chip, type Figure, chipIds, isKnown, type Known, type Price, prices } from '../catalog/index.ts'
import type { Usd } from '../units/index.ts'

/**
 * Purchase price of one chip, all published ones as its range (bills of materials are costs, not prices). A lone list price
 * has a floor: at chip vendors' gross margin of up to 75 % it could fall to a quarter before it is below cost. A lone estimate
 * gets ±20 %.
 */
export function purchasePrice(chip: Chip): Known<Usd> {
  const rows = purchases(chip)
    .map((price) => perChip(price, chip))
    .filter((price) => price !== undefined)
  const [first] = rows
  if (first === undefined) return { unknown: `no price of ${chip.name} is published` }
  const range = span(rows)
  if (range.low !== range.high) return { ...first, ...range }
  if (/list price/i.test(first.note ?? '')) {
    const floor = first.value * (1 - HIGHEST_MARGIN)
    return { ...first, low: floor, high: first.value, note: 'list price; low end: the price at no gross margin' }
  }
  return { ...first, low: first.value * (1 - PRICE_SCATTER), high: first.value * (1 + PRICE_SCATTER) }
}

/** "Up to 75 % gross margin": InferenceMAX introduction (inferencex-blog-inferencemax). */
const HIGHEST_MARGIN = 0.75
/** Two press estimates of one chip's price differ by 8 % (H100) to 55 % (GB200 rack); a lone one gets this. */
const PRICE_SCATTER = 0.2

/** Whether the price of a chip is that of a rack, servers and links inside it included. */
export function isRackPriced(chip: Chip): boolean {
  return purchases(chip)[0]?.unit === 'USD/rack'
}

function purchases(chip: Chip): Price[] {
  return pricesOf(chip, 'purchase').filter((price) => !/bill of materials/i.test(price.item))
}

function perChip(price: Price, chip: Chip): Figure | undefined {
  if (price.unit === 'USD') return priceFigure(price)
  const perRack = chip.rack.chips
  if (price.unit !== 'USD/rack' || !isKnown(perRack)) return undefined
  const { low, high, ...rest } = priceFigure(price)
  return {
    ...rest,
    unit: 'USD',
    value: price.value / perRack.value,
    ...(low === undefined ? {} : { low: low / perRack.value }),
    ...(high === undefined ? {} : { high: high / perRack.value }),
  }
}

/** Prices of one kind of a catalog chip; a user's chip has none. */
export function pricesOf(chip: Chip, category: Price['category']): Price[] {
  if (!chipIds().includes(chip.id)) return []
  return prices().filter((price) => price.category === category && price.subject === chip.id)
}

/** A dated price as a figure. */
export function priceFigure({ value, unit, source, basis, low, high, date, note }: Price): Figure {
  return {
    value,
    unit,
    source,
    basis,
    date,
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(note === undefined ? {} : { note }),
  }
}

/** Lowest and highest of all values and ends. */
export function span(rows: readonly Figure[]): { low: number; high: number } {
  return {
    low: Math.min(...rows.map((row) => row.low ?? row.value)),
    high: Math.max(...rows.map((row) => row.high ?? row.value)),
  }
}
