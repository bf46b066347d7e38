import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  CHIP_HOUR_PARTS,
  type Interval,
  type Known,
  type Prediction,
  TCO_FIELDS,
  predict,
  tcoFlag,
} from '../../src/index.ts'
import { ROOT, cli, cliJson, inFolder } from './harness.ts'

interface Report {
  readonly schema: string
  readonly bill: {
    readonly owner: string
    readonly cost: { readonly parts: Record<string, Interval>; readonly total: Interval; readonly paid: Interval }
    readonly scales: Record<string, { chips: number; perHour: Interval } | { unknown: string }>
  }
  readonly chipHour: { readonly value: number }
  readonly isBuildUp: boolean
  readonly deployment?: { readonly prediction: Prediction; readonly tasks: readonly { once: { usd: Known } }[] }
}

const R1 = ['--model', 'deepseek-r1', '--chip', 'h200-sxm', '--chips', '8', '--precision', 'fp8']
const SET = ['--owner', 'neocloud', '--set', 'life=5,interest=0.1,utilisation=0.6,pue=1.3,power-price=0.12']

describe('cost of a chip', () => {
  it('prints parts that sum, larger sizes and prices beside it', async () => {
    const { schema, bill, chipHour, isBuildUp } = await cliJson<Report>([
      'cost',
      '--chip',
      'h100-sxm',
      '--chips',
      '1024',
    ])
    expect(schema).toBe('pincer.cost.v1')
    for (const level of ['low', 'central', 'high'] as const) {
      const sum = CHIP_HOUR_PARTS.reduce((all, part) => all + bill.cost.parts[part]![level], 0)
      expect(sum).toBe(bill.cost.total[level])
    }
    expect(bill.scales['fleet']).toMatchObject({ chips: 1024 })
    // Without inputs of its own predict keeps to the analysts.
    expect(isBuildUp).toBe(false)
    expect(chipHour.value).toBe(1.3)
    const { out } = await cli(['cost', '--chip', 'h100-sxm', '--chips', '1024'])
    for (const text of ['an hour in use', 'node of 8', 'fleet of 1,024', 'neocloud', '2026-04-03', 'no standard rack'])
      expect(out).toContain(text)
  })

  it('reads back the inputs it prints, for every kind of owner', async () => {
    for (const owner of ['typical', 'hyperscaler', 'neocloud']) {
      const { out } = await cli(['cost', '--chip', 'mi300x', '--owner', owner, '--print-inputs'])
      await inFolder({ 'tco.json': out }, async (cwd) => {
        const [asked, read] = await Promise.all([
          cliJson<Report>(['cost', '--chip', 'mi300x', '--owner', owner]),
          cliJson<Report>(['cost', '--tco', './tco.json'], { cwd }),
        ])
        expect(read.bill.cost).toEqual(asked.bill.cost)
        expect(read.bill.owner).toBe(owner)
        expect(read.isBuildUp).toBe(true)
      })
    }
  })

  it('prices a chip of one’s own when its price is given', async () => {
    const own = ['cost', '--chip', 'examples/own-chip.json']
    expect((await cli(own)).out).toContain('no price')
    const { bill } = await cliJson<Report>([...own, '--set', 'chip-price=9000,power=500,provisioned=700'])
    expect(bill.cost.total.central).toBeGreaterThan(9000 / 4 / 8760)
  })

  it('explains the hour with the source and date of each input', async () => {
    const { out } = await cli(['cost', '--chip', 'b200-sxm', '--explain'])
    for (const text of [
      '$ per chip-hour in use',
      '[inferencex-constants]',
      'chip-price: price of one chip, 40,000 USD',
    ])
      expect(out).toContain(text)
  })
})

describe('cost of tokens', () => {
  it('is that of predict, with and without a build-up', async () => {
    for (const money of [[], SET, ['--price', '3', '--utilisation', '0.5']]) {
      const [cost, prediction] = await Promise.all([
        cliJson<Report>(['cost', ...R1, ...money]),
        cliJson<Prediction>(['predict', ...R1, ...money]),
      ])
      expect(cost.deployment?.prediction).toEqual(prediction)
      expect(cost.chipHour).toEqual(prediction.cost.chipHour)
    }
  })

  it('takes the chip-hour it shows: the build-up is per hour paid for', async () => {
    const { bill, chipHour } = await cliJson<Report>(['cost', ...R1, ...SET])
    expect(chipHour).toMatchObject({
      value: bill.cost.paid.central,
      low: bill.cost.paid.low,
      high: bill.cost.paid.high,
    })
  })

  it('reaches simulate by the same options', async () => {
    const [simulated, predicted] = await Promise.all([
      cliJson<{ bill: { cost: { chipHour: Known } } }>([
        'simulate',
        ...'--model llama3-8b --chip h100-sxm --arrivals poisson:2 --requests 20'.split(' '),
        ...SET,
      ]),
      cliJson<Prediction>(['predict', '--model', 'llama3-8b', '--chip', 'h100-sxm', ...SET]),
    ])
    expect(simulated.bill.cost.chipHour).toEqual(predicted.cost.chipHour)
  })

  it('is read from a scenario file, which --set changes', async () => {
    const tco = { owner: 'hyperscaler', inputs: { life: 6 } }
    const base = { model: 'deepseek-r1', chip: 'h200-sxm', chips: 8, precision: 'fp8' }
    await inFolder({ 's.json': JSON.stringify({ ...base, tco }) }, async (cwd) => {
      const { deployment } = await cliJson<Report>(['cost', '--scenario', './s.json', '--set', 'pue=1.4'], { cwd })
      const asked = predict({ ...base, tco: { ...tco, inputs: { life: 6, pue: 1.4 } } })
      expect(deployment?.prediction).toEqual(JSON.parse(JSON.stringify(asked)))
    })
  })

  it('shows kinds of tokens, a request, tasks and list prices', async () => {
    const { out } = await cli(['cost', ...R1])
    for (const text of ['cached input', 'A request of this load', 'coding-agent', 'deepseek', '2025-02-28'])
      expect(out).toContain(text)
  })
})

