import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ClientLoop,
  type HighestLoad,
  type LoadPoint,
  PincerError,
  type Scenario,
  attainment,
  drawLengths,
  drawRequests,
  highestClients,
  highestRate,
  inferencexLengths,
  parseScenario,
  rng,
  simulateRequests,
} from '../../src/index.ts'

const scenario: Scenario = parseScenario({ model: 'llama3-8b', chip: 'h100-sxm', workload: { isl: 512, osl: 128 } })
const lengths = { prompt: inferencexLengths(512), output: inferencexLengths(128) }

function requestsAt(rate: number, count = 400): ReturnType<typeof drawRequests> {
  return drawRequests({ arrivals: { kind: 'poisson', rate }, ...lengths }, count, 1)
}

function loopOf(clients: number): ClientLoop {
  const rounds = 6
  const [prompt, output] = [rng(1, 'prompt lengths'), rng(1, 'output lengths')]
  return {
    clients,
    rounds,
    thinkTicks: 0,
    prompt: drawLengths(lengths.prompt, clients * rounds, prompt),
    output: drawLengths(lengths.output, clients * rounds, output),
  }
}

function found(result: HighestLoad): LoadPoint {
  if ('unknown' in result.found) throw new Error(result.found.unknown)
  return result.found
}

const levels = fc.record({
  ttft: fc.double({ min: 0.05, max: 2, noNaN: true }),
  tpot: fc.double({ min: 0.011, max: 0.05, noNaN: true }),
})

describe('highestRate', () => {
  it('finds a rate that keeps the level, next to one that does not', () => {
    fc.assert(
      fc.property(levels, fc.constantFrom(0.9, 0.99, 1), (slo, attain) => {
        const result = highestRate(scenario, requestsAt(1), 1, { slo, attain })
        const best = found(result)
        const shareAt = (rate: number): number => {
          const slow = requestsAt(1)
          const arrival = slow.arrival.map((tick) => Math.round(tick / rate))
          return attainment(simulateRequests(scenario, { ...slow, arrival }).run, slo)
        }
        expect(shareAt(best.load)).toBeGreaterThanOrEqual(attain)
        // Drawn anew at that rate: the same gaps, faster, but for the rounding to ticks.
        const drawn = simulateRequests(scenario, requestsAt(best.load)).run
        expect(best.attainment).toBeCloseTo(attainment(drawn, slo), 1)
        if (result.limit === 'capacity') {
          expect(best.load).toBe(result.capacity)
          return
        }
        const above = result.points.find(({ load }) => load > best.load)!
        expect(above.isMet).toBe(false)
        expect(above.load / best.load).toBeLessThanOrEqual(1.0101)
        expect(shareAt(above.load)).toBeLessThan(attain)
      }),
      { numRuns: 12 },
    )
  })

  it('never falls when the level is easier', () => {
    fc.assert(
      fc.property(
        levels,
        fc.double({ min: 1, max: 3, noNaN: true }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        ({ ttft, tpot }, a, b) => {
          const strict = highestRate(scenario, requestsAt(1), 1, { slo: { ttft, tpot } })
          const easy = highestRate(scenario, requestsAt(1), 1, { slo: { ttft: a * ttft, tpot: b * tpot } })
          expect(found(easy).load).toBeGreaterThanOrEqual(found(strict).load)
        },
      ),
      { numRuns: 12 },
    )
  })

  it('does not depend on the rate of the times it is given', () => {
    const slo = { ttft: 0.5, tpot: 0.02 }
    const slow = found(highestRate(scenario, requestsAt(0.1), 0.1, { slo }))
    expect(found(highestRate(scenario, requestsAt(7), 7, { slo })).load).toBe(slow.load)
  })

  it('says when one request alone misses the level, with its latency', () => {
    const { limit, found: none, lone } = highestRate(scenario, requestsAt(1), 1, { slo: { ttft: 1e-4 } })
    expect(limit).toBe('one request alone')
    expect(none).toHaveProperty('unknown', expect.stringMatching(/on an idle machine: TTFT [\d.]+ ms/))
    expect(lone.attainment).toBe(0)
    expect(lone.ttft).toBeGreaterThan(1e-4)
  })

  it('is bound by capacity where the level holds up to it', () => {
    const result = highestRate(scenario, requestsAt(1), 1, { slo: { ttft: 100, tpot: 10 } })
    expect(result.limit).toBe('capacity')
    expect(found(result).load).toBe(result.capacity)
  })

  it('says when requests come together at any rate', () => {
    const pairs = requestsAt(1, 400)
    const arrival = pairs.arrival.map((_, i) => Math.floor(i / 100) * 32e10)
    const { limit, lone } = highestRate(scenario, { ...pairs, arrival }, 1, { slo: { ttft: 0.03 } })
    expect(lone.attainment).toBe(1)
    expect(limit).toBe('arrivals')
  })

  it.each([
    [{ slo: {} }, 'slo'],
    [{ slo: { ttft: 1 }, attain: 0 }, 'attain'],
    [{ slo: { ttft: 1 }, attain: 1.01 }, 'attain'],
    [{ slo: { ttft: -1 } }, 'slo.ttft'],
  ])('refuses %j', (question, path) => {
    const paths = ((): string[] => {
      try {
        highestRate(scenario, requestsAt(1), 1, question)
      } catch (error) {
        if (error instanceof PincerError) return error.issues.map((issue) => issue.path.join('.'))
      }
      return []
    })()
    expect(paths).toEqual([path])
  })
})

describe('highestClients', () => {
  it('finds the last number of clients that keeps the level', () => {
    const result = highestClients(scenario, loopOf, { slo: { ttft: 0.6, tpot: 0.02 } })
    const best = found(result)
    expect(result.limit).toBe('service level')
    expect(best.isMet).toBe(true)
    expect(result.points.find(({ load }) => load === best.load + 1)?.isMet).toBe(false)
  })

  it('is bound by the sequences that run at once', () => {
    const result = highestClients(scenario, loopOf, { slo: { tpot: 5 }, maxSequences: 16 })
    expect(result).toMatchObject({ limit: 'capacity', capacity: 16, found: { load: 16 } })
  })
})
