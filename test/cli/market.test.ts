import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, cliJson, inFolder } from './harness.ts'

const FAST = ['--samples', '64']

interface Document {
  readonly schema: string
  readonly scenario: {
    readonly name: string
    readonly years: number
    readonly point: string
    readonly inputs: readonly Input[]
  }
  readonly years: readonly { readonly year: number }[]
}

interface Input {
  readonly name: string
  readonly source: string
  readonly distribution: object
}

describe('pincer market', () => {
  it('says that it is no forecast and no advice, and names every assumption', async () => {
    const { code, out } = await cli(['market', ...FAST])
    expect(code).toBe(0)
    expect(out).toMatch(/A scenario, not a forecast and no investment advice/)
    for (const name of ['elasticity', 'sramCeiling', 'sparseCost', 'life']) expect(out).toContain(name)
    expect(out).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('merges a file over the one it extends, and --set over both', async () => {
    const { scenario, schema, years } = await cliJson<Document>([
      'market',
      '--file',
      'examples/market-fast-adoption.json',
      '--set',
      'sramMidpoint=3',
      ...FAST,
    ])
    expect(schema).toBe('pincer.market-result.v1')
    expect(scenario).toMatchObject({ name: 'SRAM machines spread fast', years: 5, point: 'fast' })
    expect(years.map(({ year }) => year)).toEqual([2026, 2027, 2028, 2029, 2030, 2031])
    const of = (name: string): Input => scenario.inputs.find((input) => input.name === name)!
    expect(of('elasticity').source).toBe('our planning')
    expect(of('sramCeiling').distribution).toEqual({ kind: 'uniform', lo: 0.3, hi: 0.6 })
    expect(of('sramMidpoint').distribution).toEqual({ kind: 'fixed', value: 3 })
  })

  it('reads YAML as it reads JSON', async () => {
    await inFolder({ 'm.yaml': 'name: own\ninputs:\n  elasticity: uniform(0, 1)\n' }, async (cwd) => {
      const { scenario } = await cliJson<Document>(['market', '--file', 'm.yaml', ...FAST], { cwd })
      expect(scenario.name).toBe('own')
    })
  })

  it('draws a picture', async () => {
    await inFolder({}, async (cwd) => {
      const { code } = await cli(['market', '--svg', 'm.svg', ...FAST], { cwd })
      expect(code).toBe(0)
      const svg = readFileSync(join(cwd, 'm.svg'), 'utf8')
      expect(svg).toMatch(/^<svg[^]*<\/svg>\n$/)
      expect(svg).not.toMatch(/NaN|undefined/)
    })
  })

  const files = {
    'a.json': '{"extends": "./b.json"}',
    'b.json': '{"extends": "./c.json"}',
    'c.json': '{"extends": "./a.json"}',
    'self.json': '{"extends": "self.json"}',
    'bad.yaml': 'inputs: {elasticity: [1',
    'alias.yaml': 'a: &x {b: 1}\nc: *x\n',
    'list.json': '[1]',
    'mass.json': '{"inputs": {"passThrough": "uniform(2,3)"}}',
    'negative.json': '{"inputs": {"sparseCost": {"kind": "uniform", "lo": -3, "hi": -1}}}',
    'unit.json': '{"inputs": {"life": {"value": 5, "unit": "months"}}}',
  }

  it.each([
    [
      'a circle of three files',
      ['--file', 'a.json'],
      /a\.json\.extends: .* in a circle: a\.json → b\.json → c\.json → a\.json/,
    ],
    ['a file that extends itself', ['--file', 'self.json'], /in a circle: self\.json → self\.json/],
    ['a file that is not there', ['--file', 'none.json'], /none\.json/],
    ['YAML that is none', ['--file', 'bad.yaml'], /bad\.yaml: line 1/],
    ['an alias', ['--file', 'alias.yaml'], /aliases/],
    ['a list', ['--file', 'list.json'], /list\.json: must hold an object/],
    [
      'a distribution without mass',
      ['--file', 'mass.json'],
      /inputs\.passThrough: values must be .* 100 % of uniform\(2,3\)/,
    ],
    ['a negative cost', ['--file', 'negative.json'], /inputs\.sparseCost: values must be above 0/],
    ['another unit', ['--file', 'unit.json'], /inputs\.life\.unit: "months" is not the unit of life; write years/],
    ['life 0', ['--set', 'life=0'], /inputs\.life: must be at least 1/],
    [
      'a share above 1',
      ['--set', 'inferenceShare=1.2'],
      /inputs\.inferenceShare: must be at least 0 and at most 1, got 1\.2/,
    ],
    [
      'an unknown input',
      ['--set', 'elastcity=1'],
      /inputs\.elastcity: unknown input "elastcity"; did you mean "elasticity"\?/,
    ],
    ['an input twice', ['--set', 'life=5', '--set', 'life=6'], /life: is given twice/],
    ['no distribution', ['--set', 'life=long'], /inputs\.life: "long" is no distribution/],
    ['half a year', ['--years', '1.5'], /years: /],
    ['no operating point', ['--point', 'slow'], /point: /],
    ['too few samples', ['--samples', '3'], /samples: must be a whole number/],
  ])('refuses %s', async (_what, argv, message) => {
    await inFolder(files, async (cwd) => {
      const { code, out, err } = await cli(['market', ...argv], { cwd })
      expect(code).toBe(2)
      expect(out).toBe('')
      expect(err).toMatch(message)
      expect(err).not.toMatch(/NaN|undefined| at .*\.ts:/)
    })
  })
})
