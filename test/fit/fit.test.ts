import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BeyondFit,
  type HeldFit,
  type MachineFit,
  type Scenario,
  PincerError,
  chips,
  findChip,
  fitModel,
  isKnown,
  machineConstants,
  parseScenario,
  predictScenario,
} from '../../src/index.ts'
import { fitFigure } from '../../src/chart/index.ts'
import { allotment, replicaOf } from '../../src/fit/hold.ts'
import { scalingLimit } from '../../src/fit/scaling-limit.ts'

// Machines with one tier that holds weights, so that predict has nothing to spill into.
const CHIPS = [
  'h100-sxm',
  'b200-sxm',
  'mi300x',
  'tpu-v5e',
  'groq-lpu-v1',
  'groq3-lp30',
  'cerebras-wse3',
  'graphcore-gc200',
]
const MODELS = ['llama3-8b', 'llama3-70b', 'deepseek-v2', 'mixtral-8x7b', 'qwen3-30b-a3b', 'nemotron-3-nano-30b-a3b']

const question = fc.record({
  model: fc.constantFrom(...MODELS),
  chip: fc.constantFrom(...CHIPS),
  users: fc.integer({ min: 1, max: 200 }),
  context: fc.integer({ min: 2, max: 40_000 }),
  precision: fc.constantFrom('bf16', 'fp8'),
})

function rowOf(asked: {
  model: string
  chip: string
  users?: number
  context?: number
  precision?: string
}): MachineFit {
  const { chip, ...rest } = asked
  return fitModel({ ...rest, chips: [chip] }).rows[0]!
}

/** Users that predict says a replica of so many chips holds, with the whole context as prompt; 0 when it does not fit. */
function predictedUsers(model: string, chip: string, precision: string, context: number, size: number): number {
  const isSram = findChip(chip).kind === 'sram'
  try {
    const workload = { isl: Math.max(1, isSram ? context - 1 : context), osl: 1, concurrency: 1, spread: 1 }
    const input = { model, chip, precision, chips: size, workload }
    return Math.floor(predictScenario(parseScenario(input)).batch.capacity + 1e-9)
  } catch (error) {
    if (error instanceof PincerError) return 0
    throw error
  }
}

