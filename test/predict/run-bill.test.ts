import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type SimulatedScenario,
  drawRequests,
  energyUse,
  findChip,
  inferencexLengths,
  isKnown,
  parseScenario,
  simulateRequests,
} from '../../src/index.ts'

function run(rate: number, extra: object = {}): SimulatedScenario {
  const scenario = parseScenario({ model: 'llama3-8b', chip: 'h100-sxm', chips: 2, ...extra })
  const lengths = { prompt: inferencexLengths(512), output: inferencexLengths(128) }
  const requests = drawRequests({ arrivals: { kind: 'poisson', rate }, ...lengths }, 200, 3)
  return simulateRequests(scenario, requests, { observe: true })
}

function known(figure: Parameters<typeof isKnown>[0]): number {
  if (!isKnown(figure)) throw new Error(figure.unknown)
  return figure.value
}

describe('the bill of a run', () => {
  it('is chip-hours × price, and per token what the tokens were', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 40, noNaN: true }),
        fc.double({ min: 0.1, max: 9, noNaN: true }),
        (rate, price) => {
          const { bill, summary, chips, run: served } = run(rate, { chipHour: price, utilisation: 0.5 })
          expect(bill.chipHours).toBeCloseTo((chips * summary.span) / 3600, 12)
          expect(known(bill.cost.total) / ((bill.chipHours * price) / 0.5)).toBeCloseTo(1, 12)
          let [prompts, outputs] = [0, 0]
          for (let row = 0; row < served.count; row++) {
            prompts += served.prompt[row]!
            outputs += served.output[row]!
          }
          expect((known(bill.cost.perMtokOutput) * outputs) / 1e6 / known(bill.cost.total)).toBeCloseTo(1, 9)
          expect((known(bill.cost.perMtokTotal) * (prompts + outputs)) / 1e6 / known(bill.cost.total)).toBeCloseTo(1, 9)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('has the range of the price', () => {
    const { cost } = run(3).bill
    if (!isKnown(cost.total) || !isKnown(cost.chipHour)) throw new Error('no price')
    expect(cost.total.low! / cost.total.value).toBeCloseTo(cost.chipHour.low! / cost.chipHour.value, 9)
  })

  it('is unknown without a price, and the energy is not', () => {
    const chip = { ...findChip('h100-sxm'), id: 'mine' }
    const { prompt, output } = { prompt: inferencexLengths(64), output: inferencexLengths(64) }
    const requests = drawRequests({ arrivals: { kind: 'uniform', rate: 2 }, prompt, output }, 20, 1)
    const scenario = { ...parseScenario({ model: 'llama3-8b', chip: 'h100-sxm' }), chip }
    const { bill } = simulateRequests(scenario, requests)
    expect(bill.cost.perMtokOutput).toEqual({ unknown: 'no price is known for mine; give one' })
    expect(isKnown(bill.energy.total)).toBe(true)
  })
})

describe('the energy of a run', () => {
  it('is Σ power · dt over its timeline', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 40, noNaN: true }), (rate) => {
        const { bill, observed, chips } = run(rate)
        const { timeline } = observed!
        let joules = 0
        for (const [bin, busy] of timeline.utilisation.entries()) {
          const seconds = Math.min(timeline.binSeconds, timeline.span - bin * timeline.binSeconds)
          const use = energyUse({ chip: findChip('h100-sxm'), chips, busy: Math.min(1, busy), seconds })
          if ('unknown' in use || 'unknown' in use.joules) throw new Error('no power')
          joules += use.joules.central
        }
        expect(known(bill.energy.total) / joules).toBeCloseTo(1, 9)
      }),
      { numRuns: 20 },
    )
  })

  it('is power × span, and marked as an estimate with its sources', () => {
    const { bill, summary } = run(1)
    expect(known(bill.energy.total) / (known(bill.energy.power) * summary.span)).toBeCloseTo(1, 12)
    expect(bill.energy.power).toMatchObject({ basis: 'estimate' })
    expect(isKnown(bill.energy.power) && bill.energy.power.note).toContain('ISCA 2023')
    expect(known(run(40).bill.energy.power)).toBeGreaterThan(known(bill.energy.power))
  })
})
