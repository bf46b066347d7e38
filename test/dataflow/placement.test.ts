import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Chip, findChip, isKnown } from '../../src/catalog/index.ts'
import {
  DATAFLOW_MACHINES,
  fewestMachines,
  machineConstants,
  placement,
  servedPrecision,
} from '../../src/dataflow/index.ts'
import { PincerError } from '../../src/issue/index.ts'
import { findModel, kvBytes } from '../../src/model/index.ts'
import { issuesOf } from './issue.ts'

const MODELS = ['llama3-8b', 'llama3-70b', 'gpt-oss-120b', 'qwen3-235b-a22b', 'deepseek-r1']
const anyModel = fc.constantFrom(...MODELS).map((id) => findModel(id))
const anyChip = fc.constantFrom(...DATAFLOW_MACHINES).map((id) => findChip(id))

const precisionOn = (model: string, chip: string): string | undefined =>
  servedPrecision(findModel(model), machineConstants(chip))

describe('worked numbers', () => {
  it('DeepSeek-V2 at one byte per parameter needs 1,027 LPUs or 6 wafers for its weights alone', () => {
    expect(fewestMachines(findChip('groq-lpu-v1'), 236e9)).toBe(1027)
    expect(fewestMachines(findChip('cerebras-wse3'), 236e9)).toBe(6)
    expect(fewestMachines(findChip('groq3-lp30'), 236e9)).toBe(472)
    expect(fewestMachines(findChip('dmatrix-corsair'), 236e9)).toBe(118)
  })

  it('DeepSeek-V2 in real formats, scales and 16-bit embeddings included, needs a little more', () => {
    const place = placement(findModel('deepseek-v2'), findChip('groq-lpu-v1'), { precision: 'fp8' })
    expect(fewestMachines(place.chip, place.weightBytes)).toBeGreaterThan(1027)
    expect(fewestMachines(place.chip, place.weightBytes)).toBeLessThan(1060)
    expect(place.chips).toBeGreaterThan(1060)
  })

  it('gpt-oss-120B on 576 LPUs: one layer per stage of 16, about 69.7 GB left for KV (SHIP)', () => {
    const place = placement(findModel('gpt-oss-120b'), findChip('groq-lpu-v1'), { chips: 576 })
    expect([place.tp, place.pp, place.layersPerStage]).toEqual([16, 36, 1])
    expect(place.freeBytes + place.kvBytesPerUser).toBeGreaterThan(69.7e9 * 0.95)
    expect(place.freeBytes + place.kvBytesPerUser).toBeLessThan(69.7e9 * 1.05)
  })

  it('Qwen3-235B on 1,520 LPUs: TP16 × PP95, 350 GB of SRAM, about 300 MB of cache for each of 380 users (SHIP)', () => {
    const place = placement(findModel('qwen3-235b-a22b'), findChip('groq-lpu-v1'), { chips: 1520, context: 3000 })
    expect([place.tp, place.pp, place.layersPerStage]).toEqual([16, 95, 1])
    expect(1520 * 230e6).toBeCloseTo(349.6e9, -8)
    expect(place.maxUsers).toBeGreaterThan(360)
    expect(place.maxUsers).toBeLessThanOrEqual(380)
  })

  it('Llama 70B in 16 bits takes four wafers, 8B one', () => {
    expect(placement(findModel('llama3-70b'), findChip('cerebras-wse3'), { precision: 'bf16' }).chips).toBe(4)
    expect(placement(findModel('llama3-8b'), findChip('cerebras-wse3'), { precision: 'bf16' }).chips).toBe(1)
  })

  it('16-bit checkpoints are served in 8 bits where 16 have no room; narrower ones stay as they are', () => {
    expect(precisionOn('llama3-70b', 'groq-lpu-v1')).toBe('fp8')
    expect(precisionOn('llama3-70b', 'cerebras-wse3')).toBeUndefined()
    expect(precisionOn('gpt-oss-120b', 'groq-lpu-v1')).toBeUndefined()
    expect(placement(findModel('llama3-70b'), findChip('groq-lpu-v1')).work.format).toBe('fp8')
    expect(placement(findModel('llama3-70b'), findChip('groq-lpu-v1'), { precision: 'bf16' }).work.format).toBe('bf16')
  })

  it('KV cache per user is what the model room says', () => {
    const arch = findModel('llama3-70b')
    const place = placement(arch, findChip('cerebras-wse3'), { context: 8192, kvFormat: 'bf16' })
    expect(place.kvBytesPerUser).toBe(kvBytes(arch, 8192, 'bf16'))
  })
})