describe('a model on a machine', () => {
  it('has memory whose parts sum to the capacity, and holds its users in it', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const row = rowOf(asked)
        if (row.status !== 'fits') return
        const { capacity, weights, cache, activations, reserve, free } = row.memory
        expect(Math.abs(weights + cache + activations + reserve + free - capacity)).toBeLessThan(1e-9 * capacity)
        expect(free).toBeGreaterThan(-1e-9 * capacity)
        expect(row.usersHeld).toBeGreaterThanOrEqual(asked.users)
        expect(asked.users * row.kvBytesPerUser).toBeLessThanOrEqual((capacity - weights) * (1 + 1e-9))
        if (row.usersHeld < 1e9) expect(row.usersHeld * row.kvBytesPerUser).toBeLessThanOrEqual(capacity - weights)
        expect(row.overProvision).toBeGreaterThanOrEqual(1)
      }),
      { numRuns: 60 },
    )
  })

  it('needs the chips it has: with one node fewer predict holds fewer users, however they are laid out', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const row = rowOf(asked)
        if (row.status !== 'fits') return
        const { model, chip, precision, context, users } = asked
        const step = row.chip.kind === 'sram' ? machineConstants(chip).allotment : 1
        const fewer = row.chips - step
        const limit = scalingLimit(bare(model, chip, precision)).chips
        for (let replicas = 1; replicas <= fewer; replicas++) {
          // Replicas, too, come in whole allotments.
          if (fewer % (replicas * step) !== 0 || fewer / replicas > limit) continue
          const held = replicas * predictedUsers(model, chip, precision, context, fewer / replicas)
          expect(`${replicas} × ${fewer / replicas}: ${held < users}`).toBe(`${replicas} × ${fewer / replicas}: true`)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('is served as predict says', () => {
    const row = rowOf({ model: 'llama3-70b', chip: 'h100-sxm', users: 16 }) as HeldFit
    const workload = { isl: 3072, osl: 1024, concurrency: 16, spread: 1 }
    const same = predictScenario(parseScenario({ model: 'llama3-70b', chip: 'h100-sxm', chips: row.chips, workload }))
    expect(row.prediction).toEqual(same)
    expect(row.output).toBe(same.throughput.output.value)
    expect(isKnown(row.usdPerHour) && row.usdPerHour.value).toBeCloseTo(
      row.chips * (isKnown(same.cost.chipHour) ? same.cost.chipHour.value : Number.NaN),
      9,
    )
    expect(isKnown(row.usdPerMtokOutput) && row.usdPerMtokOutput.value).toBeCloseTo(
      isKnown(same.cost.perMtokOutput) ? same.cost.perMtokOutput.value : Number.NaN,
      9,
    )
  })

  it('never holds fewer users with more memory', () => {
    fc.assert(
      fc.property(
        question,
        fc.double({ min: 1, max: 4, noNaN: true }),
        fc.integer({ min: 1, max: 8 }),
        (asked, more, n) => {
          const { model, chip, precision, context } = asked
          const scenario = bare(model, chip, precision)
          const grown: Scenario = {
            ...scenario,
            chip: {
              ...scenario.chip,
              memory: scenario.chip.memory.map((tier) =>
                tier.role === 'store' && isKnown(tier.capacity)
                  ? { ...tier, capacity: { ...tier.capacity, value: more * tier.capacity.value } }
                  : tier,
              ),
            },
          }
          const size = allotment(scenario) * n * (scenario.chip.id === 'groq-lpu-v1' ? 20 : 1)
          const users = (of: Scenario): number => replicaOf(of, context, size)?.users ?? 0
          expect(users(grown)).toBeGreaterThanOrEqual(users(scenario))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('needs no fewer chips for more users or a longer context', () => {
    for (const chip of CHIPS) {
      const sizes = [1, 8, 64].map((users) => rowOf({ model: 'llama3-8b', chip, users }))
      const lengths = [512, 8192, 65_536].map((context) => rowOf({ model: 'llama3-8b', chip, context, users: 4 }))
      for (const rows of [sizes, lengths]) {
        const needed = rows.map((row) => (row.status === 'fits' ? row.chips : Number.POSITIVE_INFINITY))
        expect(needed).toEqual(needed.toSorted((a, b) => a - b))
      }
    }
  })
})

describe('a model that fits no number of chips', () => {
  it('is a row with the limit and what would be needed', () => {
    const row = rowOf({ model: 'deepseek-v2', chip: 'groq', precision: 'fp8' }) as BeyondFit
    expect(row.status).toBe('beyond')
    expect(row.limit.chips).toBe(576)
    expect(isKnown(row.needed) && row.needed.value).toBeGreaterThan(576)
    expect(row.remedies).toEqual([])
  })

  it('says what would make it fit, and that is true', () => {
    const wide = rowOf({ model: 'deepseek-v2', chip: 'groq3-lp30', precision: 'fp8' }) as BeyondFit
    const long = rowOf({ model: 'llama3-8b', chip: 'groq', precision: 'fp8', context: 3_000_000 }) as BeyondFit
    const [shorter] = long.remedies.filter(({ change }) => change === 'context')
    expect(wide.status).toBe('beyond')
    expect(long.status).toBe('beyond')
    const at = (context: number): MachineFit => rowOf({ model: 'llama3-8b', chip: 'groq', precision: 'fp8', context })
    expect(at(Number(shorter!.value)).status).toBe('fits')
    expect((at(Number(shorter!.value)) as HeldFit).chips).toBe(shorter!.chips)
    expect(at(Number(shorter!.value) + 1).status).toBe('beyond')
    for (const { change, value } of [...wide.remedies, ...long.remedies]) {
      if (change !== 'precision') continue
      expect(rowOf({ model: 'deepseek-v2', chip: 'groq3-lp30', precision: String(value) }).status).toBe('fits')
    }
  })

  it('is a row too where nothing can be timed', () => {
    expect(rowOf({ model: 'llama3-8b', chip: 'etched-sohu' })).toMatchObject({ status: 'untimed' })
  })
})

describe('the whole catalog', () => {
  it('has a row for every chip, in its order, and every number is finite', () => {
    const { rows } = fitModel({ model: 'deepseek-v3', users: 32, context: 32_768 })
    expect(rows.map(({ chip }) => chip.id)).toEqual(chips().map(({ id }) => id))
    expect(JSON.stringify(rows)).not.toContain('null')
  })

  it.each(['llama3-8b', 'deepseek-v2', 'kimi-k2'])(
    'is all in the picture, those that nothing holds too: %s',
    (model) => {
      const { rows } = fitFigure(fitModel({ model, users: 8 }))
      for (const { panels } of rows) {
        const [panel] = panels
        if (panel === undefined || !('bars' in panel)) throw new Error('no bars')
        expect(panel.bars.map(({ label }) => label)).toEqual(chips().map(({ name }) => name))
        for (const { note, segments } of panel.bars) {
          expect(note).toMatch(/\S/)
          for (const { from, to } of segments) expect(to).toBeGreaterThanOrEqual(from)
        }
      }
    },
  )
})

describe('a bad question', () => {
  it.each([
    [{ model: 'llama3-8b', chips: ['h10'] }, 'unknown_chip'],
    [{ model: 'llama9', chips: ['h100-sxm'] }, 'unknown_model'],
    [{ model: 'llama3-8b', chips: [] }, 'invalid_value'],
    [{ model: 'llama3-8b', users: -1 }, 'invalid_value'],
    [{ model: 'llama3-8b', users: 1.5 }, 'invalid_value'],
    [{ model: 'llama3-8b', context: 1 }, 'invalid_value'],
    [{ model: 'llama3-8b', precision: 'fp3' }, 'invalid_value'],
  ])('%j throws %s', (bad, code) => {
    let issue: string | undefined
    try {
      fitModel(bad)
    } catch (error) {
      issue = (error as PincerError).issues[0]?.code
    }
    expect(issue).toBe(code)
  })
})

function bare(model: string, chip: string, precision: string): Scenario {
  const mapping = findChip(chip).kind === 'hbm' ? { mapping: { tp: 1 } } : {}
  return parseScenario({ model, chip, precision, ...mapping })
}
