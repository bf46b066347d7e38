import { describe, expect, it } from 'vitest'
import fits from '../../catalog/fits/dataflow.json' with { type: 'json' }
import { findChip } from '../../src/catalog/index.ts'
import { type Deployment, decodeTime, deploymentSpeed, typicalSpeculation } from '../../src/dataflow/index.ts'
import { declaredArch, findModel } from '../../src/model/index.ts'

const speeds = fits.residuals.filter((row) => row.quantity === 'tokens/s/user')

function share(rows: readonly { readonly published: number }[], of: (row: never) => number): number {
  const near = rows.filter((row) => Math.abs(Math.log2(of(row as never) / row.published)) <= 1)
  return near.length / rows.length
}

function answer(row: (typeof fits.residuals)[number]): ReturnType<typeof deploymentSpeed> {
  const given = row.given as Omit<Deployment, 'arch' | 'chip'>
  return deploymentSpeed({ ...given, arch: findModel(row.model), chip: findChip(row.chip) })
}

describe('published speeds', () => {
  it('at least 80 % of the speeds per user lie within a factor of 2, also with the model left out of the fit', () => {
    expect(speeds.length).toBeGreaterThanOrEqual(25)
    expect(share(speeds, (row: { predicted: number }) => row.predicted)).toBeGreaterThanOrEqual(0.8)
    expect(share(speeds, (row: { leftOut: number }) => row.leftOut)).toBeGreaterThanOrEqual(0.8)
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

  it('answers unknown drafting between no and yes, and says so', () => {
    const [no, unknown, yes] = (['no', 'unknown', 'yes'] as const).map((speculation) =>
      deploymentSpeed({ ...base, speculation }),
    )
    expect(unknown!.tokensPerSecondPerUser).toBeGreaterThan(no!.tokensPerSecondPerUser)
    expect(unknown!.tokensPerSecondPerUser).toBeLessThan(yes!.tokensPerSecondPerUser)
    expect(unknown!.assumptions.join()).toContain('speculative decoding unknown')
    expect(no!.assumptions.join()).not.toContain('speculative')
    const speculation = typicalSpeculation(yes!.place.machine)
    expect(yes!.tokensPerSecondPerUser).toBe(decodeTime(yes!.place, { speculation }).tokensPerSecondPerUser)
  })

  it('takes early, small and crowded deployments not to draft', () => {
    const plain = deploymentSpeed({ ...base, speculation: 'no' }).tokensPerSecondPerUser
    expect(deploymentSpeed({ ...base, date: '2024-08-27' }).tokensPerSecondPerUser).toBe(plain)
    expect(deploymentSpeed({ ...base, date: '2024-10' }).tokensPerSecondPerUser).toBeGreaterThan(plain)
    const small = { arch: findModel('llama3-8b'), chip: findChip('cerebras-wse3') }
    expect(deploymentSpeed(small).tokensPerSecondPerUser).toBe(
      deploymentSpeed({ ...small, speculation: 'no' }).tokensPerSecondPerUser,
    )
    const crowd = { arch: findModel('deepseek-r1'), chip: findChip('sambanova-sn40l'), users: 256 }
    expect(deploymentSpeed(crowd).tokensPerSecondPerUser).toBe(
      deploymentSpeed({ ...crowd, speculation: 'no' }).tokensPerSecondPerUser,
    )
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
