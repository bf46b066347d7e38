import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rateOf, sizeAtRate, sizeOf, timeOf } from '../../cli/input/memory.ts'
import { cli, cliJson, inFolder } from './harness.ts'

const MIXTRAL = 'tiers mixtral-8x7b --precision int4 --fast 24GB@1008GB/s --host pcie4'.split(' ')

interface Document {
  readonly answer: { readonly capacity: number; readonly experts: number }
  readonly here: { readonly tokenHit: number; readonly tokensPerSecondPerUser: number }
  readonly setting: { readonly routing: string; readonly within: number }
  readonly machine: { readonly slow: { readonly rate: number; readonly latency: number } }
  readonly explanations?: readonly { readonly quantity: string; readonly sources: readonly string[] }[]
}

const asked = (more: string, cwd?: string): Promise<Document> =>
  cliJson<Document>([...MIXTRAL, ...more.split(' ').filter(Boolean)], cwd === undefined ? {} : { cwd })

async function refused(argv: readonly string[], cwd?: string): Promise<string> {
  const { code, out, err } = await cli(argv, cwd === undefined ? {} : { cwd })
  expect(`${code} ${err}`).toMatch(/^2 error: /)
  expect(out).toBe('')
  return err
}

describe('pincer tiers', () => {
  it('answers in words what its JSON says', async () => {
    const { out } = await cli([...MIXTRAL, '--routing', 'exponential'])
    const { answer, here } = await asked('--routing exponential')
    expect(out).toContain(`from ${(answer.capacity / 1e9).toPrecision(3)} GB of fast memory on`)
    expect(out.replaceAll('\n', ' ')).toContain(
      `reaches ${here.tokensPerSecondPerUser.toPrecision(3)} tokens/s per user`,
    )
    expect(out).toContain('←')
  })

  it('takes the model by argument or option, not by both', async () => {
    const [, model, ...rest] = MIXTRAL
    const named = await cli(MIXTRAL)
    expect((await cli(['tiers', '--model', model!, ...rest])).out).toBe(named.out)
    expect(await refused([...MIXTRAL, '--model', 'x'])).toContain('model: is named twice')
    expect(await refused(['tiers', ...rest])).toContain('model: is required; name one: pincer tiers deepseek-v2')
  })

  it('reads a tolerance in percent', async () => {
    expect((await asked('--within 50')).setting.within).toBe(0.5)
    expect((await asked('--within 50')).answer.experts).toBeLessThan((await asked('')).answer.experts)
  })

  it('reads tiers with units and latency', async () => {
    const { machine } = await cliJson<Document>(
      'tiers mixtral-8x7b --fast 100GB@1TB/s --slow 4TB@7GB/s,100us --queue 8 --io 64KB'.split(' '),
    )
    expect(machine.slow.latency).toBe(100e-6)
    expect(machine.slow.rate).toBeCloseTo((8 * 64e3) / 100e-6, 0)
  })

  it('explains with sources that the catalog has', async () => {
    const { explanations = [] } = await asked('--explain')
    const { items } = await cliJson<{ items: { id: string }[] }>(['catalog', 'sources'])
    const known = new Set(items.map(({ id }) => id))
    const used = explanations.flatMap(({ sources }) => sources)
    expect(used).toContain('pcie-base-spec')
    expect(used.filter((id) => !known.has(id))).toEqual([])
  })

  it('draws the curve', () =>
    inFolder({}, async (cwd) => {
      await cli([...MIXTRAL, '--svg', 'tiers.svg'], { cwd })
      const svg = readFileSync(join(cwd, 'tiers.svg'), 'utf8')
      expect(svg).toMatch(/^<svg .*pincer-chart/)
      expect(svg).not.toMatch(/NaN|undefined|Infinity/)
      expect(svg.match(/class="line line/g)!.length).toBeGreaterThan(2)
      await cli(['tiers', 'llama3-8b', '--chip', 'h100', '--svg', 'none.svg'], { cwd })
      expect(existsSync(join(cwd, 'none.svg'))).toBe(false)
    }))

  it('reads a histogram, for all layers or for each', () =>
    inFolder(
      {
        'share.csv': `expert,share\n${Array.from({ length: 8 }, (_, e) => `${e},0.125\n`).join('')}`,
        'all.csv': `expert,count\n${Array.from({ length: 8 }, (_, e) => `${e},5\n`).join('')}`,
        'each.csv': `layer,expert,count\n${Array.from({ length: 256 }, (_, i) => `${Math.floor(i / 8)},${i % 8},5\n`).join('')}`,
      },
      async (cwd) => {
        const balanced = await asked('')
        for (const file of ['all.csv', 'each.csv', 'share.csv']) {
          const { here, setting } = await asked(`--routing ${file}`, cwd)
          expect(setting.routing).toBe('histogram')
          expect(here.tokenHit).toBeCloseTo(balanced.here.tokenHit, 12)
        }
      },
    ))

  const FILES: readonly (readonly [string, string, string])[] = [
    ['text for a count', 'expert,count\n0,many\n', 'h.csv.line 2.count: "many" is not a number'],
    ['a blank cell', 'expert,count\n0,1\n\n1,\n', 'h.csv.line 4.count: is empty'],
    ['a negative count', 'expert,count\n0,-1\n', 'h.csv.line 2.count: must be a number from 0 on, not -1'],
    ['no counts', 'expert,count\n', 'h.csv: the file has no line below its header'],
    ['too few experts', 'expert,count\n0,1\n1,1\n', '2 experts are counted where the model has 8; expert 2 is missing'],
    ['another column', 'expert,counts\n0,1\n', 'h.csv: the header lacks column "count"; it has "counts"'],
    ['infinity', 'expert,count\n0,Infinity\n', 'h.csv.line 2.count: "Infinity" is not a number'],
    ['nothing in it', '', 'h.csv: the file is empty'],
    [
      'shares that do not sum to one',
      `expert,share\n${Array.from({ length: 8 }, (_, i) => `${i},0.11`).join('\n')}\n`,
      'h.csv.share: the shares sum to 0.88, not to 1; name the column "count" for counts of any scale',
    ],
    [
      'too many experts',
      `expert,count\n${Array.from({ length: 9 }, (_, i) => `${i},1`).join('\n')}\n`,
      'h.csv.line 10.expert: must be a whole number from 0 to 7, not 8',
    ],
    ['too few experts, by shares', 'expert,share\n0,0.5\n1,0.5\n', '2 experts are counted where the model has 8'],
  ]

  it.each(FILES)('refuses a histogram with %s', (_, text, message) =>
    inFolder({ 'h.csv': text }, async (cwd) => {
      expect(await refused([...MIXTRAL, '--routing', 'h.csv'], cwd)).toContain(message)
    }),
  )

  it.each([
    ['a dense model', ['tiers', 'llama3-8b', '--chip', 'h100'], 'ask "pincer predict --model meta-llama/Llama-3.1-8B'],
    [
      'a size without a rate',
      [...MIXTRAL.slice(0, 4), '--fast', '24GB'],
      'fast: "24GB" is no size and bandwidth above 0',
    ],
    [
      'tiers the wrong way round',
      ['tiers', 'mixtral-8x7b', '--fast', '100GB@10GB/s', '--slow', '1TB@64GB/s'],
      'slow: the slow tier reads 64 GB/s, no less than the fast one with 10 GB/s; exchange them',
    ],
    ['no size at all', [...MIXTRAL.slice(0, 4), '--fast', '0GB@1GB/s'], 'fast: "0GB@1GB/s" is no size and bandwidth'],
    [
      'a latency without a unit',
      ['tiers', 'mixtral-8x7b', '--fast', '9GB@1TB/s', '--slow', '1TB@1GB/s,5'],
      'slow: "1TB@1GB/s,5" is no',
    ],
    [
      'a fast tier that is too small',
      ['tiers', 'mixtral-8x7b', '--fast', '1GB@1TB/s', '--slow', '1TB@1GB/s'],
      'at least 4.19 GB are needed',
    ],
    [
      'an unknown routing',
      [...MIXTRAL, '--routing', 'balancd'],
      'routing: "balancd" is no routing; did you mean "balanced"?',
    ],
    ['an exponent that is none', [...MIXTRAL, '--routing', 'power:x'], 'routing.power: "x" is not a number'],
    [
      'a steep exponent',
      [...MIXTRAL, '--routing', 'power:9'],
      'the exponent of a power law must be a number from 0 to 4, not 9',
    ],
    ['an unknown residency', [...MIXTRAL, '--residency', 'lri'], 'residency: "lri" is none of static, lru'],
    ['a tolerance of everything', [...MIXTRAL, '--within', '100'], 'within: must be a number above 0 to 99, not 100'],
    ['a link without a unit', [...MIXTRAL, '--compute', 'host', '--link', '32'], 'link: "32" is no bandwidth above 0'],
    ['a missing file', [...MIXTRAL, '--routing', './none.csv'], './none.csv: the file does not exist'],
  ])('refuses %s', async (_, argv, message) => {
    expect(await refused(argv)).toContain(message)
  })
})

describe('memories in words', () => {
  it('have decimal and binary units', () => {
    expect(sizeAtRate('256GB@25GB/s')).toEqual({ capacity: 256e9, bandwidth: 25e9 })
    expect(sizeAtRate(' 1.5TiB@3.35TB/s ')).toEqual({ capacity: 1.5 * 2 ** 40, bandwidth: 3.35e12 })
    expect(sizeAtRate('2GB@1PB/s')?.bandwidth).toBe(1e15)
    expect(sizeOf('64KiB')).toBe(65_536)
    expect(rateOf('64 GB/s')).toBe(64e9)
    expect([timeOf('100us'), timeOf('1.5ms'), timeOf('2µs'), timeOf('3s')]).toEqual([100e-6, 1.5e-3, 2e-6, 3])
  })

  it.each(['', '5', 'GB', '1GB@', '-1GB@1GB/s', '1e3GB@1GB/s', '1GB@1GB', '0GB@1GB/s', '1GB@0GB/s', '1XB@1GB/s'])(
    'are not %j',
    (text) => {
      expect(sizeAtRate(text)).toBeUndefined()
      expect(timeOf(text)).toBeUndefined()
    },
  )
})
