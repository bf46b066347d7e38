import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  SHARES,
  type SideInput,
  type UncertainComparison,
  type UncertainQuestion,
  chipHourCost,
  costPerMtok,
  defaultChipHour,
  figureSvg,
  isKnown,
  predict,
  uncertainComparison,
  uncertaintyFigure,
} from '../../src/index.ts'
import { speedFactor } from '../../src/contest/speed-band.ts'
import { normalQuantile } from '../../src/uncertainty/index.ts'
import { API, B200, H100, LOAD, OWN_B200, OWN_H100, issue, scenario } from './side.ts'

function asked(a: SideInput, b: SideInput, more: Partial<UncertainQuestion> = {}): UncertainComparison {
  return uncertainComparison({ a, b, samples: 2048, ...more })
}

const median = (of: UncertainComparison['ratio']): number => of.quantiles[2]!.value

describe('an uncertain comparison', () => {
  it('says at the centre what predict says, for all kinds of chip-hour', () => {
    const { sides } = asked(H100, B200)
    for (const [i, { scenario: input }] of ([H100, B200] as { scenario: unknown }[]).entries()) {
      const { perMtokOutput } = predict(input).cost
      expect(isKnown(perMtokOutput) && Math.abs(sides[i]!.central / perMtokOutput.value - 1)).toBeLessThan(1e-12)
    }
    const priced = { scenario: scenario('h100-sxm', 8, { chipHour: 2.5, utilisation: 0.4 }) }
    const { perMtokTotal } = predict(priced.scenario).cost
    const answer = asked(priced, API, { per: 'total' })
    expect(isKnown(perMtokTotal) && Math.abs(answer.sides[0].central / perMtokTotal.value - 1)).toBeLessThan(1e-12)
  })

  it('draws the costs that economics gives: with fixed inputs, its very number', () => {
    const fixed = { 'a.chip-hour': 2, utilisation: 0.5, 'a.speed': 1, 'b.chip-hour': 4, 'b.speed': 1.25 }
    const { sides, ratio, inputs, indices } = asked(H100, B200, { vary: fixed })
    const [a, b] = [H100, B200].map((side) => predict((side as { scenario: unknown }).scenario)) as [
      ReturnType<typeof predict>,
      ReturnType<typeof predict>,
    ]
    const costA = costPerMtok({ usdPerHour: (2 * 8) / 0.5, tokensPerSecond: a.throughput.output.value })
    const costB = costPerMtok({ usdPerHour: (4 * 8) / 0.5, tokensPerSecond: b.throughput.output.value * 1.25 })
    for (const { value, error } of sides[0].cost.quantiles) {
      expect(Math.abs(value / costA - 1)).toBeLessThan(1e-12)
      expect(error).toBeLessThan(1e-12)
    }
    expect(median(ratio)).toBeCloseTo(costA / costB, 10)
    expect(inputs.map(({ origin }) => origin)).toEqual(Array(5).fill('given'))
    expect(indices.indices).toEqual([])
  })

  it('has the quantiles of the prediction band where the speed alone is uncertain', () => {
    const { sides } = asked(H100, B200, { vary: { 'a.chip-hour': 2 }, samples: 32_768 })
    const { output } = predict(scenario('h100-sxm', 8)).throughput
    const at = (speed: number): number => costPerMtok({ usdPerHour: 16, tokensPerSecond: speed })
    const exact = [output.hi, output.inner.hi, output.value, output.inner.lo, output.lo].map(at)
    for (const [i, { value, error }] of sides[0].cost.quantiles.entries()) {
      expect(Math.abs(value - exact[i]!)).toBeLessThan(5 * error + 1e-3 * exact[i]!)
    }
  })

  it('shares what both sides have alike, and nothing else', () => {
    const names = (answer: UncertainComparison): string[] =>
      answer.inputs.map(({ name, sides }) => `${name} ${sides.join('')}`)
    const own = names(asked(OWN_H100, OWN_B200, { samples: 64 }))
    expect(own).toContain('interest ab')
    expect(own).toContain('power-price ab')
    expect(own).toContain('a.chip-price a')
    expect(own).toContain('b.chip-price b')
    // The same deployment on both sides: one price, one error of the prediction, and so no doubt at all.
    const twin = asked(H100, { scenario: scenario('h100-sxm', 8) }, { samples: 64 })
    expect(names(twin)).toEqual(['chip-hour ab', 'a.speed ab'])
    expect([twin.probability.aCheaper.value, twin.probability.equal]).toEqual([0, 1])
    expect(twin.indices.variance).toBe(0)
    const apart = asked(H100, { scenario: scenario('h100-sxm', 8) }, { speedCorrelation: 0 })
    expect(apart.probability.equal).toBe(0)
    expect(Math.abs(apart.probability.aCheaper.value - 0.5)).toBeLessThan(0.02)
  })

  it('lets an input of one side overrule that of both', () => {
    const { inputs } = asked(H100, B200, {
      vary: { utilisation: 'uniform(0.3,0.8)', 'b.utilisation': 0.9 },
      samples: 64,
    })
    expect(inputs.slice(0, 2).map(({ name, sides }) => [name, sides])).toEqual([
      ['utilisation', ['a']],
      ['b.utilisation', ['b']],
    ])
  })

  it('grows dearer with every input that economics says makes it dearer', () => {
    const dearer = {
      electricity: '0.05 0.3',
      purchase: '2e4 5e4',
      interest: '0.02 0.2',
      power: '500 3000',
      hosting: '10 200',
    }
    const cost = (vary: object): number =>
      median(asked(OWN_H100, OWN_B200, { vary: vary as never, samples: 256 }).sides[0].cost)
    for (const [name, ends] of Object.entries(dearer)) {
      const [low, high] = ends.split(' ').map(Number) as [number, number]
      expect(cost({ [name]: low }), name).toBeLessThan(cost({ [name]: high }))
    }
    expect(cost({ life: 3 })).toBeGreaterThan(cost({ life: 6 }))
    expect(cost({ utilisation: 0.3 })).toBeGreaterThan(cost({ utilisation: 0.6 }))
  })

  it('is more likely cheaper the lower its price', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 3, noNaN: true }),
        fc.double({ min: 1.01, max: 2, noNaN: true }),
        (price, factor) => {
          const chance = (usd: number): number =>
            asked(H100, B200, { vary: { 'a.chip-hour': usd }, samples: 512 }).probability.aCheaper.value
          expect(chance(price * factor)).toBeLessThanOrEqual(chance(price))
        },
      ),
      { numRuns: 8 },
    )
  })

  it('interpolates between predictions where an input changes them, and says how well', () => {
    const vary = { context: 'uniform(512,8192)', 'a.chip-hour': 2, 'a.speed': 1, 'b.chip-hour': 3, 'b.speed': 1 }
    const { sides, notes } = asked(H100, B200, { vary, samples: 8192 })
    expect(sides[0].predictions).toBeGreaterThan(5)
    expect(sides[0].interpolationError).toBeLessThan(0.02)
    expect(notes.join(' ')).toContain('interpolated between')
    // Cost rises with the context, so that its quantiles are the costs at the quantiles of the context.
    for (const [i, { value }] of sides[0].cost.quantiles.entries()) {
      const isl = Math.round(512 + SHARES[i]! * (8192 - 512))
      const { perMtokOutput } = predict(scenario('h100-sxm', 8, { workload: { ...LOAD, isl }, chipHour: 2 })).cost
      expect(isKnown(perMtokOutput) && Math.abs(value / perMtokOutput.value - 1)).toBeLessThan(0.02)
    }
  })

  it('says what it cut off', () => {
    const { inputs, notes } = asked(H100, B200, { vary: { utilisation: 'normal(0.8,0.2)' }, samples: 64 })
    expect(inputs[0]!.cut).toBeCloseTo(0.1587, 3)
    expect(notes[2]).toBe('utilisation: 16 % of normal(0.8,0.2) cannot be and was cut off, the rest scaled up')
  })

  it('repeats itself with the seed, byte by byte', () => {
    const text = (seed: number): string => JSON.stringify(asked(OWN_H100, B200, { seed, samples: 256 }))
    expect(text(5)).toBe(text(5))
    expect(text(5)).not.toBe(text(6))
  })

  it('knows APIs: prompts and outputs at their prices', () => {
    const { sides } = asked(H100, API, { samples: 64 })
    const [input, output] = [1024 * 0.9, 1024 * 0.9]
    expect(sides[1].central).toBeCloseTo((0.14 * input + 0.28 * output) / output, 12)
  })

  it('draws a whole picture', () => {
    const svg = figureSvg(uncertaintyFigure(asked(OWN_H100, API, { samples: 64 })))
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    expect(svg).toContain('interest')
  })
})

