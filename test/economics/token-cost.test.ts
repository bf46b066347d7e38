import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  breakEvenUtilisation,
  costMargin,
  costPerMtok,
  fleetCost,
  joulesPerToken,
  tokenCost,
  tokenRevenue,
} from '../../src/economics/index.ts'
import { PincerError } from '../../src/issue/index.ts'

const price = fc.double({ min: 0.01, max: 1000, noNaN: true })
const speed = fc.double({ min: 0.1, max: 1e6, noNaN: true })

describe('worked figures of published accounts', () => {
  it('83,332 tok/s per chip at $2.31/h is $0.0077 per million tokens', () => {
    const usd = costPerMtok({ usdPerHour: 2.31, tokensPerSecond: 83_332.44823870831 })
    expect(Math.abs(usd - 0.00770008178)).toBeLessThan(5e-12)
  })

  it('226.75 nodes of 8 chips at $2/h are $87,072 a day (DeepSeek, open-infra day 6)', () => {
    expect(fleetCost({ chips: 226.75 * 8, usdPerHour: 2, hours: 24 })).toBe(87_072)
  })

  it('608 B input tokens, 56.3 % cached, and 168 B output tokens bring $562,027 within the rounding of the counts', () => {
    const revenue = tokenRevenue({
      inputTokens: 608e9,
      cachedShare: 0.563,
      outputTokens: 168e9,
      price: { input: 0.55, cachedInput: 0.14, output: 2.19 },
    })
    expect(Math.abs(revenue / 562_027 - 1)).toBeLessThan(5e-4)
    expect(Math.round(100 * costMargin(562_027, 87_072))).toBe(545)
    expect(Math.round(100 * costMargin(revenue, 87_072))).toBe(545)
  })

  it('that day cost $0.112 per million tokens', () => {
    const day = { usdPerHour: 87_072 / 24, tokensPerSecond: (608e9 + 168e9) / 86_400 }
    expect(costPerMtok(day)).toBeCloseTo(0.112, 3)
  })

  it('eight H800 at $2/h with 50,000 tok/s make a million tokens for $0.089', () => {
    expect(costPerMtok({ usdPerHour: 16, tokensPerSecond: 50_000 })).toBeCloseTo(0.0889, 4)
  })
})

describe('tokenCost', () => {
  it('input and output bills make the whole bill, whatever the split', () => {
    fc.assert(
      fc.property(
        price,
        speed,
        speed,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (usdPerHour, input, output, share) => {
          const cost = tokenCost({
            usdPerHour,
            inputTokensPerSecond: input,
            outputTokensPerSecond: output,
            prefillShare: share,
          })
          const bill = ((cost.input * input + cost.output * output) * 3600) / 1e6
          expect(bill / usdPerHour).toBeCloseTo(1, 9)
          expect((cost.blended * (input + output)) / (cost.allOnOutput * output)).toBeCloseTo(1, 9)
          // Each one-sided figure holds the whole bill, so their sum counts it twice.
          expect((cost.allOnInput * input) / (cost.allOnOutput * output)).toBeCloseTo(1, 9)
        },
      ),
    )
  })

  it('is linear in the price and falls with speed', () => {
    fc.assert(
      fc.property(price, speed, fc.double({ min: 1, max: 50, noNaN: true }), (usdPerHour, tokensPerSecond, factor) => {
        const one = costPerMtok({ usdPerHour, tokensPerSecond })
        expect(costPerMtok({ usdPerHour: factor * usdPerHour, tokensPerSecond }) / one).toBeCloseTo(factor, 9)
        expect(one / costPerMtok({ usdPerHour, tokensPerSecond: factor * tokensPerSecond })).toBeCloseTo(factor, 9)
      }),
    )
  })
})

describe('breakEvenUtilisation', () => {
  it('at the break-even load the owned machine makes tokens at exactly the market price', () => {
    fc.assert(
      fc.property(
        price,
        speed,
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        (usdPerHour, tokensPerSecond, market) => {
          const { utilisation, isReachable } = breakEvenUtilisation({
            usdPerHour,
            tokensPerSecond,
            pricePerMtok: market,
          })
          expect(costPerMtok({ usdPerHour, tokensPerSecond: tokensPerSecond * utilisation }) / market).toBeCloseTo(1, 9)
          expect(isReachable).toBe(utilisation <= 1)
        },
      ),
    )
  })
})

describe('bad input', () => {
  it.each([
    ['usdPerHour', () => costPerMtok({ usdPerHour: -1, tokensPerSecond: 1 })],
    ['tokensPerSecond', () => costPerMtok({ usdPerHour: 1, tokensPerSecond: 0 })],
    ['tokensPerSecond', () => joulesPerToken({ watts: 1, tokensPerSecond: Number.NaN })],
    [
      'prefillShare',
      () => tokenCost({ usdPerHour: 1, inputTokensPerSecond: 1, outputTokensPerSecond: 1, prefillShare: 1.1 }),
    ],
    ['pricePerMtok', () => breakEvenUtilisation({ usdPerHour: 1, tokensPerSecond: 1, pricePerMtok: 0 })],
    ['chips', () => fleetCost({ chips: Number.POSITIVE_INFINITY, usdPerHour: 1, hours: 1 })],
  ])('names %s', (field, call) => {
    let caught: unknown
    try {
      call()
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(PincerError)
    expect((caught as PincerError).issues[0]?.path).toEqual([field])
  })
})
