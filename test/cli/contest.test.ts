import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Crossover, type UncertainComparison, crossover, uncertainComparison } from '../../src/index.ts'
import { cli, cliJson, inFolder } from './harness.ts'

const SIDES = [
  '--model',
  'deepseek-v2',
  '--precision',
  'fp8',
  '--a',
  '--chip h100 --chips 8 --own',
  '--b',
  '--chip b200 --chips 8',
]
const side = (chip: string): Record<string, unknown> => ({ model: 'deepseek-v2', chip, precision: 'fp8', chips: 8 })

describe('uncertain', () => {
  it('answers as the library does', async () => {
    const flags = [
      '--vary',
      'utilisation=uniform(0.3,0.8)',
      '--vary',
      'b.price={"kind":"lognormal","median":2,"factor":1.5}',
    ]
    const printed = await cliJson<UncertainComparison>([
      'uncertain',
      ...SIDES,
      ...flags,
      '--samples',
      '256',
      '--seed',
      '3',
      '--per',
      'total',
    ])
    const asked = uncertainComparison({
      a: { scenario: side('h100-sxm'), hour: 'own' },
      b: { scenario: side('b200-sxm') },
      vary: { utilisation: 'uniform(0.3,0.8)', 'b.chip-hour': 'lognormal(2,1.5)' },
      samples: 256,
      seed: 3,
      per: 'total',
    })
    const { sides, ...rest } = JSON.parse(JSON.stringify(asked)) as UncertainComparison
    expect(printed).toMatchObject(rest)
    for (const [i, { prediction: _, ...each }] of sides.entries()) expect(printed.sides[i]).toMatchObject(each)
  })

  it('reads distributions from a file, and writes its picture', async () => {
    await inFolder({ 'vary.json': '{"utilisation": {"kind": "uniform", "lo": 0.3, "hi": 0.8}}' }, async (folder) => {
      const argv = ['uncertain', ...SIDES, '--vary', 'vary.json', '--samples', '64', '--svg', 'u.svg']
      const { code, out } = await cli(argv, { cwd: folder })
      expect(code).toBe(0)
      expect(out).toContain('A is cheaper with a probability of')
      expect(out).toContain('uniform(0.3,0.8)')
      expect(readFileSync(join(folder, 'u.svg'), 'utf8')).toContain('</svg>')
    })
  })

  it('takes scenario files as sides', async () => {
    const { code, out } = await cli([
      'uncertain',
      '--a',
      'examples/deepseek-v2-on-h100.json',
      '--b',
      '--api 0.9 --name "my API"',
      '--samples',
      '64',
    ])
    expect(code).toBe(0)
    expect(out).toContain('my API')
  })
})

describe('crossover', () => {
  it('answers as the library does', async () => {
    const printed = await cliJson<Crossover>([
      'crossover',
      ...SIDES,
      '--over',
      'b.price=1..20',
      '--at',
      'utilisation=0.5',
      '--points',
      '9',
    ])
    const asked = crossover({
      a: { scenario: side('h100-sxm'), hour: 'own' },
      b: { scenario: side('b200-sxm') },
      over: { name: 'b.chip-hour', from: 1, to: 20 },
      set: { utilisation: 0.5 },
      points: 9,
    })
    expect(printed).toEqual(JSON.parse(JSON.stringify(asked)))
    expect(printed.crossings).toHaveLength(1)
  })

  it('says who wins throughout where nothing crosses', async () => {
    const { out } = await cli(['crossover', ...SIDES, '--over', 'b.utilisation=0.9..1'])
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /No crossing: over b.utilisation from 0.9 to 1 share, [AB] is cheaper throughout/,
    )
  })

  it('draws lines and maps', async () => {
    await inFolder({}, async (folder) => {
      for (const more of [
        ['--over', 'b.price'],
        ['--over', 'b.price', '--over', 'electricity', '--grid', '3x3'],
      ]) {
        const { code, err } = await cli(['crossover', ...SIDES, ...more, '--svg', 'c.svg'], { cwd: folder })
        expect([code, err]).toEqual([0, ''])
        expect(readFileSync(join(folder, 'c.svg'), 'utf8')).toContain('</svg>')
      }
    })
  })
})