describe('docs/cost.md', () => {
  it('shows what the command prints, and every input', async () => {
    const text = readFileSync(join(ROOT, 'docs/cost.md'), 'utf8')
    const [, line = '', shown = ''] = /^\$ pincer (.*)\n([\s\S]*?)```/m.exec(text) ?? []
    const { out } = await cli(line.split(' '), { columns: 110 })
    expect(out).toBe(shown)
    for (const { name, unit, units, meaning } of TCO_FIELDS.values()) {
      const also = Object.keys(units).length === 0 ? '' : ` (${Object.keys(units).join(', ')})`
      expect(text).toContain(`| \`${name}\` | \`${tcoFlag(name)}\` | ${unit}${also} | ${meaning} |`)
    }
  })
})

describe('extreme input', () => {
  it('gives finite numbers', async () => {
    const set =
      'chip-price=1e12,server=1e12,life=0.01,interest=1,utilisation=1e-9,availability=1e-9,building=1e12,provisioned=1e12'
    const { bill } = await cliJson<Report>(['cost', '--chip', 'h100-sxm', '--chips', '1000000000', '--set', set])
    expect(bill.cost.total.high).toBeLessThan(Number.MAX_VALUE)
    const free = 'chip-price=0,server=0,network=0,power=0,hosting=0,maintenance=0'
    const nothing = await cliJson<Report>(['cost', '--chip', 'h100-sxm', '--set', free])
    expect(nothing.bill.cost.total).toEqual({ low: 0, central: 0, high: 0 })
    for (const bounds of [set, free]) {
      const { code, out } = await cli(['cost', '--chip', 'h100-sxm', '--explain', '--set', bounds])
      expect(code).toBe(0)
      expect(out).not.toMatch(/NaN|Infinity|undefined/)
    }
    expect((await cli(['cost', ...R1, '--set', free])).code).toBe(0)
  })
})

describe('bad input of cost', () => {
  it.each([
    ['', 'chip: is required'],
    ['--chip h100-sxm --set lif=5', 'set.lif: unknown input; did you mean "life"?'],
    ['--chip h100-sxm --set utilisation=1.1', 'tco.inputs.utilisation: must be at least 1e-9 and at most 1, got 1.1'],
    ['--chip h100-sxm --set utilisation=0', 'tco.inputs.utilisation: must be at least 1e-9'],
    ['--chip h100-sxm --set life=0', 'tco.inputs.life: must be at least 0.01'],
    ['--chip h100-sxm --set chip-price=-1', 'tco.inputs.chipPrice: must be at least 0'],
    ['--chip h100-sxm --set interest=-0.1', 'tco.inputs.interest: must be at least 0'],
    ['--chip h100-sxm --set hosting=90EUR/kW/month', 'tco.inputs.hosting: prices are in USD'],
    [
      '--chip h100-sxm --set hosting=90USD/m2',
      'tco.inputs.hosting.unit: unknown unit "USD/m2"; give it in USD/kW/month',
    ],
    ['--chip h100-sxm --set life', 'set.life: is no name=value'],
    ['--chip h100-sxm --set life=5,life=6', 'set.life: is set twice'],
    ['--chip h100-sxm --owner hyperscalar', 'tco.owner: unknown owner "hyperscalar"; did you mean "hyperscaler"?'],
    ['--chip h100-sxm --isl 100', 'isl: needs a model'],
    ['--chip h100-sxm --price 2', 'price: needs a model'],
    ['--chip h100-sxm --chips 1.5', 'chips: must be a whole number'],
    ['--chip h100-sxm --utilisation 2', 'inputs.utilisation: must be at least 1e-9'],
    ['--chip h100-sxm --utilisation 0.5 --set utilisation=0.6', 'utilisation: is said twice'],
    ['--chip b200-sxm --tco examples/own-costs.json', 'tco.chip: the file is about h100-sxm, --chip says b200-sxm'],
    ['--chip h100-sxm --tco ./missing.json', 'missing.json'],
    [
      '--model deepseek-r1 --chip h200-sxm --price 2 --owner neocloud',
      'chipHour: a price of the chip-hour leaves nothing',
    ],
  ])('%s', async (line, expected) => {
    const { code, out, err } = await cli(['cost', ...line.split(' ').filter((word) => word !== '')])
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(expected)
  })
})
