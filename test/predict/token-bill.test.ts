import { describe, expect, it } from 'vitest'
import { type Figure, type Known, isKnown } from '../../src/catalog/index.ts'
import { TOKEN_KINDS, mixCost } from '../../src/economics/index.ts'
import {
  apiComparison,
  chipHour,
  parseScenario,
  predict,
  predictScenario,
  taskBills,
  tokenBill,
} from '../../src/predict/index.ts'

function known(figure: Known): Figure {
  if (!isKnown(figure)) throw new Error(figure.unknown)
  return figure
}

const R1 = { model: 'deepseek-r1', chip: 'h200-sxm', chips: 8, precision: 'fp8' }

describe('the bill of tokens', () => {
  const scenario = parseScenario({ ...R1, utilisation: 0.5 })
  const prediction = predictScenario(scenario)
  const bill = tokenBill(scenario, prediction)

  it('has the money of the prediction, and its energy', () => {
    expect(bill.blended.usd).toBe(prediction.cost.perMtokTotal)
    expect(bill.kinds.input.usd).toBe(prediction.cost.split.input)
    expect(bill.kinds.output.usd).toBe(prediction.cost.split.output)
    const { output, total } = prediction.throughput
    expect(known(bill.blended.joules).value / 1e6).toBeCloseTo(
      (known(prediction.energy.perOutputToken).value * output.value) / total.value,
      9,
    )
  })

  it('adds up: the kinds of a request are the request, and requests are all that is paid for', () => {
    const { request, kinds } = bill
    const perMtok = Object.fromEntries(TOKEN_KINDS.map((kind) => [kind, known(kinds[kind].usd).value])) as Record<
      (typeof TOKEN_KINDS)[number],
      number
    >
    expect(mixCost(request.tokens, perMtok) / 1e6).toBeCloseTo(known(request.usd).value, 15)
    const requestsPerHour = (prediction.throughput.output.value / request.tokens.output) * 3600
    const paidPerUsedHour = (known(prediction.cost.chipHour).value * prediction.chips) / 0.5
    expect((known(request.usd).value * requestsPerHour) / paidPerUsedHour).toBeCloseTo(1, 9)
    const wattHours = (known(request.joules).value * requestsPerHour) / 3600
    expect(wattHours / known(prediction.energy.power).value).toBeCloseTo(1, 9)
  })

  it('turns joules into carbon by the grid', () => {
    const grams = known(bill.kinds.output.grams).value
    expect(grams).toBeCloseTo((known(bill.kinds.output.joules).value / 3.6e6) * 383.55, 9)
    const clean = parseScenario({ ...R1, tco: { inputs: { grid: 'norway' } } })
    expect(known(tokenBill(clean, predictScenario(clean)).kinds.output.grams).value / grams).toBeCloseTo(
      30.75 / 383.55,
      9,
    )
  })

  it('makes cached input cheaper than input on a GPU, and the same on an SRAM machine, which keeps none', () => {
    const value = ({ kinds }: typeof bill): number[] =>
      [kinds.cachedInput, kinds.input].map(({ usd }) => known(usd).value)
    const [cached, input] = value(bill) as [number, number]
    expect(cached).toBeLessThan(0.1 * input)
    const sram = parseScenario({ model: 'deepseek-v2', chip: 'cerebras-wse3', precision: 'fp8' })
    const [same, all] = value(tokenBill(sram, predictScenario(sram)))
    expect(same).toBe(all)
  })

  it('puts list prices with their dates beside it', () => {
    const rows = apiComparison(scenario, bill)
    expect(rows.map(({ kind, price }) => [kind, price.value, price.date])).toEqual([
      ['input', 0.55, '2025-02-28'],
      ['cachedInput', 0.14, '2025-02-28'],
      ['output', 2.19, '2025-02-28'],
    ])
    expect(rows[2]?.ratio).toBeCloseTo(known(bill.kinds.output.usd).value / 2.19, 12)
  })

  it('costs tasks at their own lengths, a month as many as a user has done, and says why one is unknown', () => {
    const bills = taskBills(scenario)
    for (const { task, once, userMonth } of bills) {
      if ('unknown' in once || 'unknown' in userMonth) throw new Error(task.id)
      expect(known(userMonth.usd).value / known(once.usd).value).toBeCloseTo(task.perUserMonth, 6)
      expect(known(once.usd).low).toBeLessThanOrEqual(known(once.usd).value)
    }
    const tight = taskBills(parseScenario({ model: 'deepseek-67b', chip: 'h100-sxm', chips: 1, precision: 'fp8' }))
    const byId = Object.fromEntries(tight.map(({ task, once }) => [task.id, once]))
    expect(byId['retrieval']).toHaveProperty('usd.value')
    expect(byId['coding-agent']).toEqual({ unknown: expect.stringContaining('no room for one sequence') })
  })

  it('is unknown without a price, with the reason', () => {
    const bare = parseScenario({ model: 'llama-3.1-8b', chip: 'l40s' })
    const { blended, request } = tokenBill(bare, predictScenario(bare))
    expect(blended.usd).toEqual({ unknown: expect.stringContaining('no price') })
    expect(request.usd).toEqual(blended.usd)
    expect(isKnown(request.joules)).toBe(true)
  })
})

