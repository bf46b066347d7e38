import { describe, expect, test } from 'vitest'
import {
  chipIds,
  defaultRental,
  defaultTco,
  findChip,
  findPrice,
  parsePrices,
  prices,
  valueOf,
} from '../../src/catalog/index.ts'
import { PRICE_UNITS } from '../../src/catalog/parse-price.ts'
import { PincerError } from '../../src/issue/index.ts'

const row = {
  id: 'rental-x',
  category: 'rental_per_chip_hour',
  subject: 'x',
  item: 'list',
  value: 2,
  unit: 'USD/h',
  source: 's',
  basis: 'vendor',
  date: '2026-01',
}

describe('prices of the catalog', () => {
  test('are all there, each with id, unit, source, basis and date', () => {
    expect(prices().length).toBe(104)
    expect(new Set(prices().map((price) => price.id)).size).toBe(prices().length)
    for (const price of prices()) {
      expect(price.value, price.id).toBeGreaterThan(0)
      expect(price.date, price.id).toMatch(/^20\d\d/)
      expect(PRICE_UNITS[price.category], price.id).toContain(price.unit)
    }
    expect(new Set(prices().map((price) => price.category))).toEqual(new Set(Object.keys(PRICE_UNITS)))
  })

  test('name chips by their catalog ids', () => {
    const ids = new Set(chipIds())
    // Trainium1 has a price but no description in the catalog.
    const strangers = prices()
      .filter((price) =>
        ['tco_per_chip_hour', 'rental_per_chip_hour', 'purchase', 'power', 'capacity'].includes(price.category),
      )
      .filter((price) => !ids.has(price.subject))
    expect(strangers.map((price) => price.subject)).toEqual(['trainium1'])
  })

  test('agree with the provisioned power of the chips', () => {
    const rows = prices().filter((price) => price.category === 'power')
    expect(rows).toHaveLength(9)
    for (const price of rows) expect(valueOf(findChip(price.subject).power.allIn), price.subject).toBe(price.value)
  })

  test.each([
    ['tco-h100-sxm-hyperscaler', 1.3, 'USD/h'],
    ['rental-b200-sxm-3-year', 2.9, 'USD/h'],
    ['tco-cerebras-wse3-hardware', 41.96, 'USD/h'],
    ['power-mi355x-all-in', 2650, 'W'],
    ['capex-google-site-1', 53.6e6, 'USD/MW'],
    ['power-price-us-electricity', 0.0775, 'USD/kWh'],
    ['facility-survey-pue', 1.56, 'ratio'],
    ['cost-h800-sxm-deepseek-v3-r1', 87072, 'USD/day'],
    ['api-groq-gpt-oss-120b-output', 0.6, 'USD/Mtok'],
    ['purchase-gb300-nvl72-rack', 3.5e6, 'USD/rack'],
  ])('%s', (id, value, unit) => {
    expect(prices().find((price) => price.id === id)).toMatchObject({ value, unit })
  })

  test('the derived Ironwood rentals follow from the price per PFLOP-hour and the FP8 peak', () => {
    const perPflop = prices().find((price) => price.id === 'rental-tpu-v7-ironwood-on-demand-per-pflop')!
    const perChip = prices().find((price) => price.id === 'rental-tpu-v7-ironwood-on-demand')!
    const peak = valueOf(findChip('ironwood').peak.fp8!)!
    expect(perChip.value).toBeCloseTo((perPflop.value * peak) / 1e15, 4)
    expect(perChip.basis).toBe('derived')
  })
})

describe('findPrice', () => {
  test('takes the newest of a subject, under any name of the chip', () => {
    const newest = findPrice({ category: 'rental_per_chip_hour', subject: 'H100' })
    expect(newest).toMatchObject({ subject: 'h100-sxm', date: '2026-05' })
    expect(findPrice({ category: 'rental_per_chip_hour', subject: 'h100_sxm' })).toBe(newest)
  })

  test('takes the item asked for', () => {
    const query = {
      category: 'tco_per_chip_hour',
      subject: 'h100',
      item: 'neocloud owned, 4-yr economic life',
    } as const
    expect(findPrice(query).value).toBe(1.69)
  })

  test('knows the company Groq from the chip', () => {
    expect(findPrice({ category: 'price_api', subject: 'Groq', item: 'llama-3.1-8b input' }).value).toBe(0.05)
    expect(findPrice({ category: 'purchase', subject: 'groq' })).toMatchObject({ subject: 'groq-lpu-v1', value: 19948 })
  })

  test.each([
    [{ category: 'price_api', subject: 'grok' } as const, 'subject', /"groq"/],
    [{ category: 'price_api', subject: 'groq', item: 'gpt-oss-120 output' } as const, 'item', /gpt-oss-120b output/],
    [{ category: 'purchase', subject: '__proto__' } as const, 'subject', /known: /],
  ])('%j', (query, field, hint) => {
    expect(() => findPrice(query)).toThrow(PincerError)
    expect(() => findPrice(query)).toThrow(hint)
    expect(() => findPrice(query)).toThrow(new RegExp(`^${field}: no ${query.category} price`))
  })
})

describe('defaults', () => {
  test('rent: the analyst’s 3-year row before any newer one', () => {
    expect(defaultRental('h100')).toMatchObject({ value: 1.3, basis: 'analyst', item: '3-year rental, 25% upfront' })
    expect(defaultRental('b200_sxm')).toMatchObject({ value: 2.9, basis: 'analyst' })
  })

  test('rent: without one, the newest row in dollars per chip-hour', () => {
    expect(defaultRental('h800')).toMatchObject({ value: 2, basis: 'paper' })
    expect(defaultRental('ironwood')).toMatchObject({ item: '3-year commitment', unit: 'USD/h', basis: 'derived' })
  })

  test('ownership: what a hyperscaler pays, or the only row there is', () => {
    expect(defaultTco('gb200')).toMatchObject({ value: 2.21, item: 'hyperscaler owned, 4-yr economic life' })
    expect(defaultTco('wse3')).toMatchObject({ value: 41.96, source: 'tokenomics-cerebras' })
  })

  test('unknown with a reason when there is no price, never 0', () => {
    expect(defaultRental('groq')).toEqual({ unknown: 'the catalog has no rental price for groq-lpu-v1' })
    expect(defaultTco('a100')).toEqual({ unknown: 'the catalog has no cost of ownership for a100-sxm' })
    expect(defaultTco('my-chip')).toEqual({ unknown: 'the catalog has no cost of ownership for my-chip' })
  })
})

describe('parsePrices', () => {
  test('accepts a complete row', () => {
    expect(parsePrices([row])).toEqual([row])
  })

  test.each([
    [{ value: 0 }, 'value'],
    [{ value: -1 }, 'value'],
    [{ value: Number.NaN }, 'value'],
    [{ unit: 'USD/Mtok' }, 'unit'],
    [{ low: 3 }, 'value'],
    [{ date: 'today' }, 'date'],
    [{ date: '2026-13' }, 'date'],
    [{ category: 'rent' }, 'category'],
    [{ valeu: 1 }, 'valeu'],
    [{ source: undefined }, 'source'],
  ])('refuses %j', (change, field) => {
    expect(() => parsePrices([{ ...row, ...change }])).toThrow(PincerError)
    expect(() => parsePrices([{ ...row, ...change }])).toThrow(new RegExp(`^0\\.${field}: `))
  })
})
