import { describe, expect, it } from 'vitest'
import { textWidth } from '../../cli/view/text.ts'
import { type Comparison, type Prediction, predict } from '../../src/index.ts'
import { ROOT, cli, cliJson, inFolder } from './harness.ts'

const V2 = ['predict', '--model', 'deepseek-v2', '--chip', 'h100-sxm', '--chips', '8', '--precision', 'fp8']

describe('predict', () => {
  it('answers as the library does, flag by flag', async () => {
    const flags = [
      '--tp',
      '8',
      '--moe-ep',
      '8',
      '--engine',
      'sglang',
      '--isl',
      '2048',
      '--osl',
      '512',
      '--concurrency',
      '32',
    ]
    const money = [
      '--price',
      '2',
      '--utilisation',
      '0.5',
      '--spec-draft',
      '2',
      '--spec-acceptance',
      '0.8',
      '--cache-format',
      'fp8',
    ]
    const printed = await cliJson<Prediction>([...V2, ...flags, ...money])
    const asked = predict({
      model: 'deepseek-v2',
      chip: 'h100-sxm',
      precision: 'fp8',
      cacheFormat: 'fp8',
      engine: 'sglang',
      mapping: { tp: 8, moeEp: 8 },
      workload: { isl: 2048, osl: 512, concurrency: 32 },
      speculation: { draft: 2, acceptance: 0.8 },
      chipHour: 2,
      utilisation: 0.5,
    })
    expect(printed).toEqual(JSON.parse(JSON.stringify(asked)))
  })

  it('answers a disaggregated deployment as the library does', async () => {
    const pools = ['--prefill-workers', '2', '--prefill-tp', '2', '--decode-tp', '4', '--decode-moe-ep', '2']
    const printed = await cliJson<Prediction>([
      'predict',
      '--model',
      'mixtral-8x7b',
      '--chip',
      'h200-sxm',
      '--precision',
      'fp8',
      ...pools,
    ])
    const asked = predict({
      model: 'mixtral-8x7b',
      chip: 'h200-sxm',
      precision: 'fp8',
      disaggregated: {
        prefill: { workers: 2, mapping: { tp: 2 } },
        decode: { workers: 1, mapping: { tp: 4, moeEp: 2 } },
      },
    })
    expect(printed).toEqual(JSON.parse(JSON.stringify(asked)))
  })

  it('shows speed, memory, waterfall, money and evidence', async () => {
    const { code, out } = await cli(V2)
    expect(code).toBe(0)
    for (const part of [
      'time to first token',
      '90 % band',
      'Memory of one chip, 80 GB',
      'Decode step,',
      'Prefill of one prompt,',
      'Energy and cost',
      'Evidence:',
    ]) {
      expect(out).toContain(part)
    }
    expect(out).toMatch(/experts × 59 +[\d.]+ ms +[\d.]+ % +(?:memory|compute)/)
    expect(out).not.toContain('\u001B')
    expect(out).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('says n/a with the reason where no price is known', async () => {
    const { out } = await cli(['predict', '--model', 'examples/own-model', '--chip', 'examples/own-chip.json'])
    expect(out).toMatch(/price of a chip-hour +n\/a — no price is known for own-chip/)
    const priced = await cli([
      'predict',
      '--model',
      'examples/own-model',
      '--chip',
      'examples/own-chip.json',
      '--price',
      '1.1',
    ])
    expect(priced.out).toMatch(/price of a chip-hour +\$1\.10\/h/)
  })
})

describe('every text', () => {
  const commands = [
    V2,
    [...V2, '--explain'],
    ['predict', '--scenario', 'examples/gpt-oss-on-wafers.json', '--explain'],
    ['compare'],
    ['train', '--model', 'deepseek-v2', '--chip', 'h800-sxm', '--tokens', '8.1e12', '--explain'],
    ['tiers', 'deepseek-v2', '--chip', 'h200', '--precision', 'fp8', '--explain'],
    ['tiers', '--help'],
    ['catalog'],
    ['catalog', 'chips'],
    ['catalog', 'chips', 'wse3', '--explain'],
    ['catalog', 'models'],
    ['catalog', 'models', 'deepseek-v2', '--explain'],
    ['catalog', 'prices'],
    ['catalog', 'sources'],
    ['validate', 'examples/deployments.csv', '--explain'],
    ['--help'],
    ['predict', '--help'],
    ['cost', '--chip', 'h100-sxm', '--explain'],
    ['cost', '--chip', 'etched-sohu', '--chips', '9'],
    ['cost', '--model', 'deepseek-r1', '--chip', 'h200-sxm', '--chips', '8', '--precision', 'fp8', '--explain'],
    ['cost', '--help'],
  ]

  it.each([60, 80, 120])('fits %i columns', async (columns) => {
    for (const argv of commands) {
      const { code, out, err } = await cli(argv, { columns })
      expect(`${code} ${err}`).toBe('0 ')
      const tooWide = out.split('\n').filter((line) => textWidth(line) > columns && !isUnbreakable(line))
      expect(`${argv.join(' ')}: ${tooWide.join('\n')}`).toBe(`${argv.join(' ')}: `)
      expect(out).not.toMatch(/NaN|undefined|\[object/)
    }
  })

  // Help shows command lines to copy, which a line break would spoil.
  function isUnbreakable(line: string): boolean {
    return line.startsWith('  pincer ')
  }

  it('is coloured on a terminal only, and the same otherwise', async () => {
    const plain = await cli(V2)
    const coloured = await cli(V2, { color: true })
    expect(coloured.out).toContain('\u001B[')
    // oxlint-disable-next-line no-control-regex
    expect(coloured.out.replaceAll(/\u001B\[\d+m/g, '')).toBe(plain.out)
  })
})

describe('compare', () => {
  it('prints the 2 × 2 on three machines at two operating points', async () => {
    const comparison = await cliJson<Comparison>(['compare'])
    expect(comparison.cells.map(({ model, chip }) => `${model.split('/')[1]} ${chip}`)).toEqual([
      'deepseek-llm-67b-base h100-sxm',
      'deepseek-llm-67b-base cerebras-wse3',
      'deepseek-llm-67b-base groq-lpu-v1',
      'DeepSeek-V2 h100-sxm',
      'DeepSeek-V2 cerebras-wse3',
      'DeepSeek-V2 groq-lpu-v1',
    ])
    const { out } = await cli(['compare'])
    expect(out).toContain('Cheapest per token')
    expect(out).toContain('Cheapest at ≥ 100 tokens/s per user')
    expect(out).toContain('pincer-15-percent-fast')
    expect(out).not.toContain('machines to hold them')
  })

  it('has every figure of the cells and every claim with --details, within a screen or two without', async () => {
    const [short, long] = [(await cli(['compare'])).out, (await cli(['compare', '--details'])).out]
    for (const figure of ['machines to hold them', 'J per token out', 'training chip-hours', 'groq-llama2-70b']) {
      expect(long).toContain(figure)
      expect(short).not.toContain(figure)
    }
    expect(short.split('\n').length).toBeLessThan(100)
  })

  it('takes models, chips, workload, prices and user speed', async () => {
    const argv = [
      'compare',
      '--models',
      'llama3-8b,mixtral-8x7b',
      '--chips',
      'h200-sxm',
      '--workload',
      '4096/256',
      '--user-speed',
      '30',
    ]
    const dear = await cliJson<Comparison>([...argv, '--prices', 'h200=4'])
    const cheap = await cliJson<Comparison>([...argv, '--prices', 'h200-sxm=2'])
    expect(dear.workload).toMatchObject({ isl: 4096, osl: 256 })
    expect(dear.userSpeed).toBe(30)
    expect(dear.cells).toHaveLength(2)
    const costs = [dear, cheap].map(({ cells }) => {
      const point = cells[0]?.cheapest
      return point !== undefined && 'cost' in point && 'value' in point.cost.perMtokOutput
        ? point.cost.perMtokOutput.value
        : Number.NaN
    })
    expect(costs[0]).toBeCloseTo(2 * costs[1]!, 9)
  })
})

describe('the head and the baseline of a comparison', () => {
  const load = ['--workload', '512/128']

  it('names models and machines in the order they were asked for', async () => {
    const { out } = await cli(['compare', '--models', 'mixtral-8x7b,llama3-8b', '--chips', 'h100', ...load])
    expect(out).toMatch(/^The pincer: \{MoE, dense\} × \{GPU\}\n/)
    expect(out.replaceAll(/\s+/g, ' ')).toContain('are against Llama 3.1 8B on h100-sxm')
    expect(out).toMatch(/^MoE: Mixtral.*$/m)
    expect(out).toMatch(/^dense: Llama.*$/m)
    expect(out).not.toContain('to be the baseline')
  })

  it('says against what ratios are when there is no GPU or no dense model', async () => {
    const { code, out } = await cli(['compare', '--models', 'llama3-8b', '--chips', 'wse3,groq', ...load])
    expect(code).toBe(0)
    expect(out).toMatch(/^The pincer: \{dense\} × \{SRAM machine\}\n/)
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'No GPU is among them to be the baseline: relative figures are against Llama 3.1 8B on cerebras-wse3, the first cell.',
    )
    const sparse = await cli(['compare', '--models', 'mixtral-8x7b', '--chips', 'h100', ...load])
    expect(sparse.out).toContain('No dense model is among them to be the baseline')
  })
})

describe('train', () => {
  it('costs what its chip-hours cost', async () => {
    const run = await cliJson<{ chipHours: { value: number }; usd: { value: number }; chips: number }>([
      'train',
      '--model',
      'deepseek-v2',
      '--chip',
      'h800-sxm',
      '--tokens',
      '8.1e12',
      '--price',
      '2',
      '--chips',
      '2048',
    ])
    expect(run.chips).toBe(2048)
    expect(run.usd.value).toBeCloseTo(2 * run.chipHours.value, 3)
  })

  it('knows the retired chips of published runs, which have no price', async () => {
    const { code, out } = await cli(['train', '--model', 'gpt3-175b', '--chip', 'v100', '--tokens', '3e11'])
    expect(code).toBe(0)
    expect(out).toMatch(/cost +n\/a/)
  })

  it('says why an SRAM machine is out', async () => {
    const { code, err } = await cli(['train', '--model', 'deepseek-v2', '--chip', 'wse3', '--tokens', '1e12'])
    expect(code).toBe(2)
    expect(err).toContain('error: chip: WSE-3 / CS-3 is an SRAM machine')
  })
})

describe('catalog', () => {
  it('lists every part, and each of its items in detail', async () => {
    const { counts } = await cliJson<{ counts: Record<string, number> }>(['catalog'])
    for (const [kind, key] of [
      ['chips', 'id'],
      ['models', 'id'],
      ['sources', 'id'],
    ] as const) {
      const { items } = await cliJson<{ items: Record<string, string>[] }>(['catalog', kind])
      expect(items).toHaveLength(counts[kind]!)
      for (const item of items) {
        const { code, out } = await cli(['catalog', kind, item[key]!])
        expect(code).toBe(0)
        expect(out).not.toMatch(/NaN|undefined/)
      }
    }
    const { items } = await cliJson<{ items: { id: string; value: number }[] }>(['catalog', 'prices', 'h100'])
    expect(items.length).toBeGreaterThan(3)
    expect(items.every(({ value }) => value > 0)).toBe(true)
  })

  it('shows counted beside published parameters', async () => {
    const { out } = await cli(['catalog', 'models', 'deepseek-v2'])
    expect(out).toMatch(/total parameters +236 B +236 B/)
    expect(out).toContain('6 of 160 experts of width 1,536')
  })
})

describe('run', () => {
  it('shows help with examples for every command, and on an empty line', async () => {
    expect((await cli([])).out).toContain('Usage: pincer')
    for (const command of ['compare', 'predict', 'train', 'claims', 'catalog', 'validate']) {
      const { code, out } = await cli([command, '--help'])
      expect(code).toBe(0)
      expect(out).toMatch(new RegExp(`Examples:\n  pincer ${command}`))
      expect(out).toContain('--json')
      expect(out).toContain('--explain')
    }
  })

  it('prints one JSON document and nothing else', async () =>
    inFolder({}, async (cwd) => {
      for (const argv of [V2, ['catalog', 'chips'], [...V2, '--explain']]) {
        const { out, err } = await cli([...argv, '--json'], { cwd })
        expect(() => JSON.parse(out) as unknown).not.toThrow()
        expect(err).toBe('')
      }
    }))

  it('reads nothing outside the folder it runs in', async () => {
    expect((await cli(['predict', '--scenario', 'examples/r1-with-drafts.json'], { cwd: '/' })).code).toBe(2)
    expect((await cli(['predict', '--scenario', 'examples/r1-with-drafts.json'], { cwd: ROOT })).code).toBe(0)
  })
})
