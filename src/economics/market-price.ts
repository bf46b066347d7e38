import { type Chip, type ModelEntry, type Price, findModelEntry, plainName, prices } from '../catalog/index.ts'
import { PincerError } from '../issue/index.ts'
import { pricesOf } from './purchase-price.ts'
import type { TokenKind } from './token-time.ts'

/** How a chip-hour is sold or reckoned: by an analyst for an owner, by contract over months or years, or by the hour. */
export type MarketKind = 'analyst' | 'reserved' | 'on-demand' | 'assumed'

/** A dated $/chip-hour of the catalog. */
export interface MarketPrice {
  readonly kind: MarketKind
  readonly price: Price
}

/** Every dated $/chip-hour of a chip, analysts' first, then contracts, then by the hour. */
export function marketPrices(chip: Chip): readonly MarketPrice[] {
  const rows = (['tco_per_chip_hour', 'rental_per_chip_hour'] as const)
    .flatMap((category) => pricesOf(chip, category))
    .filter(({ unit }) => unit === 'USD/h')
    .map((price) => ({ kind: kindOf(price), price }))
  return rows.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
}

const ORDER: readonly MarketKind[] = ['analyst', 'reserved', 'on-demand', 'assumed']

function kindOf({ category, item }: Price): MarketKind {
  if (category === 'tco_per_chip_hour') return 'analyst'
  if (/used in .* papers/i.test(item)) return 'assumed'
  return /reserved|commit|upfront|capacity block/i.test(item) ? 'reserved' : 'on-demand'
}

/** A dated $/Mtok of a service for one kind of token. */
export interface ApiPrice {
  readonly kind: TokenKind
  readonly price: Price
}

/** List prices of a catalog model by those who serve it; none for a model of the user's. */
export function apiPrices(model: string): readonly ApiPrice[] {
  return prices()
    .filter(({ category }) => category === 'price_api')
    .flatMap((price) => {
      const match = /^(.*?) (input=output|input|output)(, cache hit)?/.exec(price.item)
      if (match === null || !isModel(match[1]!, model)) return []
      const kinds: TokenKind[] = match[2] === 'input=output' ? ['input', 'output'] : [match[2] as 'input' | 'output']
      return kinds.map((kind) => ({ kind: match[3] === undefined ? kind : ('cachedInput' as const), price }))
    })
}

function isModel(sold: string, model: string): boolean {
  const entry = entryOf(model)
  return entry !== undefined && (entryOf(sold) === entry || plainName(sold) === plainName(model))
}

function entryOf(name: string): ModelEntry | undefined {
  try {
    return findModelEntry(name)
  } catch (fault) {
    if (fault instanceof PincerError) return undefined
    throw fault
  }
}
