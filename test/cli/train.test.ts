import { describe, expect, it } from 'vitest'
import { cli, cliJson, inFolder } from './harness.ts'

const RUN = ['train', '--model', 'llama3-70b', '--chip', 'h100-sxm', '--chips', '256', '--tokens', '1e11']

interface Run {
  readonly usd: { readonly value: number }
  readonly chipHours: { readonly value: number }
  readonly mapping: Readonly<Record<string, unknown>>
  readonly schedule: string
  readonly batch: object
  readonly precision: string
  readonly reliability?: { readonly intervalSeconds: number }
  readonly rivals?: readonly { readonly equal: string; readonly hoursRatio: number }[]
}

describe('pincer train', () => {
  it('pays the hour that cost builds up for the same owner', async () => {
    const own = ['--owner', 'neocloud', '--set', 'power-price=0.05']
    const { usd, chipHours } = await cliJson<Run>([...RUN, ...own])
    const cost = await cliJson<{ chipHour: { value: number } }>(['cost', '--chip', 'h100-sxm', ...own])
    expect(usd.value / chipHours.value).toBeCloseTo(cost.chipHour.value, 9)
  })

  it('takes the inputs of a file', async () => {
    const { usd, chipHours } = await cliJson<Run>([...RUN, '--tco', 'examples/own-costs.json'])
    const plain = await cliJson<Run>(RUN)
    expect(usd.value / chipHours.value).not.toBeCloseTo(plain.usd.value / plain.chipHours.value, 3)
  })

  it('sets a run up as published, and lets options refine it', async () => {
    const v3 = ['train', '--model', 'deepseek-v3', '--chip', 'h800-sxm', '--chips', '2048', '--tokens', '14.8e12']
    const run = await cliJson<Run>([...v3, '--recipe', 'deepseek-v3'])
    expect(run.mapping).toMatchObject({ tp: 1, pp: 16, ep: 64, zero: 1 })
    expect(run).toMatchObject({ schedule: 'dualpipe', precision: 'fp8', batch: { tokens: 62_914_560, sequence: 4096 } })
    const other = await cliJson<Run>([...v3, '--recipe', 'deepseek-v3', '--schedule', '1f1b', '--batch', '31457280'])
    expect(other).toMatchObject({ schedule: '1f1b', batch: { tokens: 31_457_280 } })
    expect(other.chipHours.value).toBeGreaterThan(run.chipHours.value)
  })

  it('counts checkpoints, holds a mixture against dense models, trains adapters', async () => {
    expect((await cliJson<Run>([...RUN, '--checkpoint', '60'])).reliability?.intervalSeconds).toBeGreaterThan(60)
    const mixture = ['train', '--model', 'deepseek-v2', '--chip', 'h800-sxm', '--tokens', '8.1e12']
    const { rivals } = await cliJson<Run>([...mixture, '--equal-loss', 'geometric-mean'])
    expect(rivals?.map(({ equal }) => equal)).toEqual(['flops', 'geometric-mean'])
    const { out } = await cli([...mixture, '--equal-loss', 'krajewski'])
    expect(out).toMatch(/equal loss \(Krajewski et al\. 2024\)/)
    expect((await cliJson<Run>([...RUN, '--tune', 'lora'])).chipHours.value).toBeLessThan(
      (await cliJson<Run>(RUN)).chipHours.value,
    )
  })

  it('reinforcement learning: the answers cost what predict says of the rollout', async () => {
    interface Rl {
      readonly rolloutHours: number
      readonly scoringHours: number
      readonly updateHours: number
      readonly totalHours: number
      readonly rollout: { readonly throughput: { readonly outputPerChip: { readonly value: number } } }
    }
    const run = ['train', '--model', 'llama3-8b', '--chip', 'h100-sxm', '--chips', '64']
    const rl = await cliJson<Rl>([...run, '--rl', 'steps=100,answers=256,prompt=200,answer=1000,passes=2'])
    const line = 'predict --model llama3-8b --chip h100-sxm --isl 200 --osl 1000 --concurrency 256'
    const alone = await cliJson<Rl['rollout']>(line.split(' '))
    const rate = alone.throughput.outputPerChip.value
    expect(rl.rolloutHours).toBeCloseTo((100 * 256 * 1000) / rate / 3600, 9)
    expect(rl.scoringHours).toBeCloseTo((rl.updateHours * 2) / 3, 9)
    expect(rl.totalHours).toBeCloseTo(rl.rolloutHours + rl.scoringHours + rl.updateHours, 9)
    const { out } = await cli([...run, '--rl', 'steps=100,answers=256,prompt=200,answer=1000'])
    expect(out).toMatch(/Reinforcement learning of Llama 3.1 8B|Reinforcement learning of /)
  })

  it.each([
    ['an unknown recipe', ['--recipe', 'deepseek-v33'], /recipe: unknown recipe "deepseek-v33"/],
    ['a degree that is none', ['--plan', 'tq=8'], /plan: "tq=8" is no degree/],
    ['a degree twice', ['--plan', 'tp=8,tp=4'], /plan: tp stands twice/],
    ['ZeRO-2', ['--plan', 'zero=2'], /plan: zero is 1 or 3/],
    ['a plan that does not divide', ['--plan', 'tp=3'], /plan: groups of tp 3/],
    ['an unknown schedule', ['--schedule', 'fifo'], /schedule: "fifo" is none of/],
    ['a rank without adapters', ['--lora-rank', '8'], /loraRank: is of adapters/],
    ['a rank of half', ['--tune', 'lora', '--lora-rank', '0.5'], /rank: must be a whole number/],
    ['an interruption without a checkpoint', ['--interruption', '50000'], /checkpoint: is required/],
    ['a checkpoint that takes no time', ['--checkpoint', '0'], /checkpoint: /],
    [
      'checkpoints that never come round',
      ['--checkpoint', '600', '--interruption', '10'],
      /reliability: is interrupted/,
    ],
    ['a dense model of equal loss', ['--equal-loss', 'krajewski'], /equalLoss: .* is dense/],
    ['an unknown law', ['--equal-loss', 'moore'], /equalLoss: "moore" is none of/],
    ['a price and an owner', ['--price', '2', '--owner', 'typical'], /price: an hour is priced or built up/],
    ['an unknown owner', ['--owner', 'me'], /owner/],
    ['tokens beside --rl', ['--rl', 'steps=1,answers=1,prompt=1,answer=1'], /tokens: follow from the answers/],
  ])('refuses %s', async (_what, argv, message) => {
    const { code, err } = await cli([...RUN, ...argv])
    expect(code).toBe(2)
    expect(err).toMatch(message)
    expect(err).not.toMatch(/NaN|undefined/)
  })

  it.each([
    ['a count missing', 'steps=1,answers=1,prompt=1', /rl\.answer: is required/],
    ['no steps', 'steps=0,answers=1,prompt=1,answer=1', /rl\.steps: must be a whole number/],
    ['another name', 'stps=1', /rl: "stps=1" is none of/],
  ])('refuses --rl with %s', async (_what, text, message) => {
    const { code, err } = await cli(['train', '--model', 'llama3-8b', '--chip', 'h100-sxm', '--rl', text])
    expect(`${code} ${err}`).toMatch(message)
  })
})

