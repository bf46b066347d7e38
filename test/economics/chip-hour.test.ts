import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Figure, Unknown } from '../../src/catalog/index.ts'
import {
  CHIP_HOUR_PARTS,
  capitalRecoveryFactor,
  type ChipHourCost,
  chipHourCost,
  defaultChipHour,
  givenFigure,
  ownedChipHour,
  type OwnedInput,
} from '../../src/economics/index.ts'
import { PincerError } from '../../src/issue/index.ts'

const OWNED: OwnedInput = {
  kind: 'owned',
  purchase: givenFigure(30_000, 'USD'),
  hostUplift: givenFigure(1.2, 'ratio'),
  lifeYears: givenFigure(4, 'years'),
  residualShare: givenFigure(0.1, 'ratio'),
  interest: givenFigure(0.08, '1/year'),
  watts: givenFigure(1000, 'W'),
  powerAt: 'it',
  pue: givenFigure(1.2, 'ratio'),
  usdPerKwh: givenFigure(0.08, 'USD/kWh'),
  hostingPerKwMonth: givenFigure(100, 'USD/kW/month'),
  maintenanceShare: givenFigure(0.02, '1/year'),
}

function known(cost: ChipHourCost | Unknown): ChipHourCost {
  if ('unknown' in cost) throw new Error(cost.unknown)
  return cost
}

describe('the owned chip-hour, by hand', () => {
  const cost = known(chipHourCost(OWNED))

  it('electricity is kW × PUE × price', () => {
    expect(cost.parts.energy.central).toBeCloseTo(1 * 1.2 * 0.08, 12)
    expect(cost.parts.hosting.central).toBeCloseTo((1.2 * 100) / 730, 12)
    expect(cost.parts.maintenance.central).toBeCloseTo((36_000 * 0.02) / 8760, 12)
  })

  it('capital and interest repay a loan: their present value and that of the residual make the price', () => {
    const yearly = (cost.parts.capital.central + cost.parts.interest.central) * 8760
    let present = 3600 / 1.08 ** 4
    for (let year = 1; year <= 4; year++) present += yearly / 1.08 ** year
    expect(present).toBeCloseTo(36_000, 6)
    expect(cost.parts.capital.central).toBeCloseTo((36_000 - 3600) / 4 / 8760, 12)
  })

  it('PUE does not count twice on power taken at the meter', () => {
    const meter = known(chipHourCost({ ...OWNED, powerAt: 'utility' }))
    expect(cost.parts.energy.central / meter.parts.energy.central).toBeCloseTo(1.2, 12)
  })

  it('idle hours are charged to the useful ones', () => {
    const half = known(chipHourCost({ ...OWNED, utilisation: givenFigure(0.5, 'ratio') }))
    expect(half.total.central).toBeCloseTo(2 * cost.total.central, 12)
    expect(half.parts.idle.central).toBeCloseTo(cost.total.central, 12)
  })

  it('without interest the annuity is straight-line, and continuous towards it', () => {
    expect(capitalRecoveryFactor(0, 5)).toBe(0.2)
    expect(capitalRecoveryFactor(1e-8, 5)).toBeCloseTo(0.2, 7)
  })
})

const ranged = (min: number, max: number) =>
  fc.tuple(fc.double({ min, max, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })).map(([value, spread]) => ({
    ...givenFigure(value, ''),
    low: value - spread * (value - min),
    high: value + spread * (max - value),
  }))

const rentalCost = (usd: number) =>
  known(chipHourCost({ kind: 'rental', perHour: givenFigure(usd, 'USD/h') })).total.central

describe('properties', () => {
  const input = fc.record({
    kind: fc.constant('owned' as const),
    purchase: ranged(100, 1e6),
    hostUplift: ranged(1, 2),
    lifeYears: ranged(1, 10),
    residualShare: ranged(0, 0.5),
    interest: ranged(0, 0.3),
    watts: ranged(10, 3e4),
    powerAt: fc.constantFrom('it' as const, 'utility' as const),
    pue: ranged(1, 2),
    usdPerKwh: ranged(0.01, 0.5),
    hostingPerKwMonth: ranged(0, 300),
    maintenanceShare: ranged(0, 0.1),
    utilisation: ranged(0.1, 1),
  })

  it('parts sum to the total and low ≤ central ≤ high', () => {
    fc.assert(
      fc.property(input, (owned) => {
        const { parts, total } = known(chipHourCost(owned))
        for (const level of ['low', 'central', 'high'] as const) {
          const sum = CHIP_HOUR_PARTS.reduce((all, part) => all + parts[part][level], 0)
          expect(sum / total[level]).toBeCloseTo(1, 12)
        }
        expect(total.low).toBeLessThanOrEqual(total.central * (1 + 1e-12))
        expect(total.central).toBeLessThanOrEqual(total.high * (1 + 1e-12))
      }),
    )
  })

  it('is affine in the purchase price: hardware parts scale, the rest stays', () => {
    fc.assert(
      fc.property(input, fc.double({ min: 1.1, max: 9, noNaN: true }), (owned, factor) => {
        const one = known(chipHourCost(owned)).parts
        const dearer = known(chipHourCost({ ...owned, purchase: scaleFigure(owned.purchase, factor) })).parts
        expect(dearer.capital.central / one.capital.central).toBeCloseTo(factor, 9)
        expect(dearer.maintenance.central).toBeCloseTo(factor * one.maintenance.central, 9)
        expect(dearer.energy.central).toBe(one.energy.central)
      }),
    )
  })

  it('a rental is linear in its price', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 99, noNaN: true }),
        fc.double({ min: 1, max: 9, noNaN: true }),
        (price, k) => {
          expect(rentalCost(k * price)).toBeCloseTo(k * rentalCost(price), 9)
        },
      ),
    )
  })
})