describe('invariants', () => {
  const anyCase = fc.record({
    arch: anyModel,
    chip: anyChip,
    users: fc.integer({ min: 1, max: 200 }),
    context: fc.integer({ min: 1, max: 32_768 }),
  })

  it('places every byte exactly once and overfills no tier', () => {
    fc.assert(
      fc.property(anyCase, ({ arch, chip, users, context }) => {
        const place = placement(arch, chip, { users, context, usersPerStage: 1000 })
        const held = place.tp * place.pp
        const placed = (items: readonly string[]): number =>
          place.places.filter(({ item }) => items.includes(item)).reduce((sum, { bytes }) => sum + bytes, 0)
        expect(placed(['dense', 'experts']) / place.weightBytes).toBeCloseTo(1, 9)
        expect(placed(['kv']) / (users * place.kvBytesPerUser)).toBeCloseTo(1, 9)
        for (const [tier, level] of place.tiers.entries()) {
          const inTier = place.places.filter((at) => at.tier === tier).reduce((sum, { bytes }) => sum + bytes, 0)
          expect(inTier).toBeLessThanOrEqual(level.capacity * held * (1 + 1e-12))
        }
        expect(held).toBeLessThanOrEqual(place.chips)
        expect(place.maxUsers).toBeGreaterThanOrEqual(users)
      }),
      { numRuns: 200 },
    )
  })

  it('the default deployment puts everything in the first tier and one group fewer does not hold it', () => {
    fc.assert(
      fc.property(anyCase, ({ arch, chip, users, context }) => {
        const place = placement(arch, chip, { users, context, usersPerStage: 1000 })
        expect(place.places.every(({ tier }) => tier === 0)).toBe(true)
        if (place.limit !== 'kv') return
        // Groups widen by one machine per stage, wafers are added one by one, nodes whole.
        const step = place.tp > place.machine.groupSize ? place.work.depth + 1 : place.tp
        const less = place.chips - step - place.machine.allotment
        const demand = place.weightBytes + users * place.kvBytesPerUser
        expect(less * place.tiers[0]!.capacity).toBeLessThan(demand)
      }),
      { numRuns: 200 },
    )
  })

  it('Groq stages take four users each, as the largest published deployment; the rest is refused with a reason', () => {
    const arch = findModel('llama3-8b')
    const chip = findChip('groq-lpu-v1')
    const place = placement(arch, chip, { users: 100 })
    expect(place.pp).toBe(25)
    expect(place.maxUsers).toBe(100)
    expect([place.limit, place.userLimit]).toEqual(['stages', 'stages'])
    const issue = issuesOf(() => placement(arch, chip, { users: 133 }))[0]!
    expect([issue.code, issue.path]).toEqual(['does_not_fit', ['users']])
    expect(placement(arch, chip, { users: 133, usersPerStage: 8 }).maxUsers).toBeGreaterThanOrEqual(133)
  })

  it('more machines never hold fewer users', () => {
    fc.assert(
      fc.property(anyCase, fc.integer({ min: 0, max: 500 }), ({ arch, chip, context }, extra) => {
        const base = placement(arch, chip, { context })
        const most = base.machine.mostMachines?.value ?? Number.POSITIVE_INFINITY
        const more = placement(arch, chip, { context, chips: Math.min(most, base.chips + extra) })
        expect(more.maxUsers).toBeGreaterThanOrEqual(base.maxUsers)
      }),
      { numRuns: 200 },
    )
  })
})

const withMemory = (chip: Chip, change: (level: Chip['memory'][number]) => Chip['memory'][number]): Chip => ({
  ...chip,
  memory: chip.memory.map(change),
})

const storing = (capacity: number, bandwidth: number): Pick<Chip['memory'][number], 'capacity' | 'bandwidth'> => ({
  capacity: { value: capacity, unit: 'B', source: 'test', basis: 'vendor' },
  bandwidth: { value: bandwidth, unit: 'B/s', source: 'test', basis: 'vendor' },
})

