import { describe, expect, it } from 'vitest'
import grid from '../../catalog/grid.json' with { type: 'json' }
import { findSource } from '../../src/catalog/index.ts'
import { gridCarbon, gridNames, parseTco, TCO_NAMES, tcoFlag, tcoName } from '../../src/economics/index.ts'
import { PincerError } from '../../src/issue/index.ts'

function issues(input: unknown): string[] {
  try {
    parseTco(input, ['tco'])
  } catch (error) {
    if (error instanceof PincerError) {
      return error.issues.map(({ code, path, suggestion }) => `${code} ${path.join('.')} ${suggestion ?? ''}`.trim())
    }
    throw error
  }
  return []
}

describe('an owner’s inputs', () => {
  it('are numbers, numbers with a unit, or figures with their origin', () => {
    const { owner, inputs } = parseTco({
      owner: 'neocloud',
      currency: 'USD',
      inputs: {
        life: 5,
        interest: '9%',
        'power-price': '120 USD/MWh',
        power: { value: 1.2, low: 1, high: 1.3, unit: 'kW', source: 'own meter', basis: 'measured', date: '2026-05' },
        building: { value: 11, unit: 'USD/W' },
        chipPrice: { unknown: 'under negotiation' },
        grid: 'Sweden',
      },
    })
    expect(owner).toBe('neocloud')
    expect(inputs.life).toMatchObject({ value: 5, unit: 'years' })
    expect(inputs.interest).toMatchObject({ value: 0.09, unit: '1/year' })
    expect(inputs.powerPrice).toMatchObject({ value: 0.12, unit: 'USD/kWh' })
    expect(inputs.power).toEqual({
      value: 1200,
      low: 1000,
      high: 1300,
      unit: 'W',
      source: 'own meter',
      basis: 'measured',
      date: '2026-05',
    })
    expect(inputs.building).toMatchObject({ value: 11e6 })
    expect(inputs.chipPrice).toEqual({ unknown: 'under negotiation' })
    expect(inputs.grid).toMatchObject({ value: 35.89, date: '2024' })
  })

  it('have one name in files and on command lines', () => {
    for (const name of TCO_NAMES) expect(tcoName(tcoFlag(name), [])).toBe(name)
  })
})

describe('faults of a file', () => {
  it.each<[unknown, string]>([
    [{ inputs: { lif: 5 } }, 'unknown_field tco.inputs.lif did you mean "life"?'],
    [{ input: {} }, 'unknown_field tco.input did you mean "inputs"?'],
    [{ owner: 'neo-cloud' }, 'invalid_value tco.owner did you mean "neocloud"?'],
    [{ currency: 'EUR' }, 'unsupported tco.currency convert it'],
    [{ inputs: { hosting: { value: 80, unit: 'EUR/kW/month' } } }, 'unsupported tco.inputs.hosting convert it'],
    [{ inputs: { chipPrice: '25000€' } }, 'unsupported tco.inputs.chipPrice convert it'],
    [
      { inputs: { powerPrice: { value: 0.1, unit: 'USD/J' } } },
      'invalid_value tco.inputs.powerPrice.unit give it in USD/kWh',
    ],
    [{ inputs: { utilisation: 0 } }, 'invalid_value tco.inputs.utilisation'],
    [{ inputs: { utilisation: 1.01 } }, 'invalid_value tco.inputs.utilisation'],
    [{ inputs: { life: 0 } }, 'invalid_value tco.inputs.life'],
    [{ inputs: { interest: '-1%' } }, 'invalid_value tco.inputs.interest'],
    [{ inputs: { chipPrice: -1 } }, 'invalid_value tco.inputs.chipPrice'],
    [{ inputs: { life: null } }, 'invalid_value tco.inputs.life'],
    [{ inputs: { life: 'long' } }, 'invalid_value tco.inputs.life give it in years'],
    [
      { inputs: { life: { value: 5, note: 'ok', valeu: 1 } } },
      'unknown_field tco.inputs.life.valeu did you mean "value"?',
    ],
    [{ inputs: { pue: { value: 1.2, low: 1.3 } } }, 'invalid_value tco.inputs.pue'],
    [{ inputs: { grid: 'swedn' } }, 'invalid_value tco.inputs.grid did you mean "sweden"?'],
    [[], 'invalid_value tco'],
  ])('%j: %s', (input, expected) => {
    const [first = ''] = issues(input)
    expect(first.slice(0, expected.length)).toBe(expected)
  })

  it('are told all at once', () => {
    expect(issues({ inputs: { lif: 5, pue: 0.5, interest: 2 } })).toHaveLength(3)
  })
})

describe('carbon of grids', () => {
  it('has a source and a year, and lies between hydropower and lignite', () => {
    for (const [name, figure] of Object.entries(grid)) {
      expect(gridCarbon(name)).toEqual(figure)
      expect(findSource(figure.source).id).toBe(figure.source)
      expect(figure.value).toBeGreaterThan(10)
      expect(figure.value).toBeLessThan(1200)
    }
    expect(gridNames()).toContain('world')
  })
})
