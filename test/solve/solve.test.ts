import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Quantity,
  type Scenario,
  type Solution,
  PincerError,
  findSource,
  isKnown,
  parseChip,
  parseScenario,
  predictScenario,
  solve,
  withParameter,
} from '../../src/index.ts'
import { SILICON } from '../../src/solve/limits.ts'

const GPU = { model: 'llama3-70b', chip: 'h100-sxm', chips: 4 }
const LPU = { model: 'llama3-8b', chip: 'groq', precision: 'fp8', workload: { concurrency: 16 } }

function solved(input: object, path: string, quantity: Quantity, bound: number, range: object = {}): Solution {
  return solve({ scenario: parseScenario(input), free: [{ path, ...range }], target: { quantity, bound } })
}

function speedOf(scenario: Scenario): number {
  return predictScenario(scenario).throughput.perUser.value
}

function issueOf(ask: () => unknown): PincerError['issues'][number] | undefined {
  try {
    ask()
  } catch (error) {
    if (error instanceof PincerError) return error.issues[0]
    throw error
  }
  return undefined
}

/** Undefined where the model does not fit. */
function held(ask: () => number): number | undefined {
  return issueOf(ask)?.code === 'does_not_fit' ? undefined : ask()
}

describe('a solved parameter', () => {
  it.each([
    [GPU, 'memory.hbm.bandwidth', 50],
    [GPU, 'peak.bf16', 41],
    [GPU, 'scaleUp.bandwidth', 40],
    [LPU, 'memory.0.bandwidth', 420],
    [LPU, 'latency.operator', 1200],
    [LPU, 'latency.hop', 860],
    [{ ...LPU, chip: 'wse3' }, 'latency.operator', 2500],
  ] as const)('gives the target when it is put into a chip file: %j %s', (input, path, speed) => {
    const solution = solved(input, path, 'speed', speed)
    const [crossing] = solution.crossings
    const scenario = parseScenario(input)
    const { chip } = withParameter(scenario, path, crossing!.reached.at)
    const file = JSON.parse(JSON.stringify(chip)) as Record<string, unknown>
    expect(parseChip(file).id).toBe(scenario.chip.id)
    const again = predictScenario(parseScenario({ ...input, chip: file }))
    expect(again.throughput.perUser.value).toBe(crossing!.reached.value)
    expect(again.throughput.perUser.value).toBeGreaterThanOrEqual(speed)
    expect(again.throughput.perUser.value).toBeCloseTo(speed, 3)
  })

  it('lies between a value that meets the target and one that does not, close together', () => {
    const scenario = parseScenario(GPU)
    const now = speedOf(scenario)
    fc.assert(
      fc.property(
        fc.constantFrom('memory.1.bandwidth', 'scaleUp.bandwidth', 'peak.bf16', 'isl', 'concurrency', 'context'),
        fc.double({ min: 0.5, max: 1.6, noNaN: true }),
        (path, factor) => {
          const bound = factor * now
          const { crossings, parameter, samples, status } = solved(GPU, path, 'speed', bound)
          const isMet = (at: number): boolean => (held(() => speedOf(withParameter(scenario, path, at))) ?? 0) >= bound
          if (status !== 'crosses') {
            expect(samples.map((sample) => met(sample, bound))).toEqual(samples.map(() => status === 'always'))
            return
          }
          for (const { reached, missed, side } of crossings) {
            expect([isMet(reached.at), isMet(missed.at)]).toEqual([true, false])
            expect(reached.at > missed.at).toBe(side === 'at least')
            const gap = Math.abs(reached.at - missed.at)
            expect(gap).toBeLessThanOrEqual(
              parameter.unit === 'tokens' || parameter.unit === 'clients' ? 1 : 1e-6 * reached.at,
            )
          }
        },
      ),
      { numRuns: 25 },
    )
  })

  it('scales a price as cost does', () => {
    const cost = predictScenario(parseScenario(GPU)).cost
    if (!isKnown(cost.perMtokOutput) || !isKnown(cost.chipHour)) throw new Error('no price')
    const [crossing] = solved(GPU, 'price', 'cost', cost.perMtokOutput.value / 2).crossings
    expect(crossing!.reached.at).toBeCloseTo(cost.chipHour.value / 2, 5)
    expect(crossing!.side).toBe('at most')
  })

  it('solves for TTFT, utilisation and acceptance', () => {
    const ttft = solved(GPU, 'isl', 'ttft', 0.05).crossings[0]!
    expect([ttft.side, ttft.reached.value <= 0.05]).toEqual(['at most', true])
    const share = solved(GPU, 'utilisation', 'cost', 3).crossings[0]!
    expect([share.side, share.reached.at < 1]).toEqual(['at least', true])
    const drafted = { ...GPU, speculation: { draft: 3, acceptance: 0.5 } }
    const bound = 1.1 * speedOf(parseScenario(drafted))
    expect(solved(drafted, 'acceptance', 'speed', bound).crossings[0]!.reached.at).toBeGreaterThan(0.5)
  })

  it('lists every crossing of a quantity that turns back, and says that it does', () => {
    // Over 5, 6 or 7 chips the heads do not divide: stages take the place of tensor parallelism.
    const sweepTo = (bound: number): Solution => solved(GPU, 'chips', 'speed', bound, { from: 2, to: 16 })
    const sweep = sweepTo(40)
    const values = sweep.samples.flatMap((sample) => ('value' in sample ? [sample.value] : []))
    const turns = values.slice(2).filter((value, i) => (value - values[i + 1]!) * (values[i + 1]! - values[i]!) < 0)
    expect(sweep.isMonotone).toBe(turns.length === 0)
    expect(sweep.isMonotone).toBe(false)
    const bound = (Math.max(...values) + Math.min(...values)) / 2
    const flips = sweep.samples.slice(1).filter((sample, i) => met(sample, bound) !== met(sweep.samples[i]!, bound))
    expect(flips.length).toBeGreaterThan(2)
    expect(sweepTo(bound).crossings).toHaveLength(flips.length)
  })
})

