import file from '../../catalog/prices.json' with { type: 'json' }
import { type Issue, nearest, PincerError } from '../issue/index.ts'
import { chipId, plainName } from './chip.ts'
import type { Unknown } from './figure.ts'
import { parsePrices } from './parse-price.ts'
import type { Price } from './types.ts'

/** What to look for: an exact category, a chip (any of its names) or another subject, and optionally one item. */
export interface PriceQuery {
  readonly category: Price['category']
  readonly subject: string
  readonly item?: string
}

/** Items of the analyst model that defaults are taken from. */
const RENTAL_ITEM = '3-year rental, 25% upfront'
const TCO_ITEM = 'hyperscaler owned, 4-yr economic life'

let parsed: readonly Price[] | undefined

/** Every dated price of the catalog, in the order of the file. */
export function prices(): readonly Price[] {
  parsed ??= parsePrices(file)
  return parsed
}

/**
 * The newest price that matches; of equally new ones the first in the file.
 * @throws PincerError `unknown_price` with the nearest subject or item that has one
 */
export function findPrice(query: PriceQuery): Price {
  const inCategory = prices().filter((price) => price.category === query.category)
  const ofSubject = inCategory.filter(subjectFilter(query.subject, inCategory))
  if (ofSubject.length === 0)
    throw noPrice(
      query,
      'subject',
      query.subject,
      inCategory.map((price) => price.subject),
    )
  const { item } = query
  const matches =
    item === undefined ? ofSubject : ofSubject.filter((price) => plainName(price.item) === plainName(item))
  const best = newest(matches)
  if (best === undefined)
    throw noPrice(
      query,
      'item',
      item ?? '',
      ofSubject.map((price) => price.item),
    )
  return best
}

/**
 * What renting `chip` costs by default, in USD/h per chip: the newest analyst row of the item "3-year rental, 25%
 * upfront"; where there is none, the newest row in USD/h of any basis, which the price itself tells.
 */
export function defaultRental(chip: string): Price | Unknown {
  return defaultPrice('rental_per_chip_hour', chip, RENTAL_ITEM, 'rental price')
}

/**
 * What owning `chip` costs by default, in USD/h per chip with power, hosting and network: the newest analyst row of
 * the item "hyperscaler owned, 4-yr economic life"; where there is none, the newest row in USD/h.
 */
export function defaultTco(chip: string): Price | Unknown {
  return defaultPrice('tco_per_chip_hour', chip, TCO_ITEM, 'cost of ownership')
}

function defaultPrice(category: Price['category'], chip: string, item: string, what: string): Price | Unknown {
  const subject = chipId(chip) ?? plainName(chip)
  const rows = prices().filter((row) => row.category === category && row.subject === subject && row.unit === 'USD/h')
  const best = newest(rows.filter((row) => row.basis === 'analyst' && row.item === item)) ?? newest(rows)
  return best ?? { unknown: `the catalog has no ${what} for ${subject}` }
}

// "groq" is a company in the API price list and an alias of a chip elsewhere: the literal subject comes first.
function subjectFilter(subject: string, among: readonly Price[]): (price: Price) => boolean {
  const literal = plainName(subject)
  const wanted = among.some((price) => price.subject === literal) ? literal : (chipId(subject) ?? literal)
  return (price) => price.subject === wanted
}

// "2026" counts as the start of its year: a month or day in it is newer knowledge.
function newest(rows: readonly Price[]): Price | undefined {
  let best: Price | undefined
  for (const row of rows) if (best === undefined || row.date > best.date) best = row
  return best
}

function noPrice(query: PriceQuery, field: 'subject' | 'item', wanted: string, known: readonly string[]): PincerError {
  const names = [...new Set(known)]
  const near = nearest(wanted, names)
  const message = `no ${query.category} price for the ${field} "${wanted.slice(0, 80)}"`
  const suggestion = near === undefined ? `known: ${names.slice(0, 12).join('; ')}` : `did you mean "${near}"?`
  const issue: Issue = { code: 'unknown_price', path: [field], message, suggestion }
  return new PincerError(issue)
}
