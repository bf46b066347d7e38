import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Figure, type Unknown, findChip } from '../../src/catalog/index.ts'
import {
  CHIP_HOUR_PARTS,
  capitalRecoveryFactor,
  type ChipHourCost,
  chipHourCost,
  defaultChipHour,
  givenFigure,
  ownedChipHour,
  type OwnedInput,
  paidChipHour,
  TCO_FIELDS,
  type TcoName,
} from '../../src/economics/index.ts'
import { PincerError } from '../../src/issue/index.ts'

const VALUES: Readonly<Record<Exclude<TcoName, 'grid' | 'cacheLink'>, number>> = {
  chipPrice: 30_000,
  server: 5000,
  network: 1000,
  spares: 0.02,
  life: 4,
  residual: 0.1,
  interest: 0.08,
  maintenance: 0.02,
  power: 1000,
  idlePower: 0.25,
  pue: 1.2,
  powerPrice: 0.08,
  provisioned: 1500,
  building: 10e6,
  buildingLife: 20,
  hosting: 100,
  staff: 300,
  availability: 0.99,
  utilisation: 0.5,
}

function owned(change: Partial<Record<keyof typeof VALUES, number>> = {}): OwnedInput {
  const figures = Object.entries({ ...VALUES, ...change }).map(([name, value]) => [name, givenFigure(value, '')])
  return { kind: 'owned', ...Object.fromEntries(figures) } as OwnedInput
}

function known(cost: ChipHourCost | Unknown): ChipHourCost {
  if ('unknown' in cost) throw new Error(cost.unknown)
  return cost
}

function central(change: Parameters<typeof owned>[0] = {}): ChipHourCost {
  return known(chipHourCost(owned(change)))
}

describe('the owned chip-hour, by hand', () => {
  const { parts, paid, marginal, total, yearly, capital } = central()
  const fixed = (
    ['chip', 'server', 'network', 'spares', 'building', 'interest', 'hosting', 'maintenance', 'staff'] as const
  )
    .map((part) => parts[part].central)
    .reduce((sum, part) => sum + part, 0)

  it('running costs are kW × price', () => {
    expect(parts.energy.central).toBeCloseTo(1 * 1.2 * 0.08, 12)
    expect(parts.hosting.central).toBeCloseTo((1.5 * 100) / 730, 12)
    expect(parts.maintenance.central).toBeCloseTo((36_000 * 0.02) / 8760, 12)
    expect(parts.staff.central).toBeCloseTo(300 / 8760, 12)
  })

  it('hardware, spares and building add up to what is put up', () => {
    expect(capital).toMatchObject({ central: 36_000 * 1.02 + 1.5e-3 * 10e6 })
    expect(parts.spares.central / (parts.chip.central + parts.server.central + parts.network.central)).toBeCloseTo(
      0.02,
      12,
    )
    expect(parts.building.central).toBeCloseTo(15_000 / 20 / 8760, 12)
  })

  it('capital and interest repay two loans: their present values make the prices', () => {
    const { parts: bare } = central({ building: 0 })
    const yearlyPayment =
      (bare.chip.central + bare.server.central + bare.network.central + bare.spares.central + bare.interest.central) *
      8760
    let present = 3672 / 1.08 ** 4
    for (let year = 1; year <= 4; year++) present += yearlyPayment / 1.08 ** year
    expect(present).toBeCloseTo(36_720, 6)
  })

  it('broken and idle hours are charged to the useful ones, idle ones with the electricity of idling', () => {
    const drawn = 0.096 * (0.25 + 0.75 * 0.5)
    expect(paid.central).toBeCloseTo(fixed / 0.99 + drawn, 12)
    expect(total.central).toBeCloseTo(paid.central / 0.5, 12)
    expect(parts.downtime.central).toBeCloseTo(fixed / 0.99 - fixed, 12)
    // A year of bills: what stands there all hours, electricity in the hours it works.
    expect(yearly.central).toBeCloseTo(8760 * (fixed + 0.99 * drawn), 8)
    expect(total.central * 8760 * 0.99 * 0.5).toBeCloseTo(yearly.central, 8)
  })

  it('one more hour of use costs the electricity above idle', () => {
    expect(marginal).toMatchObject({ central: expect.closeTo(0.096 * 0.75, 12) })
  })

  it('without interest the annuity is straight-line, and continuous towards it', () => {
    expect(capitalRecoveryFactor(0, 5)).toBe(0.2)
    for (const rate of [1e-6, 1e-9, 1e-12, 1e-15, Number.MIN_VALUE]) {
      expect(Math.abs(capitalRecoveryFactor(rate, 5) / 0.2 - 1)).toBeLessThan(Math.max(5 * rate, 1e-12))
      expect(central({ interest: rate }).total.central).toBeCloseTo(central({ interest: 0 }).total.central, 4)
    }
  })
})