describe('bad input ends with exit code 2 and its path', () => {
  const crossing = ['crossover', ...SIDES]
  it.each([
    [['uncertain'], 'a: is required'],
    [['uncertain', '--a', '--api 1', '--b', '--api 2'], 'a: both sides are APIs'],
    [['uncertain', '--a', '--chpi h100', '--b', '--api 2'], "a: unknown option '--chpi'; Did you mean --chip?"],
    [['uncertain', '--model', 'deepseek-v2', '--a', '--chip h10', '--b', '--api 2'], 'a.chip: unknown chip'],
    [['uncertain', '--model', 'deepseek-v2', '--a', '--chip "h100', '--b', '--api 2'], 'a: a quote is not closed'],
    [['uncertain', ...SIDES, '--vary', 'utilisation'], 'vary: "utilisation" names no value'],
    [['uncertain', ...SIDES, '--vary', 'utilisation=1', '--vary', 'utilisation=2'], 'vary.utilisation: is given twice'],
    [['uncertain', ...SIDES, '--vary', 'utilisation=uniform(0.9,0.1)'], 'vary.utilisation.hi: must be above lo'],
    [['uncertain', ...SIDES, '--per', 'input'], 'per: unknown choice "input"'],
    [['uncertain', ...SIDES, '--samples', 'many'], 'samples: "many" is not a number'],
    [crossing, 'over: is required'],
    [[...crossing, '--over', 'utilisation=1-2'], 'over.utilisation: "1-2" is no range'],
    [[...crossing, '--over', 'utilisation=0.9..0.1'], 'over.utilisation: the range 0.9..0.1 is reversed'],
    [[...crossing, '--over', 'electrisity'], 'did you mean "electricity"?'],
    [[...crossing, '--over', 'acceptance'], 'over.acceptance: has no effect'],
    [[...crossing, '--over', 'year', '--over', 'pue', '--over', 'life'], 'over: 3 parameters are too many'],
    [[...crossing, '--over', 'year', '--grid', '3x3'], 'grid: has no meaning with one parameter'],
    [[...crossing, '--over', 'year', '--over', 'context', '--grid', '3'], 'grid: "3" is no grid'],
    [[...crossing, '--over', 'year', '--metric', 'speed'], 'metric: unknown choice "speed"'],
    [[...crossing, '--ways', '1'], 'a: has no meaning beside --ways'],
    [['crossover', '--model', 'deepseek-v2', '--chip', 'h100', '--ways', '1/2/3'], 'ways: "1/2/3" is no price'],
    [
      ['crossover', '--model', 'deepseek-v2', '--chip', 'h100', '--price', '2', '--ways', '1'],
      'price: has no meaning beside --ways',
    ],
  ])('%j', async (argv, message) => {
    const { code, err, out } = await cli(argv)
    expect(err).toContain(message)
    expect([code, out]).toEqual([2, ''])
  })
})

describe('scenario files that extend others', () => {
  const base =
    '{"model": "deepseek-v2", "chip": "h100-sxm", "chips": 16, "workload": {"isl": 512, "osl": 256, "concurrency": 4}}'

  it('take over their fields, but for their own', async () => {
    const files = {
      'base.json': base,
      'next.json': '{"extends": "base.json", "workload": {"isl": 2048}, "mapping": {"tp": 8}}',
    }
    await inFolder(files, async (cwd) => {
      const document = await cliJson<{ workload: object; chips: number }>(['predict', '--scenario', 'next.json'], {
        cwd,
      })
      expect(document.workload).toMatchObject({ isl: 2048, osl: 256, concurrency: 4 })
      expect(document.chips).toBe(8)
    })
  })

  it('must not do so in a circle', async () => {
    const files = {
      'a.json': '{"extends": "b.json"}',
      'b.json': '{"extends": "./c.json"}',
      'c.json': '{"extends": "b.json"}',
      'self.json': '{"extends": "self.json"}',
      'odd.json': '{"extends": 1}',
    }
    await inFolder(files, async (cwd) => {
      const err = async (file: string): Promise<string> => (await cli(['predict', '--scenario', file], { cwd })).err
      expect(await err('a.json')).toContain(
        'b.json.extends: scenario files extend each other in a circle: b.json → c.json → b.json',
      )
      expect(await err('self.json')).toContain('self.json → self.json')
      expect(await err('odd.json')).toContain('odd.json.extends: must be the path of a scenario file')
      expect((await cli(['predict', '--scenario', 'a.json'], { cwd })).code).toBe(2)
    })
  })
})
