import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Chip, findChip } from '../../src/catalog/index.ts'
import {
  DATAFLOW_MACHINES,
  type Placement,
  type ServeResult,
  decodeTime,
  machineConstants,
  placement,
  prefillTime,
  serveOn,
  tokensPerPass,
} from '../../src/dataflow/index.ts'
import { findModel } from '../../src/model/index.ts'
import { issuesOf } from './issue.ts'

const MODELS = ['llama3-8b', 'llama3-70b', 'gpt-oss-120b', 'qwen3-235b-a22b', 'deepseek-r1']
const anyPlace = fc
  .record({
    model: fc.constantFrom(...MODELS),
    chip: fc.constantFrom(...DATAFLOW_MACHINES),
    users: fc.integer({ min: 1, max: 300 }),
    context: fc.integer({ min: 1, max: 8192 }),
  })
  .map(({ model, chip, ...options }) =>
    placement(findModel(model), findChip(chip), { ...options, usersPerStage: 1000 }),
  )

const sumOf = (parts: object): number => Object.values(parts).reduce((sum: number, part: number) => sum + part, 0)

describe('decodeTime', () => {
  it('returns parts that sum to the time per token, all of them finite and none negative', () => {
    fc.assert(
      fc.property(
        anyPlace,
        fc.integer({ min: 1, max: 300 }),
        fc.option(fc.integer({ min: 1, max: 8 })),
        (place, wish, drafts) => {
          const users = Math.min(wish, place.maxUsers)
          const speculation = drafts === null ? {} : { speculation: { drafts, acceptance: 0.7 } }
          const step = decodeTime(place, { users, ...speculation })
          expect(sumOf(step.parts) / step.tpot).toBeCloseTo(1, 9)
          for (const part of Object.values(step.parts)) expect(part).toBeGreaterThanOrEqual(0)
          expect(step.tokensPerSecondSystem / (users * step.tokensPerSecondPerUser)).toBeCloseTo(1, 9)
          expect(step.parts[step.bound]).toBe(Math.max(...Object.values(step.parts)))
        },
      ),
      { numRuns: 150 },
    )
  })

  it('more users are never faster per user', () => {
    fc.assert(
      fc.property(anyPlace, fc.integer({ min: 1, max: 400 }), (place, wish) => {
        const users = Math.min(wish, place.maxUsers - 1)
        if (users < 1) return
        const few = decodeTime(place, { users }).tpot
        expect(decodeTime(place, { users: users + 1 }).tpot).toBeGreaterThanOrEqual(few * (1 - 1e-12))
      }),
      { numRuns: 200 },
    )
  })

  it('longer contexts are never faster', () => {
    fc.assert(
      fc.property(anyPlace, fc.double({ min: 0.01, max: 1, noNaN: true }), (place, share) => {
        const short = decodeTime(place, { context: Math.max(1, share * place.context) }).tpot
        expect(decodeTime(place).tpot).toBeGreaterThanOrEqual(short * (1 - 1e-12))
      }),
      { numRuns: 100 },
    )
  })

  it('is never faster than the links and the headline bandwidth allow', () => {
    fc.assert(
      fc.property(anyPlace, (place) => {
        const { tpot, parts } = decodeTime(place)
        const hop = place.machine.hopSeconds?.value ?? 0
        expect(parts.transfer).toBeGreaterThanOrEqual((place.pp - 1) * hop * (1 - 1e-12))
        // Two all-reduces per layer, each there and back.
        if (place.tp > 1) expect(parts.collectives).toBeGreaterThanOrEqual(4 * place.work.depth * hop)
        const active = place.work.layers.reduce(
          (sum, layer) => sum + layer.count * (layer.denseBytes + layer.topk * layer.expertBytes),
          0,
        )
        const ideal = active / (place.chips * place.tiers[0]!.bandwidth)
        expect(tpot).toBeGreaterThan(ideal)
      }),
      { numRuns: 100 },
    )
  })

  it('a user fills one stage: throughput grows with users until stages are busy, then stays under their limit', () => {
    const place = placement(findModel('llama3-70b'), findChip('groq-lpu-v1'), { chips: 576 })
    const one = decodeTime(place)
    const many = decodeTime(place, { users: place.pp })
    expect(many.tokensPerSecondSystem).toBeGreaterThan(0.6 * place.pp * one.tokensPerSecondSystem)
    for (const users of [1, 10, 36, 60, 80]) {
      const step = decodeTime(place, { users })
      expect(step.tokensPerSecondSystem * step.busyPerToken).toBeLessThanOrEqual(1 + 1e-9)
    }
  })

  it('is bound by dependent operators, not by SRAM bandwidth: a roofline overpredicts by orders of magnitude', () => {
    const place = placement(findModel('llama3-70b'), findChip('cerebras-wse3'), { chips: 4, precision: 'bf16' })
    const roofline = (place.chips * place.tiers[0]!.bandwidth) / place.weightBytes
    expect(roofline / decodeTime(place).tokensPerSecondPerUser).toBeGreaterThan(70)
  })

  it('drafting gains 1 + a + a² + … tokens per pass and never costs nothing', () => {
    expect(tokensPerPass({ drafts: 3, acceptance: 0.5 })).toBeCloseTo(1.875, 12)
    const place = placement(findModel('llama3-70b'), findChip('cerebras-wse3'), { chips: 4 })
    const plain = decodeTime(place).tokensPerSecondPerUser
    const drafted = decodeTime(place, { speculation: { drafts: 3, acceptance: 0.8 } }).tokensPerSecondPerUser
    expect(drafted / plain).toBeGreaterThan(1)
    expect(drafted / plain).toBeLessThan(tokensPerPass({ drafts: 3, acceptance: 0.8 }))
    expect(decodeTime(place, { speculation: { drafts: 3, acceptance: 0 } }).tokensPerSecondPerUser).toBeLessThan(plain)
  })

  it('refuses more users than fit, a context beyond the placed one and speculation out of range', () => {
    const place = placement(findModel('llama3-8b'), findChip('cerebras-wse3'), { context: 4096 })
    expect(issuesOf(() => decodeTime(place, { users: place.maxUsers + 1 }))[0]!.code).toBe('does_not_fit')
    expect(issuesOf(() => decodeTime(place, { context: 4097 }))[0]!.path).toEqual(['context'])
    expect(issuesOf(() => decodeTime(place, { users: 1.5 }))[0]!.path).toEqual(['users'])
    for (const speculation of [
      { drafts: 0, acceptance: 0.5 },
      { drafts: 2, acceptance: 1.1 },
      { drafts: 2, acceptance: Number.NaN },
    ]) {
      expect(issuesOf(() => decodeTime(place, { speculation }))[0]!.code).toBe('invalid_value')
    }
  })
})