describe('one path for the price of an hour', () => {
  const tco = { owner: 'neocloud', inputs: { life: 5, powerPrice: 0.12, pue: 1.3, utilisation: 0.6 } }

  it('predict pays the build-up of the same inputs', () => {
    const { cost } = predict({ ...R1, tco })
    const { chip, tco: question } = parseScenario({ ...R1, tco })
    expect(cost.chipHour).toEqual(chipHour({ chip, tco: question!, utilisation: 0.6 }))
    expect(known(cost.chipHour).note).toContain('built up')
    const elsewhere = predict({
      ...R1,
      utilisation: 0.6,
      tco: { ...tco, inputs: { ...tco.inputs, utilisation: undefined } },
    })
    expect(elsewhere.cost).toEqual(cost)
  })

  it('the caller’s PUE and draw set the energy too', () => {
    const power = (inputs: object): number => known(predict({ ...R1, tco: { inputs } }).energy.power).value
    const usual = known(predict(R1).energy.power).value
    expect(power({ pue: 1.3 }) / usual).toBeCloseTo(1.3 / 1.15, 9)
    expect(power({ power: 847 / 2 }) / usual).toBeCloseTo(0.5, 9)
    expect(power({ utilisation: 0.5, grid: 10 })).toBe(usual)
  })

  it('use, carbon and cache alone leave the quoted price', () => {
    const usual = predict({ ...R1, utilisation: 0.5 }).cost
    expect(predict({ ...R1, tco: { inputs: { utilisation: 0.5, grid: 'world', cacheLink: '25GB/s' } } }).cost).toEqual(
      usual,
    )
  })

  it('idle hours of a built-up chip are charged with the electricity of idling', () => {
    const at = (utilisation: number): number =>
      known(predict({ model: 'llama-3.1-8b', chip: 'a100-sxm', utilisation }).cost.perMtokOutput).value
    expect(at(0.5) / at(1)).toBeLessThan(2)
    expect(at(0.5) / at(1)).toBeGreaterThan(1.9)
  })

  it.each([
    [{ ...R1, tco, chipHour: 2 }, 'chipHour'],
    [{ ...R1, tco, utilisation: 0.7 }, 'utilisation'],
    [{ ...R1, tco: { inputs: { lif: 5 } } }, 'tco.inputs.lif'],
    [{ ...R1, tco: { inputs: { utilisation: { unknown: 'secret' } } } }, 'tco.inputs.utilisation'],
    [{ ...R1, tco: 7 }, 'tco'],
  ])('faults of %j are told at %s', (input, path) => {
    expect(() => parseScenario(input)).toThrow(new RegExp(`^${path}: `))
  })
})