const ranged = (min: number, max: number) =>
  fc.tuple(fc.double({ min, max, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })).map(([value, spread]) => ({
    ...givenFigure(value, ''),
    low: value - spread * (value - min),
    high: value + spread * (max - value),
  }))

const RANGES: Readonly<Record<keyof typeof VALUES, readonly [number, number]>> = {
  chipPrice: [100, 1e6],
  server: [0, 1e5],
  network: [0, 1e5],
  spares: [0, 0.2],
  life: [1, 10],
  residual: [0, 0.9],
  interest: [0, 0.3],
  maintenance: [0, 0.1],
  power: [10, 3e4],
  idlePower: [0, 1],
  pue: [1, 2],
  powerPrice: [0, 0.5],
  provisioned: [10, 5e4],
  building: [0, 3e7],
  buildingLife: [5, 40],
  hosting: [0, 300],
  staff: [0, 2000],
  availability: [0.5, 1],
  utilisation: [0.1, 1],
}

const anyOwned = fc
  .record(
    Object.fromEntries(Object.entries(RANGES).map(([name, [min, max]]) => [name, ranged(min, max)])) as Record<
      keyof typeof VALUES,
      fc.Arbitrary<Figure>
    >,
  )
  .map((figures): OwnedInput => ({ kind: 'owned', ...figures }))

describe('properties', () => {
  it('parts sum to the total and low ≤ central ≤ high, of every sum', () => {
    fc.assert(
      fc.property(anyOwned, (input) => {
        const cost = known(chipHourCost(input))
        for (const level of ['low', 'central', 'high'] as const) {
          const sum = CHIP_HOUR_PARTS.reduce((all, part) => all + cost.parts[part][level], 0)
          expect(sum).toBe(cost.total[level])
        }
        for (const each of [cost.total, cost.paid, cost.yearly, cost.capital, cost.marginal]) {
          if ('unknown' in each) throw new Error(each.unknown)
          expect(each.low).toBeLessThanOrEqual(each.central * (1 + 1e-9))
          expect(each.central).toBeLessThanOrEqual(each.high * (1 + 1e-9))
        }
      }),
    )
  })

  it('one more hour of use never costs more than an hour in full', () => {
    fc.assert(
      fc.property(anyOwned, (input) => {
        const { marginal, total } = known(chipHourCost(input))
        if ('unknown' in marginal) throw new Error(marginal.unknown)
        for (const level of ['low', 'central', 'high'] as const) {
          expect(marginal[level]).toBeLessThanOrEqual(total[level] * (1 + 1e-9))
        }
      }),
    )
  })

  it.each(Object.keys(RANGES) as (keyof typeof VALUES)[])('more of %s moves the cost as its rule says', (name) => {
    const [min, max] = RANGES[name]
    const value = fc.double({ min, max, noNaN: true })
    fc.assert(
      fc.property(anyOwned, value, value, (input, a, b) => {
        const at = (figure: number): number =>
          known(chipHourCost({ ...input, [name]: givenFigure(figure, '') })).total.central
        const [less, more] = [at(Math.min(a, b)), at(Math.max(a, b))]
        const [cheap, dear] = TCO_FIELDS.get(name)!.dearer === 'high' ? [less, more] : [more, less]
        expect(cheap).toBeLessThanOrEqual(dear * (1 + 1e-9))
      }),
    )
  })

  it('hardware sold for what it cost, without interest, costs nothing', () => {
    fc.assert(
      fc.property(anyOwned, (input) => {
        const free = {
          ...input,
          residual: givenFigure(1, ''),
          interest: givenFigure(0, ''),
          building: givenFigure(0, ''),
        }
        const { parts } = known(chipHourCost(free))
        for (const part of ['chip', 'server', 'network', 'spares', 'building'] as const)
          expect(parts[part].central).toBe(0)
        const price = (input.chipPrice as Figure).value
        expect(Math.abs(parts.interest.central)).toBeLessThan(1e-9 * price)
      }),
    )
  })

  it('is affine in the chip’s price: hardware parts scale, the rest stays', () => {
    fc.assert(
      fc.property(anyOwned, fc.double({ min: 1.1, max: 9, noNaN: true }), (input, factor) => {
        const one = known(chipHourCost(input)).parts
        const { value } = input.chipPrice as Figure
        const dearer = known(chipHourCost({ ...input, chipPrice: givenFigure(value * factor, 'USD') })).parts
        expect(dearer.chip.central).toBeCloseTo(factor * one.chip.central, 9)
        expect(dearer.energy.central).toBe(one.energy.central)
        expect(dearer.server.central).toBe(one.server.central)
      }),
    )
  })

  it('a rental is linear in its price, and one more hour of it costs all of it', () => {
    const rental = (usd: number): ChipHourCost =>
      known(chipHourCost({ kind: 'rental', perHour: givenFigure(usd, 'USD/h') }))
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 99, noNaN: true }),
        fc.double({ min: 1, max: 9, noNaN: true }),
        (price, k) => {
          expect(rental(k * price).total.central).toBeCloseTo(k * rental(price).total.central, 9)
          expect(rental(price).marginal).toEqual(rental(price).total)
        },
      ),
    )
  })
})