describe('the distribution of a speed', () => {
  it('has the ends of the band as its quantiles, the prediction as median, and log-normal tails', () => {
    const ends = [-0.3, -0.2, 0.1, 0.5] as const
    const at = (share: number): number => Math.log(speedFactor(normalQuantile(share), ends))
    for (const [i, share] of [0.05, 0.1, 0.9, 0.95].entries()) expect(at(share)).toBeCloseTo(ends[i]!, 12)
    expect(speedFactor(0, ends)).toBe(1)
    expect(at(0.99)).toBeCloseTo((0.5 * normalQuantile(0.99)) / normalQuantile(0.95), 12)
  })

  it('rises with the score', () => {
    const half = fc.double({ min: 0, max: 2, noNaN: true })
    fc.assert(
      fc.property(half, half, fc.double({ min: -6, max: 6, noNaN: true }), half, (near, more, score, step) => {
        const ends = [-near - more, -near, near, near + more] as const
        expect(speedFactor(score + step, ends)).toBeGreaterThanOrEqual(speedFactor(score, ends) * (1 - 1e-12))
      }),
    )
  })
})

describe('bad input', () => {
  it.each([
    [{ vary: { utilsation: 0.5 } }, 'vary.utilsation: unknown input "utilsation"; did you mean "utilisation"?'],
    [
      { vary: { electricity: 0.1 } },
      'vary.electricity: has no effect: A has a quoted chip-hour, not one built up (own); B has',
    ],
    [
      { vary: { acceptance: 0.5 } },
      'vary.acceptance: has no effect: A drafts nothing; B drafts nothing; give the side --spec-draft',
    ],
    [{ vary: { utilisation: 'uniform(0.8,0.3)' } }, 'vary.utilisation.hi: must be above lo (0.8), got 0.3'],
    [{ vary: { utilisation: 'uniform(1.5,3)' } }, 'vary.utilisation: values must be above 0 and at most 1, but 100 %'],
    [{ vary: { 'chip-hour': -2 } }, 'vary.chip-hour: must be above 0 and at most 1000000000000, got -2'],
    [{ vary: { 'a.chip-hour': 'normal(2,-1)' } }, 'vary.a.chip-hour.sd: must be above 0, got -1'],
    [{ vary: { price: 2, 'chip-hour': 3 } }, 'vary.chip-hour: is also given as chip-hour'],
    [{ samples: 3 }, 'samples: must be a whole number from 16'],
    [{ seed: -1 }, 'seed: -1 is not a whole number'],
    [{ speedCorrelation: 2 }, 'speedCorrelation: must be from 0 to 1, got 2'],
    [
      { vary: { context: 'uniform(1e3,2e3)', output: 'uniform(10,20)', concurrency: 'uniform(1,9)' } },
      'the third input that changes',
    ],
    [{ vary: { context: 'uniform(1000,90000000)' } }, 'at context'],
  ])('%j is refused', (more, message) => {
    expect(issue(() => asked(H100, B200, more as never))).toContain(
      `PincerError ${message.startsWith('vary') || message.includes(': ') ? message : ''}`,
    )
    expect(issue(() => asked(H100, B200, more as never))).toContain(message)
  })

  it('names the side it is of', () => {
    expect(issue(() => asked({ scenario: { model: 'deepsek-v2', chip: 'h100' } }, B200))).toContain('a.model: ')
    expect(issue(() => asked(H100, { scenario: scenario('b200-sxm', 8, { chipHour: 2 }), hour: 'own' }))).toContain(
      'b.chipHour: an owned',
    )
    expect(issue(() => asked(H100, { api: -1, workload: LOAD }))).toContain('b.api.input: must be at least 0')
    expect(
      issue(() =>
        asked({ scenario: { model: 'gpt-oss-120b', chip: 'cerebras-wse3', workload: LOAD }, hour: 'rent' }, API),
      ),
    ).toContain('a.chipHour: no rent')
  })
})

describe('an owned chip-hour', () => {
  it('is at the centre what economics builds up', () => {
    const hour = defaultChipHour('groq-lpu-v1')
    if ('unknown' in hour) throw new Error(hour.unknown)
    const cost = chipHourCost(hour)
    if ('unknown' in cost) throw new Error(cost.unknown)
    const side = { scenario: { model: 'llama3-70b', chip: 'groq-lpu-v1', workload: LOAD } }
    const { sides } = asked(side, API, { samples: 64 })
    const { chips, throughput } = sides[0].prediction!
    expect(sides[0].central).toBeCloseTo(
      costPerMtok({ usdPerHour: chips * cost.total.central, tokensPerSecond: throughput.output.value }),
      10,
    )
  })
})