function scaleFigure(figure: Figure, factor: number): Figure {
  const { value, low = value, high = value } = figure
  return { ...figure, value: value * factor, low: low * factor, high: high * factor }
}

describe('defaults', () => {
  it.each([
    ['h100-sxm', 'tco', 1.3, 1.69],
    ['b200-sxm', 'tco', 1.95, 2.34],
    ['cerebras-wse3', 'tco', 41.96, 41.96],
    ['h800-sxm', 'rental', 2, 2],
  ])('%s is quoted as %s', (chip, kind, central, high) => {
    const input = defaultChipHour(chip)
    if ('unknown' in input) throw new Error(input.unknown)
    const cost = known(chipHourCost(input))
    expect(cost.kind).toBe(kind)
    expect(cost.total.central).toBe(central)
    expect(cost.total.high).toBe(high)
  })

  it('a GroqCard is built up from its list price, down to a quarter of it', () => {
    const input = defaultChipHour('groq-lpu-v1')
    if ('unknown' in input || input.kind !== 'owned') throw new Error('expected a build-up')
    expect(input.purchase).toMatchObject({ value: 19_948, low: 4987, high: 19_948 })
    const { total, parts } = known(chipHourCost(input))
    expect(total.central).toBeGreaterThan(19_948 / 4 / 8760)
    expect(total.low).toBeLessThan(total.central / 2)
    // 388 W at the server, PUE 1.15, $0.0775/kWh.
    expect(parts.energy.central).toBeCloseTo(0.388 * 1.15 * 0.0775, 9)
  })

  // Two ways to the same figure: analysts' totals lie inside what the build-up allows.
  it.each([
    ['h100-sxm', 1.3],
    ['h200-sxm', 1.41],
    ['b200-sxm', 1.95],
    ['b300-sxm', 2.34],
    ['mi355x', 1.48],
    ['cerebras-wse3', 41.96],
  ])('the build-up of %s agrees with the analyst within 30 %%', (chip, analyst) => {
    const input = ownedChipHour(chip)
    if ('unknown' in input) throw new Error(input.unknown)
    const { total } = known(chipHourCost(input))
    expect(Math.abs(Math.log(total.central / analyst))).toBeLessThan(Math.log(1.3))
  })

  it('a chip without any price is unknown, with the reason', () => {
    expect(defaultChipHour('etched-sohu')).toEqual({ unknown: expect.stringContaining('no price') })
  })

  it('an unknown input makes the cost unknown, never 0', () => {
    const cost = chipHourCost({ ...OWNED, watts: { unknown: 'not disclosed' } })
    expect(cost).toEqual({ unknown: 'watts: not disclosed' })
  })
})

describe('bad input', () => {
  it.each<[string, Partial<OwnedInput>]>([
    ['purchase', { purchase: givenFigure(-1, 'USD') }],
    ['lifeYears', { lifeYears: givenFigure(0, 'years') }],
    ['utilisation', { utilisation: givenFigure(1.01, 'ratio') }],
    ['utilisation', { utilisation: givenFigure(0, 'ratio') }],
    ['pue', { pue: givenFigure(0.9, 'ratio') }],
    ['interest', { interest: givenFigure(Number.NaN, '') }],
    ['watts', { watts: givenFigure(Number.POSITIVE_INFINITY, 'W') }],
    ['usdPerKwh', { usdPerKwh: { ...givenFigure(0.1, ''), low: 0.2 } }],
  ])('%s is named', (field, change) => {
    let caught: unknown
    try {
      chipHourCost({ ...OWNED, ...change })
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(PincerError)
    expect((caught as PincerError).issues[0]?.path[0]).toBe(field)
  })
})