describe('defaults', () => {
  it.each([
    ['h100-sxm', 'tco', 1.3, 1.69],
    ['b200-sxm', 'tco', 1.95, 2.34],
    ['cerebras-wse3', 'tco', 41.96, 41.96],
    ['h800-sxm', 'rental', 2, 2],
  ])('%s is quoted as %s', (chip, kind, value, high) => {
    const input = defaultChipHour(chip)
    if ('unknown' in input) throw new Error(input.unknown)
    const cost = known(chipHourCost(input))
    expect(cost.kind).toBe(kind)
    expect(cost.total.central).toBe(value)
    expect(cost.total.high).toBe(high)
  })

  it('a GroqCard is built up from its list price, down to a quarter of it', () => {
    const input = defaultChipHour('groq-lpu-v1')
    if ('unknown' in input || input.kind !== 'owned') throw new Error('expected a build-up')
    expect(input.chipPrice).toMatchObject({ value: 19_948, low: 4987, high: 19_948 })
    const { total, parts } = known(chipHourCost(input))
    expect(total.central).toBeGreaterThan(19_948 / 4 / 8760)
    expect(total.low).toBeLessThan(total.central / 2)
    // 388 W at the server, PUE 1.15, $0.0775/kWh.
    expect(parts.energy.central).toBeCloseTo(0.388 * 1.15 * 0.0775, 9)
  })

  it('a chip without any price is unknown, with the reason, until one is given', () => {
    expect(defaultChipHour('etched-sohu')).toEqual({ unknown: expect.stringContaining('no price') })
    const priced = {
      inputs: { chipPrice: givenFigure(9000, 'USD'), power: givenFigure(400, 'W'), provisioned: givenFigure(500, 'W') },
    }
    expect(ownedChipHour(findChip('etched-sohu'), priced)).toMatchObject({ kind: 'owned', server: { value: 5400 } })
  })

  it('an unknown input makes the cost unknown, never 0', () => {
    const cost = chipHourCost({ ...owned(), power: { unknown: 'not disclosed' } })
    expect(cost).toEqual({ unknown: 'power: not disclosed' })
  })
})

describe('bad input', () => {
  it.each<[string, Partial<OwnedInput>]>([
    ['chipPrice', { chipPrice: givenFigure(-1, 'USD') }],
    ['life', { life: givenFigure(0, 'years') }],
    ['utilisation', { utilisation: givenFigure(1.01, 'ratio') }],
    ['utilisation', { utilisation: givenFigure(0, 'ratio') }],
    ['availability', { availability: givenFigure(0, 'ratio') }],
    ['pue', { pue: givenFigure(0.9, 'ratio') }],
    ['interest', { interest: givenFigure(-0.01, '') }],
    ['interest', { interest: givenFigure(Number.NaN, '') }],
    ['power', { power: givenFigure(Number.POSITIVE_INFINITY, 'W') }],
    ['powerPrice', { powerPrice: { ...givenFigure(0.1, ''), low: 0.2 } }],
  ])('%s is named', (field, change) => {
    let caught: unknown
    try {
      chipHourCost({ ...owned(), ...change })
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(PincerError)
    expect((caught as PincerError).issues[0]?.path[0]).toBe(field)
  })
})

describe('the hour that is paid for', () => {
  it.each(['h100-sxm', 'a100-sxm', 'mi300x', 'cerebras-wse3'])('is the central one of the whole bill: %s', (id) => {
    for (const input of [defaultChipHour(id), ownedChipHour(findChip(id))]) {
      if ('unknown' in input) continue
      const cost = chipHourCost(input)
      expect(paidChipHour(input)).toEqual('unknown' in cost ? cost : cost.paid.central)
    }
  })
})
