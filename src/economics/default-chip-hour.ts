import {
  type Chip,
  type Figure,
  findChip,
  isKnown,
  type Known,
  type Price,
  prices,
  type Unknown,
} from '../catalog/index.ts'
import type { Usd, Watts } from '../units/index.ts'
import type { ChipHourInput, OwnedInput, QuotedInput } from './chip-hour-input.ts'

/**
 * The chip-hour to use when nobody says otherwise, in this order: (1) what an analyst says an owner pays, the lowest
 * published operator as the central value and the highest as the upper end; (2) a published rental price; (3) a build-up
 * from a purchase price and the stated assumptions; (4) unknown.
 * @throws PincerError for an unknown chip
 */
export function defaultChipHour(chipId: string): ChipHourInput | Unknown {
  const chip = findChip(chipId)
  return ownerQuote(chip) ?? rentalQuote(chip) ?? ownedChipHour(chipId)
}

function ownerQuote(chip: Chip): QuotedInput | undefined {
  const quote = quoted(chip, 'tco_per_chip_hour')
  return quote === undefined ? undefined : { kind: 'tco', perHour: quote }
}

function rentalQuote(chip: Chip): QuotedInput | undefined {
  const quote = quoted(chip, 'rental_per_chip_hour')
  return quote === undefined ? undefined : { kind: 'rental', perHour: quote }
}

function quoted(chip: Chip, category: Price['category']): Figure | undefined {
  const rows = pricesOf(chip, category).filter((price) => price.unit === 'USD/h')
  const [first] = [...rows].sort((a, b) => a.value - b.value)
  if (first === undefined) return undefined
  return { ...figureOf(first), ...span(rows) }
}

/**
 * Build-up inputs for a chip from its purchase price in the catalog and the stated assumptions; unknown, with the reason,
 * when no price or no power is published.
 * @throws PincerError for an unknown chip
 */
export function ownedChipHour(chipId: string): OwnedInput | Unknown {
  const chip = findChip(chipId)
  const purchase = purchasePrice(chip)
  if (!isKnown(purchase)) return purchase
  const { watts, powerAt } = provisionedPower(chip)
  return {
    kind: 'owned',
    purchase,
    hostUplift: hostUplift(chip),
    lifeYears: LIFE,
    residualShare: RESIDUAL,
    interest: INTEREST,
    watts,
    powerAt,
    pue: PUE,
    usdPerKwh: electricityPrice(),
    hostingPerKwMonth: HOSTING,
    maintenanceShare: MAINTENANCE,
  }
}

/**
 * Purchase price of one chip, all published ones as its range (bills of materials are costs, not prices). A lone list price
 * has a floor: at chip vendors' gross margin of up to 75 % it could fall to a quarter before it is below cost. A lone estimate
 * gets ±20 %.
 */
export function purchasePrice(chip: Chip): Known<Usd> {
  const rows = pricesOf(chip, 'purchase')
    .filter((price) => !/bill of materials/i.test(price.item))
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

function perChip(price: Price, chip: Chip): Figure | undefined {
  if (price.unit === 'USD') return figureOf(price)
  const perRack = chip.rack.chips
  if (price.unit !== 'USD/rack' || !isKnown(perRack)) return undefined
  const { low, high, ...rest } = figureOf(price)
  return {
    ...rest,
    unit: 'USD',
    value: price.value / perRack.value,
    ...(low === undefined ? {} : { low: low / perRack.value }),
    ...(high === undefined ? {} : { high: high / perRack.value }),
  }
}

/**
 * Power to pay for. GPUs: the provisioned figure at the meter, PUE inside it. SRAM machines publish system power at the
 * server. Without a system figure, the chip's TDP with the host uplift of measured servers.
 */
function provisionedPower(chip: Chip): { watts: Known<Watts>; powerAt: 'it' | 'utility' } {
  const { allIn, tdp } = chip.power
  if (isKnown(allIn)) return { watts: allIn, powerAt: chip.kind === 'sram' ? 'it' : 'utility' }
  if (!isKnown(tdp)) return { watts: { unknown: `the power of ${chip.name} is not published` }, powerAt: 'it' }
  const watts = { ...tdp, value: tdp.value * 1.21, low: tdp.value * 1.125, high: tdp.value * 1.3, note: HOST_NOTE }
  return { watts, powerAt: 'it' }
}

const HOST_NOTE = 'TDP with the host share measured on 8-chip servers at full load (MLPerf Inference v5.1)'

function hostUplift(chip: Chip): Figure {
  const basis = { unit: 'ratio', source: 'github-hardware-catalogue', basis: 'secondary' } as const
  // A wafer is sold as a whole system.
  if (chip.vendor === 'Cerebras') return { ...basis, value: 1 }
  return { ...basis, value: 1.2, low: 1.1, high: 1.4 }
}

const LIFE: Figure = { value: 4, low: 4, high: 5, unit: 'years', source: 'inferencex-constants', basis: 'analyst' }
const RESIDUAL: Figure = {
  value: 0,
  low: 0,
  high: 0.1,
  unit: 'ratio',
  source: 'inferencex-constants',
  basis: 'estimate',
  note: 'the economic life above already ends when the chip is worth little',
}
const INTEREST: Figure = {
  value: 0.08,
  low: 0.06,
  high: 0.12,
  unit: '1/year',
  source: 'superml-cerebras',
  basis: 'estimate',
  note: 'low: a 6 % loan against compute in 2026; central and high are assumptions for debt and equity mixed',
}
const PUE: Figure = {
  value: 1.15,
  low: 1.09,
  high: 1.56,
  unit: 'ratio',
  source: 'sanjay-data-center',
  basis: 'secondary',
  note: 'new AI build; low: one fleet of a hyperscaler; high: industry survey',
}
const HOSTING: Figure = {
  value: 86,
  low: 60,
  high: 150,
  unit: 'USD/kW/month',
  source: 'inferencex-blog-inferencemax',
  basis: 'derived',
  note: 'rent and electricity are at most 20 % of a $1.69 H100-hour at 1.73 kW, less $0.0775/kWh; ends are assumptions',
}
const MAINTENANCE: Figure = {
  value: 0.02,
  low: 0,
  high: 0.05,
  unit: '1/year',
  source: 'assumption',
  basis: 'estimate',
  note: 'no published figure; moves an H100-hour by −5 … +7 %',
}

function electricityPrice(): Known {
  const price = prices().find((row) => row.id === 'power-price-us-electricity')
  return price === undefined ? { unknown: 'no electricity price in the catalog' } : figureOf(price)
}

function pricesOf(chip: Chip, category: Price['category']): Price[] {
  return prices().filter((price) => price.category === category && price.subject === chip.id)
}

function figureOf(price: Price): Figure {
  const { value, unit, source, basis, low, high, date, note } = price
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

function span(rows: readonly Figure[]): { low: number; high: number } {
  return {
    low: Math.min(...rows.map((row) => row.low ?? row.value)),
    high: Math.max(...rows.map((row) => row.high ?? row.value)),
  }
}