describe('what money cannot be', () => {
  const SIDES = [
    'uncertain',
    '--model',
    'deepseek-v2',
    '--a',
    '--chip h100 --chips 8 --own',
    '--b',
    '--chip b200 --chips 8 --own',
  ]
  const prices = '[{"chip": "h100-sxm", "value": 2, "unit": "USD/fortnight"}]'
  it.each([
    ['a distribution without mass', [...SIDES, '--vary', 'utilisation=uniform(2,3)'], /utilisation: values must be/],
    [
      'a distribution of one point',
      [...SIDES, '--vary', 'utilisation=uniform(0.5,0.5)'],
      /utilisation\.hi: must be above lo/,
    ],
    ['a negative cost', [...SIDES, '--vary', 'a.chip-price=uniform(-3,-2)'], /chip-price: values must be/],
    ['utilisation above 1', [...RUN, '--owner', 'typical', '--set', 'utilisation=1.5'], /utilisation/],
    ['life 0', [...RUN, '--set', 'life=0'], /life/],
    ['a unit that is none', ['compare', '--prices', './prices.json'], /prices/],
    ['a unit of another input', ['train', ...RUN.slice(1), '--tco', './tco.json'], /powerPrice\.unit/],
  ])('%s is refused', async (_what, argv, message) => {
    const tco = '{"inputs": {"powerPrice": {"value": 0.1, "unit": "USD/J"}}}'
    await inFolder({ 'prices.json': prices, 'tco.json': tco }, async (cwd) => {
      const { code, err } = await cli(argv, { cwd })
      expect(code).toBe(2)
      expect(err).toMatch(message)
    })
  })
})