describe('more memory', () => {
  it('never holds fewer users on the same machines', () => {
    fc.assert(
      fc.property(anyModel, anyChip, fc.double({ min: 1, max: 3, noNaN: true }), (arch, chip, factor) => {
        const { chips, maxUsers } = placement(arch, chip)
        const larger = withMemory(chip, (level) =>
          level.role === 'store' && isKnown(level.capacity)
            ? { ...level, capacity: { ...level.capacity, value: factor * level.capacity.value } }
            : level,
        )
        expect(placement(arch, larger, { chips }).maxUsers).toBeGreaterThanOrEqual(maxUsers)
      }),
      { numRuns: 100 },
    )
  })
})

describe('bad input', () => {
  it('refuses a model that no number of machines within the published scale holds', () => {
    const issue = issuesOf(() =>
      placement(findModel('llama3-405b'), findChip('cerebras-wse2'), { users: 1e5, context: 1e5 }),
    )[0]!
    expect([issue.code, issue.path]).toEqual(['does_not_fit', ['chips']])
    expect(issue.message).toContain('192')
    expect(issue.suggestion).toContain('narrower precision')
    const lpu = findChip('groq-lpu-v1')
    expect(issuesOf(() => placement(findModel('llama3-8b'), lpu, { chips: 20_000 }))[0]!.message).toContain('10440')
  })

  it('refuses several machines of a chip whose links are missing, and takes one', () => {
    const lone: Chip = {
      ...findChip('cerebras-wse3'),
      id: 'my-wafer',
      scaleUp: { bandwidth: { unknown: 'not measured' }, domain: { unknown: 'not measured' } },
      scaleOut: { bandwidth: { unknown: 'not measured' } },
    }
    const issue = issuesOf(() => placement(findModel('llama3-70b'), lone))[0]!
    expect([issue.code, issue.path]).toEqual(['missing_field', ['chip', 'scaleUp', 'bandwidth']])
    expect(issue.suggestion).toContain('B/s')
    expect(placement(findModel('llama3-8b'), lone).chips).toBe(1)
  })

  it('refuses tiers that contradict one another, with the place in the file', () => {
    const chip = findChip('dmatrix-corsair')
    const fast = withMemory(chip, (level) => (level.name === 'lpddr' ? { ...level, ...storing(256e9, 300e12) } : level))
    const issue = issuesOf(() => placement(findModel('llama3-8b'), fast))[0]!
    expect([issue.code, issue.path]).toEqual(['invalid_value', ['chip', 'memory', 1, 'bandwidth']])
    expect(issue.suggestion).toContain('fastest first')
    const empty = withMemory(chip, (level) => (level.name === 'sram' ? { ...level, ...storing(0, 150e12) } : level))
    expect(issuesOf(() => placement(findModel('llama3-8b'), empty))[0]!.path).toEqual(['chip', 'memory', 0, 'capacity'])
  })

  it('says how many machines would do when the given ones are too few', () => {
    const issue = issuesOf(() => placement(findModel('llama3-70b'), findChip('groq-lpu-v1'), { chips: 100 }))[0]!
    expect(issue.code).toBe('does_not_fit')
    const needed = Number(/\d+/.exec(issue.suggestion ?? '')?.[0])
    expect(placement(findModel('llama3-70b'), findChip('groq-lpu-v1'), { chips: needed }).chips).toBe(needed)
  })

  it.each([
    { chips: 0 },
    { chips: Number.NaN },
    { context: -1 },
    { users: 0 },
    { users: Number.POSITIVE_INFINITY },
    { skew: -1 },
  ])('refuses %o', (options) => {
    const issue = issuesOf(() => placement(findModel('llama3-8b'), findChip('cerebras-wse3'), options))[0]!
    expect(issue.code).toBe('invalid_value')
    expect(issue.path).toEqual(Object.keys(options))
  })

  it('refuses a machine of the kernel room, by name', () => {
    expect(() => placement(findModel('llama3-8b'), findChip('h100-sxm'))).toThrow(PincerError)
  })

  it('lends an unmeasured chip the latencies of the machine it is built like, with a wide band', () => {
    const wafer = placement(findModel('llama3-8b'), { ...findChip('cerebras-wse3'), id: '__proto__' }).machine
    expect(wafer.scheme).toBe('region')
    expect(wafer.tier).toBe('first-principles')
    expect(wafer.reason).toContain('cerebras-wse3')
    expect(wafer.band.high).toBeGreaterThan(5)
    expect(placement(findModel('llama3-8b'), { ...findChip('groq-lpu-v1'), id: 'lpu-x' }).machine.scheme).toBe('group')
  })
})