const spilled = (chips: number, skew = 0): Placement =>
  placement(findModel('deepseek-r1'), findChip('dmatrix-corsair'), { chips, skew })

describe('tiers', () => {
  it('experts that do not fit the SRAM of too few Corsair cards are read from LPDDR, slower', () => {
    const full = placement(findModel('deepseek-r1'), findChip('dmatrix-corsair'))
    const half = spilled(200)
    expect(full.shares.experts[0]).toBe(1)
    expect(half.shares.experts[0]).toBeLessThan(1)
    expect(half.shares.dense[0]).toBe(1)
    expect(decodeTime(half).parts.weights).toBeGreaterThan(decodeTime(full).parts.weights)
  })

  it('hot experts in SRAM serve more than their share of routed tokens, and that buys speed', () => {
    expect(spilled(200, 1).shares.experts[0]).toBeGreaterThan(spilled(200, 0).shares.experts[0]!)
    expect(decodeTime(spilled(200, 1)).tpot).toBeLessThan(decodeTime(spilled(200, 0)).tpot)
  })
})

const withMemory = (chip: Chip, memory: Chip['memory']): Chip => ({ ...chip, memory })

describe('tiers and layouts that must agree', () => {
  const corsair = findChip('dmatrix-corsair')
  const sram = corsair.memory.filter(({ name }) => name === 'sram')

  it('all experts in the fast tier equals the machine that has no other', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MODELS), fc.integer({ min: 1, max: 50 }), (model, users) => {
        const [both, one] = [corsair, withMemory(corsair, sram)].map((chip) =>
          decodeTime(placement(findModel(model), chip, { users }), { users }),
        )
        expect(both).toEqual(one)
      }),
      { numRuns: 40 },
    )
  })

  it('three tiers: what spills is read at the rate of the tier it lies in, and a slower third tier never speeds up', () => {
    const level = (name: 'hbm' | 'ddr', bytes: number, rate: number): Chip['memory'][number] => ({
      name,
      role: 'store',
      capacity: { value: bytes, unit: 'B', source: 'test', basis: 'vendor' },
      bandwidth: { value: rate, unit: 'B/s', source: 'test', basis: 'vendor' },
    })
    const at = (rate: number): Placement => {
      const chip = withMemory(corsair, [...sram, level('hbm', 20e9, 2e12), level('ddr', 500e9, rate)])
      return placement(findModel('deepseek-r1'), chip, { chips: 16 })
    }
    const { shares } = at(400e9)
    expect(shares.experts.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
    expect(shares.experts[2]).toBeGreaterThan(0)
    const [slow, fast] = [400e9, 1e12].map((rate) => decodeTime(at(rate)).tpot) as [number, number]
    expect(slow).toBeGreaterThan(fast)
  })

  it('fetching ahead hides dense weights, never routed experts, and never beats the bandwidth', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MODELS), fc.constantFrom('sambanova-sn40l', 'sambanova-sn50'), (model, id) => {
        const place = placement(findModel(model), findChip(id))
        const { prefetch: _, ...plain } = place.machine
        const ahead = decodeTime(place)
        expect(ahead.tpot).toBeLessThanOrEqual(decodeTime({ ...place, machine: plain }).tpot * (1 + 1e-12))
        const active = place.work.layers.reduce(
          (sum, layer) => sum + layer.count * (layer.denseBytes + layer.topk * layer.expertBytes),
          0,
        )
        const stream = place.tp * place.tiers[0]!.bandwidth * place.machine.movementShare.value
        expect(ahead.tpot * (1 + 1e-9)).toBeGreaterThanOrEqual(active / stream)
        expect(ahead.tpot).toBeGreaterThanOrEqual(ahead.parts.issue)
        const routed = place.work.layers.reduce((sum, layer) => sum + layer.count * layer.topk * layer.expertBytes, 0)
        expect(ahead.parts.weights * (1 + 1e-9)).toBeGreaterThanOrEqual(routed / stream)
      }),
      { numRuns: 20 },
    )
  })

  it('a layout that is stated is the one that is timed: half the chips of a group stream half as fast', () => {
    const chip = findChip('sambanova-sn50')
    const [sixteen, eight] = [16, 8].map((tp) => placement(findModel('minimax-m2.7'), chip, { chips: 16, tp }))
    expect([sixteen!.tp, sixteen!.pp, eight!.tp, eight!.pp]).toEqual([16, 1, 8, 2])
    expect(decodeTime(eight!).tpot).toBeGreaterThan(decodeTime(sixteen!).tpot)
    expect(issuesOf(() => placement(findModel('llama3-8b'), findChip('cerebras-wse3'), { tp: 8 }))[0]!.path).toEqual([
      'tp',
    ])
    expect(issuesOf(() => placement(findModel('llama3-8b'), chip, { tp: 2.5 }))[0]!.path).toEqual(['tp'])
  })

  it('eight Corsair cards make most of the published 60,000 tokens/s of Llama 3 8B, as their bridges carry the sums', () => {
    const place = placement(findModel('llama3-8b'), corsair, { chips: 8 })
    expect([place.tp, place.pp]).toEqual([2, 4])
    const { tokensPerSecondSystem } = decodeTime(place, { users: place.maxUsers })
    expect(tokensPerSecondSystem).toBeGreaterThan(60_000 / 1.5)
    expect(tokensPerSecondSystem).toBeLessThan(60_000 * 1.5)
    const { groupLink: _, ...overPcie } = place.machine
    expect(decodeTime({ ...place, machine: overPcie }, { users: place.maxUsers }).tpot).toBeGreaterThan(
      decodeTime(place, { users: place.maxUsers }).tpot,
    )
  })
})

