import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PincerError, clientsAtSpeed, parseScenario, prepareScenario, solve } from '../../src/index.ts'

const DEPLOYMENTS = [
  { model: 'deepseek-v2', chip: 'h200-sxm', chips: 8, precision: 'fp8' },
  { model: 'llama-3.1-8b', chip: 'h100-sxm', chips: 1 },
  { model: 'gpt-oss-20b', chip: 'mi300x', mapping: { tp: 2, dp: 2, moeEp: 4 } },
  { model: 'deepseek-v2', chip: 'groq-lpu-v1', precision: 'fp8', chips: 1700 },
  { model: 'llama-3.1-70b', chip: 'sambanova-sn40l' },
] as const

describe('clients at a speed', () => {
  it('are the most that keep it: one more is too slow, or waits for the cache', () => {
    fc.assert(
      fc.property(fc.constantFrom(...DEPLOYMENTS), fc.double({ min: 1, max: 900, noNaN: true }), (input, speed) => {
        const prepared = prepareScenario(parseScenario(input))
        const { clients, limit } = clientsAtSpeed(prepared, speed)
        const at = (load: number): number => prepared.load(load).throughput.perUser.value
        const room = (load: number): number => prepared.load(load).batch.capacity
        if (limit === 'unreachable') {
          expect(at(1)).toBeLessThan(speed)
          return
        }
        expect(at(clients)).toBeGreaterThanOrEqual(speed)
        expect(room(clients)).toBeGreaterThanOrEqual(clients)
        if (limit === 'speed') expect(at(clients + 1)).toBeLessThan(speed)
        if (limit === 'cache') expect(room(clients + 1)).toBeLessThan(clients + 1)
      }),
      { numRuns: 60 },
    )
  })

  it('are what solve finds', () => {
    const scenario = parseScenario(DEPLOYMENTS[0])
    const target = { quantity: 'speed', bound: 50 } as const
    const { crossings } = solve({ scenario, target, free: [{ path: 'concurrency' }] })
    expect(clientsAtSpeed(prepareScenario(scenario), 50)).toEqual({ clients: crossings[0]?.reached.at, limit: 'speed' })
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuse %s tokens/s', (speed) => {
    expect(() => clientsAtSpeed(prepareScenario(parseScenario(DEPLOYMENTS[1])), speed)).toThrow(PincerError)
  })
})