function met(sample: Solution['samples'][number], bound: number): boolean {
  return 'value' in sample && sample.value >= bound
}

describe('a value that the scenario has no room for', () => {
  it('misses the target, and does not end the search', () => {
    const over = solved(GPU, 'chips', 'speed', 20)
    expect(over.samples.some((sample) => 'fault' in sample)).toBe(true)
    expect(over.crossings.length).toBeGreaterThan(0)
    const scenario = parseScenario(GPU)
    const { curve } = solve({
      scenario,
      free: [
        { path: 'osl', from: 16, to: 4096 },
        { path: 'context', from: 1200, to: 8192 },
      ],
      target: { quantity: 'speed', bound: 38 },
    })
    for (const { at, crossings } of curve!.points) {
      for (const { reached } of crossings) expect(reached.at).toBeGreaterThan(at)
    }
  })
})

describe('a target out of reach', () => {
  it('says so, how close it comes, where the range ends and why, and what limits there', () => {
    const { status, crossings, best, limit, parameter } = solved(GPU, 'memory.1.bandwidth', 'speed', 100_000)
    expect([status, crossings]).toEqual(['never', []])
    expect(best.at).toBeGreaterThan(1e14)
    expect(parameter.reason).toContain('in the catalog')
    expect(limit!.share).toBeGreaterThan(0)
    expect(limit!.bound).not.toBe('memory')
  })

  it('is a matter of area for SRAM', () => {
    const { parameter } = solved(LPU, 'memory.0.capacity', 'cost', 0.05)
    // 725 mm² · 38.1 Mbit/mm² / 8
    expect(parameter.to).toBeCloseTo(3.4528e9, -6)
  })
})

describe('bounds of silicon', () => {
  it.each(Object.entries(SILICON))('%s: a figure with unit and source', (_, { value, unit, source }) => {
    expect(value).toBeGreaterThan(0)
    expect(unit).toMatch(/mm2$/)
    expect(findSource(source).id).toBe(source)
  })
})

describe('a ratio to another deployment', () => {
  it('is the ratio of the two costs, at the fast points as compare has them', () => {
    const scenario = parseScenario({ model: 'deepseek-v2', chip: 'groq', precision: 'fp8', cacheFormat: 'fp8' })
    const against = parseScenario({ model: 'deepseek-67b', chip: 'h100-sxm', precision: 'fp8', cacheFormat: 'fp8' })
    const target = { quantity: 'ratio', bound: 0.15, against, userSpeed: 100 } as const
    const { now, crossings, parameter, target: asked } = solve({ scenario, target, free: [{ path: 'price' }] })
    const share = 'value' in now ? now.value : Number.NaN
    // Cost is linear in the price, and the layout does not depend on it.
    expect(crossings[0]!.reached.at).toBeCloseTo((parameter.given! * 0.15) / share, 5)
    expect(asked.against!.costPerMtok).toBeGreaterThan(0)
  })
})