describe('prefillTime', () => {
  it('takes longer for longer prompts, at most in proportion to their work, and respects the peak', () => {
    const place = placement(findModel('llama3-70b'), findChip('groq-lpu-v1'), { chips: 576 })
    const times = [128, 512, 2048, 8192].map((tokens) => prefillTime(place, tokens))
    for (let i = 1; i < times.length; i++) expect(times[i]!.seconds).toBeGreaterThan(times[i - 1]!.seconds)
    const peak = 576 * 750e12
    expect(times[3]!.seconds).toBeGreaterThan((8192 * 2 * 70e9) / peak)
  })

  it('refuses a prompt without tokens', () => {
    const place = placement(findModel('llama3-8b'), findChip('cerebras-wse3'))
    for (const tokens of [0, -1, 1.5, Number.NaN]) {
      expect(issuesOf(() => prefillTime(place, tokens))[0]!.path).toEqual(['promptTokens'])
    }
  })
})

describe('serveOn', () => {
  const options = { promptTokens: 1024, outputTokens: 512 }

  it('equals decoding plus prefill for one user and stretches when the busiest stage is full', () => {
    const one = serveOn(findModel('gpt-oss-120b'), findChip('groq-lpu-v1'), { ...options, chips: 576 })
    expect(one.stretch).toBe(1)
    expect(one.tpot).toBe(one.step.tpot)
    expect(one.tokensPerSecondSystem).toBeCloseTo(512 / (one.ttft + 511 * one.tpot), 6)
  })

  it('is monotone in users: never faster per user, never less throughput up to the cache limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (users) => {
        const run = (n: number): ServeResult =>
          serveOn(findModel('gpt-oss-120b'), findChip('groq-lpu-v1'), {
            ...options,
            chips: 576,
            users: n,
            usersPerStage: 12,
          })
        const [few, more] = [run(users), run(users + 1)]
        expect(more.tokensPerSecondPerUser).toBeLessThanOrEqual(few.tokensPerSecondPerUser * (1 + 1e-12))
        const busy = more.prefill.busy + (options.outputTokens - 1) * more.step.busyPerToken
        expect((more.tokensPerSecondSystem / options.outputTokens) * busy).toBeLessThanOrEqual(1 + 1e-9)
      }),
      { numRuns: 60 },
    )
  })
})

