import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import tco from '../../catalog/tco.json' with { type: 'json' }
import { findChip, findSource, isKnown } from '../../src/catalog/index.ts'
import {
  chipBill,
  OWNERS,
  ownedInputs,
  parseTco,
  parseTcoInput,
  TCO_FIELDS,
  type TcoName,
} from '../../src/economics/index.ts'

function perHour(chip: string, owner: (typeof OWNERS)[number]): number {
  const { cost } = chipBill(findChip(chip), { owner, inputs: {} })
  if ('unknown' in cost) throw new Error(cost.unknown)
  return cost.total.central
}

/**
 * InferenceX, constants of the SemiAnalysis AI Cloud TCO Model of 2026-04-03, USD per GPU-hour of the two kinds of owner. No input of
 * the build-up belongs to one chip but its price and power; what tells the owners apart is in catalog/tco.json.
 */
const ANALYSTS: readonly (readonly [string, number, number])[] = [
  ['h100-sxm', 1.3, 1.69],
  ['h200-sxm', 1.41, 1.74],
  ['b200-sxm', 1.95, 2.34],
  ['mi300x', 1.12, 1.4],
]

describe('analysts’ figures', () => {
  it.each(ANALYSTS)('of %s come out within 15 %% for both kinds of owner', (chip, hyperscaler, neocloud) => {
    expect(Math.abs(perHour(chip, 'hyperscaler') / hyperscaler - 1)).toBeLessThan(0.15)
    expect(Math.abs(perHour(chip, 'neocloud') / neocloud - 1)).toBeLessThan(0.15)
  })

  // Not looked at when the inputs were set: a newer chip and a rack. The analysts mark their B300 and GB300 as stand-ins.
  it.each([
    ['mi355x', 1.48, 1.9],
    ['gb200-nvl72', 2.21, 2.75],
  ])('of %s come out within 20 %%', (chip, hyperscaler, neocloud) => {
    expect(Math.abs(perHour(chip, 'hyperscaler') / hyperscaler - 1)).toBeLessThan(0.2)
    expect(Math.abs(perHour(chip, 'neocloud') / neocloud - 1)).toBeLessThan(0.2)
  })

  it('of a wafer come out within 1 % for a typical owner', () => {
    expect(Math.abs(perHour('cerebras-wse3', 'typical') / 41.96 - 1)).toBeLessThan(0.01)
  })

  it('stand in docs/economics.md as they come out', () => {
    const table = readFileSync(new URL('../../docs/economics.md', import.meta.url), 'utf8')
    const sign = (ratio: number): string => `${ratio < 1 ? '−' : '+'}${Math.round(100 * Math.abs(ratio - 1))} %`
    const rows = [...ANALYSTS, ['mi355x', 1.48, 1.9], ['gb200-nvl72', 2.21, 2.75]] as const
    for (const [chip, hyperscaler, neocloud] of rows) {
      const [a, b] = [perHour(chip, 'hyperscaler'), perHour(chip, 'neocloud')]
      const left = `${a.toFixed(2)}, ${hyperscaler.toFixed(2)} | ${sign(a / hyperscaler)}`
      expect(table).toContain(`| ${left} | ${b.toFixed(2)}, ${neocloud.toFixed(2)} | ${sign(b / neocloud)} |`)
    }
  })

  it('lie in the order of the owners, the typical one between', () => {
    for (const [chip] of ANALYSTS) {
      expect(perHour(chip, 'hyperscaler')).toBeLessThan(perHour(chip, 'typical'))
      expect(perHour(chip, 'typical')).toBeLessThan(perHour(chip, 'neocloud'))
    }
  })
})

describe('the building per MW', () => {
  it('is what the median site costs less its chips and servers', () => {
    const { building } = ownedInputs(findChip('h100-sxm'), { owner: 'hyperscaler', inputs: {} })
    if (!isKnown(building)) throw new Error(building.unknown)
    const rest = (chip: number, watts: number): number => 31.9e6 - ((chip + 5400) * 1e6) / watts
    expect(rest(27_000, 1730) / building.high!).toBeCloseTo(1, 1)
    expect(rest(40_000 * 1.07, 2170) / building.low!).toBeCloseTo(1, 1)
  })
})

describe('catalog/tco.json', () => {
  const groups = [
    tco.common,
    tco.baseboard,
    ...Object.values(tco.owners).map(({ inputs }) => inputs as Readonly<Record<string, object>>),
  ]

  it('holds inputs that exist, in their unit and range, with a source', () => {
    let count = 0
    for (const [name, figure] of groups.flatMap((group) => Object.entries(group))) {
      const field = TCO_FIELDS.get(name as TcoName)
      expect(field?.name).toBe(name)
      const read = parseTcoInput(field!, figure, [name])
      expect(read).toEqual(figure)
      const { source, basis, unit, note } = figure as { source: string; basis: string; unit: string; note?: string }
      expect(unit).toBe(field!.unit)
      if (source === 'assumption') expect(basis).toBe('estimate')
      else expect(findSource(source).id).toBe(source)
      for (const [, id] of (note ?? '').matchAll(/\[([a-z0-9-]+)\]/g)) expect(findSource(id!).id).toBe(id)
      count++
    }
    expect(count).toBeGreaterThan(25)
  })

  it('has an owner for every kind', () => {
    expect(Object.keys(tco.owners)).toEqual([...OWNERS])
  })
})

describe('a bill', () => {
  it('of a node is eight chips, of an unknown rack unknown, of a fleet as many as asked', () => {
    const { scales } = chipBill(findChip('h100-sxm'), { inputs: {} }, 1000)
    if ('unknown' in scales.chip || 'unknown' in scales.node || scales.fleet === undefined || 'unknown' in scales.fleet)
      throw new Error('expected figures')
    expect(scales.node.perHour.central).toBeCloseTo(8 * scales.chip.perHour.central, 9)
    expect(scales.fleet.capital.high).toBeCloseTo(1000 * scales.chip.capital.high, 3)
    expect(scales.rack).toEqual({ unknown: expect.stringContaining('no standard rack') })
  })

  it('is the same from a file that holds every input', () => {
    const chip = findChip('b200-sxm')
    for (const owner of OWNERS) {
      const { kind: _kind, ...inputs } = ownedInputs(chip, { owner, inputs: {} })
      const file = JSON.parse(JSON.stringify({ schema: 'pincer.tco.v1', currency: 'USD', owner, inputs })) as unknown
      expect(chipBill(chip, parseTco(file)).cost).toEqual(chipBill(chip, { owner, inputs: {} }).cost)
    }
  })

  it('carries dates of prices and the ratio to each', () => {
    const { market, cost } = chipBill(findChip('h100-sxm'), { inputs: {} })
    if ('unknown' in cost) throw new Error(cost.unknown)
    expect(market.map(({ kind }) => kind)).toEqual([
      'analyst',
      'analyst',
      'reserved',
      'reserved',
      'reserved',
      'on-demand',
      'on-demand',
    ])
    for (const { price, ratio } of market) {
      expect(price.date).toMatch(/^20\d\d/)
      expect(ratio).toBeCloseTo(cost.paid.central / price.value, 12)
    }
  })
})