describe('two parameters', () => {
  it('give the second for each value of the first', () => {
    const scenario = parseScenario(GPU)
    const { curve } = solve({
      scenario,
      free: [{ path: 'concurrency', from: 8, to: 128 }, { path: 'memory.1.bandwidth' }],
      target: { quantity: 'speed', bound: 50 },
    })
    expect(curve!.points.length).toBeGreaterThan(8)
    const needed = curve!.points.flatMap(({ at, crossings }) =>
      crossings.map(({ reached }) => [at, reached.at] as const),
    )
    for (const [clients, rate] of needed) {
      const both = withParameter(withParameter(scenario, 'concurrency', clients), 'memory.1.bandwidth', rate)
      expect(speedOf(both)).toBeGreaterThanOrEqual(50)
      expect(speedOf(both)).toBeCloseTo(50, 3)
    }
    const rates = needed.map(([, rate]) => rate)
    expect(rates).toEqual(rates.toSorted((a, b) => a - b))
  })
})

describe('two parameters of one part of a chip', () => {
  it.each([
    [
      'an HBM chip',
      { ...GPU, model: 'deepseek-v2', precision: 'fp8', chips: 8, workload: { concurrency: 4 } },
      'memory.hbm.capacity',
      'memory.hbm.bandwidth',
      120,
    ],
    [
      'tiers of an SRAM machine',
      { ...LPU, model: 'deepseek-v2', chip: 'dmatrix-corsair', machines: 64, workload: { concurrency: 1 } },
      'memory.sram.capacity',
      'memory.lpddr.bandwidth',
      250,
    ],
    [
      'memory and latency',
      { ...LPU, model: 'deepseek-v2', machines: 2000 },
      'memory.sram.capacity',
      'latency.operator',
      400,
    ],
  ] as const)('move together: %s', (_, input, first, second, speed) => {
    const scenario = parseScenario(input)
    const { curve, parameter } = solve({
      scenario,
      target: { quantity: 'speed', bound: speed },
      free: [{ path: first }, { path: second }],
    })
    const crossed = curve!.points.filter(({ crossings }) => crossings.length > 0)
    expect(crossed.length).toBeGreaterThan(2)
    for (const { at, crossings } of crossed) {
      for (const { reached, missed } of crossings) {
        const both = (value: number): Scenario =>
          withParameter(withParameter(scenario, first, at), parameter.path, value)
        expect(speedOf(both(reached.at))).toBeGreaterThanOrEqual(speed)
        expect(held(() => speedOf(both(missed.at))) ?? 0).toBeLessThan(speed)
      }
    }
  })
})

describe('a bad question', () => {
  const ask = (path: string, range: object = {}, bound = 50): (() => unknown) => {
    return () => solved(GPU, path, 'speed', bound, range)
  }

  it.each([
    ['a misspelled parameter', ask('memory.1.bandwith'), 'unknown_field', 'memory.1.bandwidth'],
    ['a parameter without effect', ask('price'), 'invalid_value', 'these have: '],
    ['an empty range', ask('concurrency', { from: 9, to: 3 }), 'invalid_value', undefined],
    ['a negative range', ask('isl', { from: -4, to: 3 }), 'invalid_value', undefined],
    ['a range without a whole number', ask('isl', { from: 1.2, to: 1.8 }), 'invalid_value', undefined],
    ['no clients', ask('concurrency', { from: 0, to: 8 }), 'invalid_value', undefined],
    ['a bandwidth of nothing', ask('memory.1.bandwidth', { from: 0, to: 1e12 }), 'invalid_value', undefined],
    ['a bandwidth of no machine', ask('memory.1.bandwidth', { to: 1e300 }), 'invalid_value', undefined],
    ['a target that no number meets', ask('isl', {}, 1e13), 'invalid_value', 'reach'],
    ['a negative target', ask('isl', {}, -1), 'invalid_value', 'reach'],
    ['a share above 1', ask('utilisation', { from: 0.5, to: 3 }), 'invalid_value', undefined],
  ])('%s is refused', (_, question, code, suggestion) => {
    const issue = issueOf(question)
    expect(issue?.code).toBe(code)
    if (suggestion !== undefined) expect(issue?.suggestion).toContain(suggestion)
  })

  it('of three parameters, none, one twice, or a ratio to nothing is refused', () => {
    const scenario = parseScenario(GPU)
    const target = { quantity: 'speed', bound: 50 } as const
    const free = (...paths: string[]) => paths.map((path) => ({ path }))
    expect(issueOf(() => solve({ scenario, target, free: free() }))?.code).toBe('invalid_value')
    expect(issueOf(() => solve({ scenario, target, free: free('isl', 'osl', 'price') }))?.code).toBe('invalid_value')
    expect(issueOf(() => solve({ scenario, target, free: free('isl', 'isl') }))?.message).toContain('twice')
    const ratio = { quantity: 'ratio', bound: 0.1 } as const
    expect(issueOf(() => solve({ scenario, target: ratio, free: free('price') }))?.path).toEqual(['against'])
  })
})