const width = (chip: string): number => machineConstants(chip).band.high / machineConstants(chip).band.low

describe('machineConstants', () => {
  it.each(DATAFLOW_MACHINES)('%s: every constant positive, with a source; the band holds 1', (chip) => {
    const machine = machineConstants(chip)
    for (const constant of [machine.phaseSeconds, machine.movementShare, machine.computeShare, machine.weightFill]) {
      expect(constant.value).toBeGreaterThan(0)
      expect(constant.source.length).toBeGreaterThan(3)
    }
    expect(machine.band.low).toBeGreaterThan(0)
    expect(machine.band.low).toBeLessThan(1)
    expect(machine.band.high).toBeGreaterThan(1)
    expect(machine.reason.length).toBeGreaterThan(10)
  })

  it('a machine that leans on a relative has a wider band than the relative', () => {
    expect(width('cerebras-wse2')).toBeGreaterThan(width('cerebras-wse3'))
    expect(width('graphcore-gc200')).toBeGreaterThan(width('groq-lpu-v1'))
    expect(machineConstants('cerebras-wse2').tier).toBe('transferred')
  })

  it('suggests a near name', () => {
    expect(issuesOf(() => machineConstants('groq-lpu'))[0]!.suggestion).toContain('groq-lpu-v1')
  })
})
