import { describe, expect, it } from 'vitest'
import { quantile } from '../../cli/validate/score.ts'
import fits from '../../catalog/fits/dataflow.json' with { type: 'json' }
import { findChip } from '../../src/catalog/index.ts'
import {
  type Deployment,
  decodeTime,
  deploymentSpeed,
  machineConstants,
  typicalSpeculation,
} from '../../src/dataflow/index.ts'
import { declaredArch, findModel } from '../../src/model/index.ts'

type SpeedRow = (typeof fits.residuals)[number]

const speeds: readonly SpeedRow[] = fits.residuals.filter((row) => row.quantity === 'tokens/s/user')

function share(rows: readonly { readonly published: number }[], of: (row: never) => number): number {
  const near = rows.filter((row) => Math.abs(Math.log2(of(row as never) / row.published)) <= 1)
  return near.length / rows.length
}

function answer(row: (typeof fits.residuals)[number]): ReturnType<typeof deploymentSpeed> {
  const given = row.given as Omit<Deployment, 'arch' | 'chip'>
  return deploymentSpeed({ ...given, arch: findModel(row.model), chip: findChip(row.chip) })
}

function medianError(rows: readonly SpeedRow[], of: (row: SpeedRow) => number): number {
  return quantile(
    rows.map((row) => Math.abs(of(row) / row.published - 1)),
    0.5,
  )
}

describe('published speeds', () => {
  it('speeds per user: median error at most 20 %, all within a factor of 2', () => {
    expect(speeds.length).toBeGreaterThanOrEqual(25)
    expect(medianError(speeds, (row) => row.predicted)).toBeLessThanOrEqual(0.2)
    expect(share(speeds, (row: { predicted: number }) => row.predicted)).toBe(1)
  })

  it('with the model left out of the fit: at most 30 % on machines with two models and more, 9 of 10 within a factor of 2', () => {
    for (const chip of new Set(speeds.map((row) => row.chip))) {
      const own = speeds.filter((row) => row.chip === chip)
      if (new Set(own.map(({ model }) => model)).size < 2) continue
      expect(medianError(own, (row) => row.leftOut)).toBeLessThanOrEqual(0.3)
    }
    expect(share(speeds, (row: { leftOut: number }) => row.leftOut)).toBeGreaterThanOrEqual(0.9)
  })

  it('rows said to be drafted need an acceptance that decoders reach', () => {
    const drafted = speeds.filter((row) => row.given.speculation === 'yes')
    expect(drafted.length).toBeGreaterThanOrEqual(2)
    for (const { acceptance } of drafted) {
      expect(acceptance).toBeGreaterThan(0.6)
      expect(acceptance).toBeLessThan(0.95)
    }
  })

  it.each(fits.residuals)('$id, $quantity: the engine gives what the fit recorded', (row) => {
    const speed = answer(row)
    const now = row.quantity === 'tokens/s/user' ? speed.tokensPerSecondPerUser : speed.tokensPerSecondSystem
    expect(now / row.predicted).toBeCloseTo(1, 2)
  })

  it('the 90 % bands hold at least 80 % of the speeds they are made for', () => {
    const inside = speeds.filter((row) => {
      const { band } = answer(row)
      return row.published >= band.low && row.published <= band.high
    })
    expect(inside.length / speeds.length).toBeGreaterThanOrEqual(0.8)
  })

  it('a bandwidth roofline would miss every pure-SRAM row by 20 times and more', () => {
    for (const row of speeds.filter(({ chip }) => /groq|cerebras/.test(chip))) {
      const { place } = answer(row)
      const active = place.work.layers.reduce(
        (sum, layer) => sum + layer.count * (layer.denseBytes + layer.topk * layer.expertBytes),
        0,
      )
      const roofline = (place.chips * place.tiers[0]!.bandwidth) / active
      expect(roofline / row.published).toBeGreaterThan(20)
    }
  })
})

