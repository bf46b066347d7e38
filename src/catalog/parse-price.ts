import * as z from 'zod/mini'
import type { Basis } from './figure.ts'
import { BASES, DATE, fault, text } from './parse-figure.ts'
import { parseFailure } from './parse-issue.ts'
import type { Price } from './types.ts'

/** Units a price of each category comes in; `USD/h` is per chip. */
export const PRICE_UNITS: Readonly<Record<Price['category'], readonly string[]>> = {
  tco_per_chip_hour: ['USD/h'],
  rental_per_chip_hour: ['USD/h', 'USD/PFLOP-h'],
  purchase: ['USD', 'USD/rack'],
  price_api: ['USD/Mtok'],
  power: ['W'],
  power_price: ['USD/kWh'],
  facility: ['ratio'],
  tco_share: ['ratio'],
  tco_assumption: ['years', 'ratio'],
  capacity: ['chips'],
  capex_per_mw: ['USD/MW'],
  cost_actual: ['USD/day'],
  deal: ['USD'],
}

const CATEGORIES = Object.keys(PRICE_UNITS) as [Price['category'], ...Price['category'][]]

const amount = z.number().check(z.gt(0), z.lte(1e15))

const priceInput = z
  .strictObject({
    id: z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{0,99}$/)),
    category: z.enum(CATEGORIES),
    subject: z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{0,63}$/)),
    item: text(200),
    value: amount,
    unit: text(20),
    low: z.optional(amount),
    high: z.optional(amount),
    source: text(80),
    basis: z.enum(BASES as [Basis, ...Basis[]]),
    date: z.string().check(z.regex(DATE)),
    note: z.optional(text(1000)),
  })
  .check((context) => {
    const { category, unit, value, low = value, high = value } = context.value
    if (!PRICE_UNITS[category].includes(unit)) {
      const suggestion = `${category} is given in ${PRICE_UNITS[category].join(' or ')}`
      context.issues.push(fault(context.value, 'invalid_value', `wrong unit "${unit}"`, ['unit'], suggestion))
    }
    if (low > value || high < value) {
      const message = `the value ${value} lies outside its own range ${low} to ${high}`
      context.issues.push(fault(context.value, 'invalid_value', message, ['value']))
    }
  })

/** Dated prices from untrusted data. @throws PincerError naming every fault with its path */
export function parsePrices(input: unknown): readonly Price[] {
  const parsed = z.safeParse(z.array(priceInput).check(z.maxLength(10_000)), input)
  if (!parsed.success) throw parseFailure(parsed.error, input, () => Object.keys(priceInput.shape))
  return parsed.data.map(({ low, high, note, ...price }) => ({
    ...price,
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(note === undefined ? {} : { note }),
  }))
}
