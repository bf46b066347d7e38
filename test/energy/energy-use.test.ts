import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findChip, type Unknown } from '../../src/catalog/index.ts'
import { type EnergyUse, energyUse } from '../../src/energy/index.ts'
import { PincerError } from '../../src/issue/index.ts'

function known(use: EnergyUse | Unknown): EnergyUse {
  if ('unknown' in use) throw new Error(use.unknown)
  return use
}

const B200 = findChip('b200-sxm')

describe('published powers', () => {
  it('8 × B200 at full load span the 9.0–10.4 kW of MLPerf v5.1 servers and stay below the provisioned power', () => {
    const { server, meter } = known(energyUse({ chip: B200, chips: 8, busy: 1 }))
    expect(server.low).toBeCloseTo(9000, 6)
    expect(server.high).toBeCloseTo(10_400, 6)
    expect(meter.high).toBeLessThanOrEqual(8 * 2170)
  })

  it('SRAM machines draw their published system power', () => {
    const lpu = known(energyUse({ chip: findChip('groq-lpu-v1'), chips: 576, busy: 1 }))
    expect(lpu.server.central).toBeCloseTo(576 * 388, 6)
    expect(known(energyUse({ chip: findChip('cerebras-wse3'), chips: 1, busy: 1 })).server.central).toBe(23_000)
  })

  it('a chip whose power nobody published is unknown, with the reason', () => {
    expect(energyUse({ chip: findChip('groq3-lp30'), chips: 1, busy: 1 })).toHaveProperty('unknown')
  })
})

describe('properties', () => {
  const chip = fc.constantFrom(
    'h100-sxm',
    'b200-sxm',
    'gb200-nvl72',
    'mi300x',
    'tpu-v6e',
    'cerebras-wse3',
    'groq-lpu-v1',
  )
  const busy = fc.double({ min: 0, max: 1, noNaN: true })

  it('power is ordered, at least idle, linear in the chips, and never falls with load', () => {
    fc.assert(
      fc.property(chip, busy, busy, fc.integer({ min: 1, max: 5000 }), (id, a, b, chips) => {
        const at = (load: number, n: number) => known(energyUse({ chip: findChip(id), chips: n, busy: load }))
        const low = at(Math.min(a, b), chips)
        const high = at(Math.max(a, b), chips)
        for (const level of ['low', 'central', 'high'] as const) {
          expect(high.server[level]).toBeGreaterThanOrEqual(low.server[level] * (1 - 1e-12))
          expect(low.server[level]).toBeGreaterThan(0)
          expect(high.meter[level] / at(Math.max(a, b), 1).meter[level]).toBeCloseTo(chips, 6)
        }
        expect(high.meter.low).toBeLessThanOrEqual(high.meter.central)
        expect(high.meter.central).toBeLessThanOrEqual(high.meter.high)
      }),
    )
  })

  it('energy per token × tokens = power × time', () => {
    fc.assert(
      fc.property(chip, busy, fc.double({ min: 1, max: 1e6, noNaN: true }), (id, load, rate) => {
        const use = known(energyUse({ chip: findChip(id), chips: 8, busy: load, tokensPerSecond: rate, seconds: 60 }))
        if ('unknown' in use.joulesPerToken || 'unknown' in use.joules) throw new Error('both rate and time were given')
        expect((use.joulesPerToken.central * rate * 60) / use.joules.central).toBeCloseTo(1, 9)
        expect(use.joules.central).toBeCloseTo(use.meter.central * 60, 3)
      }),
    )
  })

  it('without a rate the energy per token is unknown, not 0', () => {
    expect(known(energyUse({ chip: B200, chips: 1, busy: 1 })).joulesPerToken).toHaveProperty('unknown')
  })
})

describe('bad input', () => {
  it.each([
    ['chips', { chips: 0 }],
    ['busy', { busy: 1.2 }],
    ['busy', { busy: Number.NaN }],
    ['tokensPerSecond', { tokensPerSecond: 0 }],
    ['seconds', { seconds: -1 }],
    ['pue', { pue: 0.8 }],
  ])('%s is named', (field, change) => {
    let caught: unknown
    try {
      energyUse({ chip: B200, chips: 1, busy: 1, ...change })
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(PincerError)
    expect((caught as PincerError).issues[0]?.path).toEqual([field])
  })
})