describe('deploymentSpeed', () => {
  const base: Deployment = { arch: findModel('llama3-70b'), chip: findChip('cerebras-wse3'), chips: 4 }

  it('answers drafting that is not stated by the practice of those who serve on the machine, and says so', () => {
    const [no, unstated, yes] = (['no', 'unknown', 'yes'] as const).map((speculation) =>
      deploymentSpeed({ ...base, speculation }),
    )
    expect(unstated!.tokensPerSecondPerUser).toBe(yes!.tokensPerSecondPerUser)
    expect(unstated!.assumptions.join()).toContain('taken to be used (Cerebras announced')
    expect(no!.assumptions.join()).not.toContain('speculative')
    expect(no!.alternatives).toBeUndefined()
    expect(unstated!.alternatives).toEqual({
      plain: no!.tokensPerSecondPerUser,
      drafted: yes!.tokensPerSecondPerUser,
    })
    expect(unstated!.band.low).toBeLessThanOrEqual(no!.tokensPerSecondPerUser)
    const speculation = typicalSpeculation(yes!.place)
    expect(yes!.tokensPerSecondPerUser).toBe(decodeTime(yes!.place, { speculation }).tokensPerSecondPerUser)
    const lpu = { arch: base.arch, chip: findChip('groq-lpu-v1'), chips: 576 }
    expect(deploymentSpeed(lpu).tokensPerSecondPerUser).toBe(
      deploymentSpeed({ ...lpu, speculation: 'no' }).tokensPerSecondPerUser,
    )
  })

  it('where nothing is known of drafting it answers the middle and its band holds both', () => {
    const machine = {
      ...machineConstants('groq-lpu-v1'),
      drafting: { models: 'unknown', basis: 'assumed', source: 'a test' } as const,
    }
    const speed = deploymentSpeed({ arch: base.arch, chip: findChip('groq-lpu-v1'), machine })
    const { plain, drafted } = speed.alternatives!
    expect(speed.tokensPerSecondPerUser).toBeCloseTo(Math.sqrt(plain * drafted), 6)
    expect(speed.band.low).toBeLessThanOrEqual(plain)
    expect(speed.band.high).toBeGreaterThanOrEqual(drafted)
  })

  it('takes small and crowded deployments, and sparse models on DRAM, not to draft', () => {
    const isPlain = (deployment: Deployment): boolean =>
      deploymentSpeed(deployment).tokensPerSecondPerUser ===
      deploymentSpeed({ ...deployment, speculation: 'no' }).tokensPerSecondPerUser
    expect(isPlain({ arch: findModel('llama3-8b'), chip: findChip('cerebras-wse3') })).toBe(true)
    const rdu = findChip('sambanova-sn40l')
    expect(isPlain({ arch: findModel('llama3-405b'), chip: rdu, users: 65 })).toBe(true)
    expect(isPlain({ arch: findModel('llama3-405b'), chip: rdu })).toBe(false)
    expect(isPlain({ arch: findModel('deepseek-r1'), chip: rdu })).toBe(true)
  })

  it('before a release that announced faster kernels it is slower and does not draft; a bare year counts as its end', () => {
    const at = (date: string): ReturnType<typeof deploymentSpeed> =>
      deploymentSpeed({ ...base, date, speculation: 'no' })
    const { slowdown } = machineConstants('cerebras-wse3').earlier!
    expect(at('2024-08-27').step.parts.issue / at('2024-10').step.parts.issue).toBeCloseTo(slowdown.value, 9)
    expect(at('2024').tokensPerSecondPerUser).toBe(at('2026-01').tokensPerSecondPerUser)
    expect(deploymentSpeed({ ...base, date: '2024-09' }).tokensPerSecondPerUser).toBe(
      at('2024-09').tokensPerSecondPerUser,
    )
    expect(deploymentSpeed({ ...base, date: '2024-10' }).tokensPerSecondPerUser).toBeGreaterThan(
      at('2024-10').tokensPerSecondPerUser,
    )
  })

  it('drafts as many tokens as pay: eight on an LPU that waits for operators, fewer on wafers that multiply once per byte', () => {
    const drafts = (chip: string): number =>
      typicalSpeculation(
        deploymentSpeed({ ...base, chips: chip === 'groq-lpu-v1' ? 576 : 4, chip: findChip(chip) }).place,
      ).drafts
    expect(drafts('groq-lpu-v1')).toBe(8)
    expect(drafts('cerebras-wse3')).toBeLessThan(8)
    const sparse = deploymentSpeed({ arch: findModel('glm-4.7'), chip: findChip('cerebras-wse3') }).place
    expect(typicalSpeculation(sparse)).toEqual({ drafts: 1, acceptance: 0.85 })
  })

  it('widens the band of a model known by its totals only, and says why', () => {
    const arch = declaredArch({ id: 'secret', totalParams: 200e9, activeParams: 20e9 })
    const speed = deploymentSpeed({ arch, chip: findChip('cerebras-wse3') })
    const known = deploymentSpeed({ ...base, arch: findModel('qwen3-235b-a22b'), chips: 20 })
    expect(speed.band.high / speed.band.low).toBeGreaterThan(2 * (known.band.high / known.band.low))
    expect(speed.assumptions.join()).toContain('no public architecture')
  })

  it('lists what it assumed and nothing that was given', () => {
    const bare = deploymentSpeed({ arch: findModel('llama3-70b'), chip: findChip('groq-lpu-v1') })
    expect(bare.assumptions.length).toBeGreaterThanOrEqual(4)
    const full = deploymentSpeed({ ...base, precision: 'bf16', context: 4096, users: 1, speculation: 'no' })
    expect(full.assumptions).toEqual([])
  })

  it('with users given, throughput is theirs; without, that of as many as fit', () => {
    const given = deploymentSpeed({ ...base, users: 3, speculation: 'no' })
    expect(given.tokensPerSecondSystem).toBeCloseTo(3 * given.tokensPerSecondPerUser, 6)
    const open = deploymentSpeed({ ...base, speculation: 'no' })
    expect(open.users).toBe(open.place.maxUsers)
    expect(open.tokensPerSecondSystem).toBeGreaterThan(given.tokensPerSecondSystem)
  })

  it('Qwen3-235B on 1,520 LPUs serves at most 380 users (SHIP)', () => {
    const speed = deploymentSpeed({ arch: findModel('qwen3-235b-a22b'), chip: findChip('groq-lpu-v1'), chips: 1520 })
    expect(speed.users).toBe(380)
    expect(speed.place.userLimit).toBe('stages')
  })
})
